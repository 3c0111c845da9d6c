/** What requests are answered with: made of one configuration, and left as it is when another one takes its place. */
import { createRecloser, type Recloser } from "recloser";
import type { RequestRecord } from "./attempts/request-record.ts";
import type { GatewayConfig } from "./config/config.ts";
import { Clients } from "./http/clients.ts";
import type { Resolve } from "./upstream/address-guard.ts";
import { Target } from "./upstream/target.ts";

export interface Surroundings {
  readonly recloser: Recloser;
  readonly random: () => number;
  /** Told of each request when it is over. */
  readonly observe: ((record: RequestRecord) => void) | null;
  /** Told of an error that is the gateway's own. */
  readonly onDefect: ((error: unknown) => void) | null;
  readonly lookUp: Resolve | undefined;
}

interface Running {
  stop(): void;
}

export class Runtime {
  readonly config: GatewayConfig;
  readonly clients: Clients;
  readonly recloser: Recloser;
  /** For those who may go around the circuits: neither rejects nor counts. */
  readonly unguarded: Recloser = createRecloser({ defaults: { mode: "off" } });
  readonly random: () => number;
  readonly observe: Surroundings["observe"];
  readonly onDefect: Surroundings["onDefect"];
  readonly #targets: ReadonlyMap<string, Target>;
  readonly #running = new Set<Running>();
  #whenIdle: (() => void) | null = null;
  #late: NodeJS.Timeout | undefined;
  #drained: Promise<void> | null = null;

  constructor(config: GatewayConfig, { recloser, random, observe, onDefect, lookUp }: Surroundings) {
    this.config = config;
    this.recloser = recloser;
    this.random = random;
    this.observe = observe;
    this.onDefect = onDefect;
    this.clients = new Clients(config.clients);
    const targets = Object.values(config.targets);
    this.#targets = new Map(targets.map((target) => [target.name, new Target(target, config.timeouts, lookUp)]));
  }

  targets(names: readonly string[]): readonly Target[] {
    return names.flatMap((name) => this.#targets.get(name) ?? []);
  }

  get inFlight(): number {
    return this.#running.size;
  }

  began(request: Running): void {
    this.#running.add(request);
  }

  settled(request: Running): void {
    this.#running.delete(request);
    if (this.#running.size === 0) this.#whenIdle?.();
  }

  /**
   * Resolves when nothing is under way any more; what still is after `drainMs` is stopped. Asked again, the last limit holds:
   * a gateway that stops has less time than one that was given another configuration.
   */
  drain(drainMs: number): Promise<void> {
    clearTimeout(this.#late);
    if (this.#running.size > 0) this.#late = setTimeout(() => this.#stopAll(), drainMs);
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  async #drain(): Promise<void> {
    if (this.#running.size > 0) await new Promise<void>((resolve) => (this.#whenIdle = resolve));
    clearTimeout(this.#late);
    await Promise.all([...this.#targets.values()].map((target) => target.destroy()));
    await this.unguarded.close();
  }

  #stopAll(): void {
    for (const request of [...this.#running]) request.stop();
  }
}
