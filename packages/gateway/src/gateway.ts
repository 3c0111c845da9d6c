/**
 * The gateway: an HTTP server between programs and LLM providers, with a breaker before each target.
 *
 * @example
 * const gateway = createGateway(config);
 * const { url } = await gateway.listen(); // OPENAI_BASE_URL=`${url}/v1`
 * await gateway.close();
 */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createRecloser, InvalidOptionError, type Recloser } from "recloser";
import type { SimulatedProvider } from "recloser/testing";
import { Answering } from "./attempts/answering.ts";
import type { RequestRecord } from "./attempts/request-record.ts";
import { policiesOf } from "./backed-policies.ts";
import { isLoopback } from "./config/addresses.ts";
import type { GatewayConfig } from "./config/config.ts";
import { BodyRoom } from "./http/body.ts";
import { createListener } from "./http/listener.ts";
import { Runtime } from "./runtime.ts";
import type { Resolve } from "./upstream/address-guard.ts";
import { simulators } from "./upstream/simulated.ts";
import { joined, storeOf } from "./store.ts";

export interface GatewayOptions {
  /** Default: one with the configuration's store and policies, closed with the gateway. One that is given is left open. */
  readonly recloser?: Recloser;
  /** Called with each request when it is over. */
  readonly observe?: (record: RequestRecord) => void;
  /** Called with an error that is the gateway's own; its caller got a 500. */
  readonly onDefect?: (error: unknown) => void;
  /** In [0, 1), for weighted routes. Default: `Math.random`. */
  readonly random?: () => number;
  /** Milliseconds between the comments that keep a connection alive while an assured answer is held. Default: 10 000. */
  readonly heartbeatMs?: number;
  /** Bytes of requests' bodies that are held at a time. Default: a quarter of the memory. */
  readonly bodyRoomBytes?: number;
  /** Resolves the names of targets. Default: `dns.lookup`. */
  readonly lookUp?: Resolve;
}

export interface Gateway {
  readonly recloser: Recloser;
  /** Requests under way. */
  readonly inFlight: number;
  /** The built-in simulated providers that run, by their targets' names. */
  readonly simulated: ReadonlyMap<string, SimulatedProvider>;
  /** Resolves when connections are taken; rejects where the port is not to be had, or anybody could ask without a key. */
  listen(): Promise<{ readonly url: string }>;
  /** Answers requests from now on by another configuration; those under way end by the old one. Where it listens stays. */
  reload(config: GatewayConfig): Promise<void>;
  /** Takes no more connections, waits for what is under way up to `drainMs`, and leaves nothing behind. Idempotent. */
  close(): Promise<void>;
}

export function createGateway(config: GatewayConfig, options: GatewayOptions = {}): Gateway {
  return new RunningGateway(config, options);
}

class RunningGateway implements Gateway {
  readonly recloser: Recloser;
  readonly #options: GatewayOptions;
  readonly #server: Server;
  #config: GatewayConfig;
  #runtime: Runtime | null = null;
  readonly #simulators = simulators();
  readonly #bodyRoom: BodyRoom;
  // Of earlier configurations, with requests under way.
  readonly #retired = new Set<Runtime>();
  #closing: Promise<void> | null = null;
  #listensAt = "127.0.0.1";

  constructor(config: GatewayConfig, options: GatewayOptions) {
    this.#config = config;
    this.#options = options;
    this.#bodyRoom = new BodyRoom(options.bodyRoomBytes);
    this.recloser = options.recloser ?? recloserOf(config);
    this.#server = createListener(config.limits, (request, response, mustContinue) => {
      const runtime = this.#runtime;
      if (runtime === null) return void response.destroy();
      const answering = new Answering(runtime, request, response, mustContinue);
      runtime.began(answering);
      void answering.run();
    });
  }

  get inFlight(): number {
    return this.#runtimes().reduce((sum, { inFlight }) => sum + inFlight, 0);
  }

  get simulated(): ReadonlyMap<string, SimulatedProvider> {
    return this.#simulators.providers;
  }

  async listen(): Promise<{ readonly url: string }> {
    mustHaveClients(this.#config, this.#config.listen.host);
    this.#runtime = await this.#runtimeOf(this.#config);
    await joined(this.recloser, this.#config.store.url);
    const { host, port } = this.#config.listen;
    this.#listensAt = host;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ host, port }, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
    return { url: urlOf(this.#server.address() as AddressInfo) };
  }

  async reload(config: GatewayConfig): Promise<void> {
    mustHaveClients(config, this.#listensAt);
    const next = await this.#runtimeOf(config);
    if (this.#options.recloser === undefined) {
      this.recloser.configure({ defaults: config.breaker, policies: policiesOf(config) });
    }
    const before = this.#runtime;
    this.#runtime = next;
    this.#config = config;
    if (before === null) return;
    this.#retired.add(before);
    before.drain(before.config.timeouts.totalMs).then(
      () => this.#retired.delete(before),
      (error: unknown) => this.#options.onDefect?.(error),
    );
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await Promise.all(this.#runtimes().map((runtime) => runtime.drain(this.#config.drainMs)));
    this.#server.closeAllConnections();
    await closed;
    await this.#simulators.close();
    if (this.#options.recloser === undefined) await this.recloser.close();
  }

  #runtimes(): Runtime[] {
    return this.#runtime === null ? [...this.#retired] : [this.#runtime, ...this.#retired];
  }

  async #runtimeOf(config: GatewayConfig): Promise<Runtime> {
    await this.#simulators.start(config.targets);
    const { observe, onDefect, random, lookUp, heartbeatMs } = this.#options;
    return new Runtime(
      { ...config, targets: this.#simulators.locate(config.targets) },
      {
        recloser: this.recloser,
        random: random ?? Math.random,
        observe: observe ?? null,
        onDefect: onDefect ?? null,
        lookUp,
        heartbeatMs,
        bodyRoom: this.#bodyRoom,
      },
    );
  }
}

// The configuration's own check says so with its place in the file; but not every configuration comes out of one.
function mustHaveClients({ clients }: GatewayConfig, host: string): void {
  if (clients.length > 0 || isLoopback(host)) return;
  throw new InvalidOptionError("clients", "one at least where others than this machine can ask", host);
}

function recloserOf(config: GatewayConfig): Recloser {
  const { breaker, store } = config;
  const shared = storeOf(store.url);
  return createRecloser({
    defaults: breaker,
    policies: policiesOf(config),
    namespace: store.namespace,
    ...(shared === null ? {} : { store: shared }),
  });
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
