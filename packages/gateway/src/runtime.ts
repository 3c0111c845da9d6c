/** What requests are answered with: made of one configuration, and left as it is when another one takes its place. */
import { createRecloser, type Recloser } from "recloser";
import type { RequestRecord } from "./attempts/request-record.ts";
import type { GatewayConfig } from "./config/config.ts";
import { KeptAnswers } from "./attempts/kept-answers.ts";
import { OpenQueue } from "./attempts/open-queue.ts";
import type { BodyRoom } from "./http/body.ts";
import { Clients, type SlotsOf } from "./http/clients.ts";
import type { Tracing } from "./telemetry/tracing.ts";
import type { Resolve } from "./upstream/address-guard.ts";
import { type Stoppable, UnderWay } from "./under-way.ts";
import { Target } from "./upstream/target.ts";

export interface Surroundings {
  readonly recloser: Recloser;
  readonly random: () => number;
  /** Told of each request when it is over. */
  readonly observe: ((record: RequestRecord) => void) | null;
  /** Told of an error that is the gateway's own. */
  readonly onDefect: ((error: unknown) => void) | null;
  readonly lookUp: Resolve | undefined;
  /** Between signs of life while an answer is held; undefined: the default. */
  readonly heartbeatMs: number | undefined;
  /** For the bodies of requests, whatever configuration they are answered by. */
  readonly bodyRoom: BodyRoom;
  /** Null: nothing is traced. */
  readonly tracing: Tracing | null;
  /** How a client's limit is counted; undefined: in this process. */
  readonly slotsOf: SlotsOf | undefined;
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
  readonly heartbeatMs: number | undefined;
  readonly bodyRoom: BodyRoom;
  readonly tracing: Tracing | null;
  /** Where requests wait whose circuits are all open. */
  readonly queue: OpenQueue;
  readonly #kept: ReadonlyMap<string, KeptAnswers>;
  readonly #targets: ReadonlyMap<string, Target>;
  readonly #readsNeeds: boolean;
  readonly #running = new UnderWay();
  /** Requests under way by the id of their client; `none` for those who are not asked. */
  readonly byClient: Map<string, number> = new Map<string, number>();
  #whenIdle: (() => void) | null = null;
  #late: NodeJS.Timeout | undefined;
  #drained: Promise<void> | null = null;

  constructor(config: GatewayConfig, surroundings: Surroundings) {
    const { recloser, random, observe, onDefect, lookUp, heartbeatMs, bodyRoom, tracing, slotsOf } = surroundings;
    this.heartbeatMs = heartbeatMs;
    this.bodyRoom = bodyRoom;
    this.tracing = tracing;
    this.config = config;
    this.recloser = recloser;
    this.random = random;
    this.observe = observe;
    this.onDefect = onDefect;
    this.queue = new OpenQueue(recloser, random);
    this.#kept = new Map(
      config.routes.flatMap(({ name, onAllOpen }) =>
        onAllOpen.kind === "cache" ? [[name, new KeptAnswers(onAllOpen)] as const] : [],
      ),
    );
    this.clients = new Clients(config.clients, slotsOf);
    const targets = Object.values(config.targets);
    this.#readsNeeds = targets.some(({ capabilities, maxContext }) => capabilities !== null || maxContext !== null);
    this.#targets = new Map(targets.map((target) => [target.name, new Target(target, config.timeouts, lookUp)]));
  }

  /** Whether some target cannot answer everything, so that it matters what a request needs. */
  get readsNeeds(): boolean {
    return this.#readsNeeds;
  }

  targets(names: readonly string[]): readonly Target[] {
    return names.flatMap((name) => this.#targets.get(name) ?? []);
  }

  /** The good answers of a route; null where none are kept. */
  kept(route: string): KeptAnswers | null {
    return this.#kept.get(route) ?? null;
  }

  get inFlight(): number {
    return this.#running.size;
  }

  /** No connection of a request under way is kept for another one. */
  keepNoConnection(): void {
    this.#running.keepNoConnection();
  }

  began(request: Stoppable): void {
    this.#running.add(request);
  }

  settled(request: Stoppable): void {
    this.#running.remove(request);
    if (this.#running.size === 0) this.#whenIdle?.();
  }

  /**
   * Resolves when nothing is under way any more; what still is after `drainMs` is stopped. Asked again, the last limit holds:
   * a gateway that stops has less time than one that was given another configuration.
   */
  drain(drainMs: number): Promise<void> {
    clearTimeout(this.#late);
    if (this.#running.size > 0) this.#late = setTimeout(() => this.#running.stopAll(), drainMs);
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  async #drain(): Promise<void> {
    if (this.#running.size > 0) await new Promise<void>((resolve) => (this.#whenIdle = resolve));
    clearTimeout(this.#late);
    this.queue.close();
    await Promise.all([...this.#targets.values()].map((target) => target.destroy()));
    await this.unguarded.close();
  }
}
