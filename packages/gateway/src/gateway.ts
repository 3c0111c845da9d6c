/**
 * The gateway: an HTTP server between programs and LLM providers, with a breaker before each target.
 *
 * @example
 * const gateway = createGateway(config);
 * const { url } = await gateway.listen(); // OPENAI_BASE_URL=`${url}/v1`
 * await gateway.close();
 */
import type { Server } from "node:http";
import { InvalidOptionError, type Recloser } from "recloser";
import type { SimulatedProvider } from "recloser/testing";
import { Admin, type AdminApp, type AdminSubject, type MetricsText, type Readiness } from "./admin/admin.ts";
import { Alerts } from "./alerts/alerts.ts";
import { Answering } from "./attempts/answering.ts";
import type { RequestRecord } from "./attempts/request-record.ts";
import { policiesOf } from "./backed-policies.ts";
import { isLoopback } from "./config/addresses.ts";
import type { GatewayConfig } from "./config/config.ts";
import { BodyRoom } from "./http/body.ts";
import type { SlotsOf } from "./http/clients.ts";
import { listenOn } from "./http/listen-on.ts";
import { createListener } from "./http/listener.ts";
import type { Otlp } from "./otlp/otlp.ts";
import { Runtime } from "./runtime.ts";
import type { Resolve } from "./upstream/address-guard.ts";
import { simulators } from "./upstream/simulated.ts";
import { joined, recloserOf } from "./store.ts";
import { logCircuits } from "./telemetry/circuit-lines.ts";
import { createLog, type Log, type LogDestination } from "./telemetry/log.ts";
import { GatewayMetrics } from "./telemetry/metrics.ts";

export interface GatewayOptions {
  /** Default: one with the configuration's store and policies, closed with the gateway. One that is given is left open. */
  readonly recloser?: Recloser;
  /** Called with each request when it is over. */
  readonly observe?: (record: RequestRecord) => void;
  /** Whether `/metrics` also has this process's memory, CPU and event loop: for a process that is a gateway and nothing else. */
  readonly processMetrics?: boolean;
  /** Fields of each log line. */
  readonly logFields?: Readonly<Record<string, unknown>>;
  /** Where log lines go. Default: stdout. */
  readonly logTo?: LogDestination;
  /** Called with an error that is the gateway's own, beside its line in the log; its caller got a 500. */
  readonly onDefect?: (error: unknown) => void;
  /** In [0, 1), for weighted routes. Default: `Math.random`. */
  readonly random?: () => number;
  /** Milliseconds between the comments that keep a connection alive while an assured answer is held. Default: 10 000. */
  readonly heartbeatMs?: number;
  /** Bytes of requests' bodies that are held at a time. Default: a quarter of the memory. */
  readonly bodyRoomBytes?: number;
  /** What the admin listener shows beside health, metrics and `/sim`. Default: the circuits, as JSON at `/api/v1/breakers`. */
  readonly mount?: (recloser: Recloser) => AdminApp;
  /** How a client's `maxInFlight` is counted, for one configuration. Default: in this process. */
  readonly slotsOf?: SlotsOf;
  /** Resolves the names of targets and of webhooks. Default: `dns.lookup`. */
  readonly lookUp?: Resolve;
}

export interface Listening {
  readonly url: string;
  /** Of the admin listener; null: there is none. */
  readonly adminUrl: string | null;
}

/** A gateway of one process or of several. */
export interface Serving {
  /** Of several processes: the one that has the admin listener, which is a replica like the others. */
  readonly recloser: Recloser;
  /** What `/readyz` says. */
  readonly readiness: Readiness;
  /** Requests under way; null: nobody counts them over all processes. */
  readonly inFlight: number | null;
  /** The built-in simulated providers that run, by their targets' names. */
  readonly simulated: ReadonlyMap<string, SimulatedProvider>;
  /** Resolves when connections are taken; rejects where a port is not to be had, or anybody could ask without a key. */
  listen(): Promise<Listening>;
  /** Answers requests from now on by another configuration; those under way end by the old one. Where it listens stays. */
  reload(config: GatewayConfig): Promise<void>;
  /** Takes no more connections, waits for what is under way up to `drainMs`, and leaves nothing behind. Idempotent. */
  close(): Promise<void>;
}

export interface Gateway extends Serving {
  readonly inFlight: number;
  /** What `/metrics` says, for who adds up several processes; empty where nothing is measured. */
  measured(): Promise<readonly object[]>;
}

export function createGateway(config: GatewayConfig, options: GatewayOptions = {}): Gateway {
  return new RunningGateway(config, options);
}

class RunningGateway implements Gateway, AdminSubject {
  readonly recloser: Recloser;
  readonly #options: GatewayOptions;
  readonly #server: Server;
  readonly #admin: Admin | null;
  readonly #alerts: Alerts;
  readonly #log: Log;
  readonly #metrics: GatewayMetrics | null;
  readonly #closed = new AbortController();
  #config: GatewayConfig;
  #runtime: Runtime | null = null;
  readonly #simulators = simulators();
  readonly #bodyRoom: BodyRoom;
  // Of earlier configurations, with requests under way.
  readonly #retired = new Set<Runtime>();
  #closing: Promise<void> | null = null;
  #otlp: Otlp | null = null;
  #listensAt = "127.0.0.1";
  #isListening = false;

  constructor(config: GatewayConfig, options: GatewayOptions) {
    this.#config = config;
    this.#options = options;
    this.#bodyRoom = new BodyRoom(options.bodyRoomBytes);
    this.recloser = options.recloser ?? recloserOf(config);
    this.#server = createListener(config.limits, (request, response, mustContinue) => {
      const runtime = this.#runtime;
      if (this.#closing !== null) response.shouldKeepAlive = false;
      if (runtime === null) return void response.destroy();
      const answering = new Answering(runtime, request, response, mustContinue);
      runtime.began(answering);
      void answering.run();
    });
    const isMeasured = config.admin !== false || options.processMetrics === true;
    this.#metrics = isMeasured
      ? new GatewayMetrics(this.recloser, () => this.#byClient(), options.processMetrics === true)
      : null;
    this.#log = createLog(config.log, options.logTo ?? null, options.logFields);
    logCircuits(this.recloser, this.#log, this.#closed.signal);
    this.#alerts = new Alerts(config.alerts, {
      recloser: this.recloser,
      namespace: config.store.namespace,
      log: this.#log,
      random: options.random ?? Math.random,
      lookUp: options.lookUp,
    });
    const { mount } = options;
    this.#admin = config.admin === false ? null : new Admin(config.admin, this, { mount, onDefect: this.#defect });
  }

  get inFlight(): number {
    return this.#runtimes().reduce((sum, { inFlight }) => sum + inFlight, 0);
  }

  get simulated(): ReadonlyMap<string, SimulatedProvider> {
    return this.#simulators.providers;
  }

  get readiness(): Readiness {
    if (this.#closing !== null) return "stopping";
    return this.#isListening ? "ready" : "starting";
  }

  async metrics(): Promise<MetricsText> {
    if (this.#metrics === null) return { contentType: "text/plain", text: "" };
    const { registry } = this.#metrics;
    return { contentType: registry.contentType, text: await registry.metrics() };
  }

  async measured(): Promise<readonly object[]> {
    return (await this.#metrics?.registry.getMetricsAsJSON()) ?? [];
  }

  #byClient(): ReadonlyMap<string, number> {
    const sums = new Map<string, number>();
    for (const { byClient } of this.#runtimes())
      for (const [name, count] of byClient) sums.set(name, (sums.get(name) ?? 0) + count);
    return sums;
  }

  // The admin listener first: whoever asks meanwhile is told that it starts.
  async listen(): Promise<Listening> {
    mustHaveClients(this.#config, this.#config.listen.host);
    this.#otlp = await this.#startOtlp();
    const adminUrl = (await this.#admin?.listen()) ?? null;
    this.#runtime = await this.#runtimeOf(this.#config);
    await joined(this.recloser, this.#config.store.url);
    this.#listensAt = this.#config.listen.host;
    const url = await listenOn(this.#server, this.#config.listen);
    this.#isListening = true;
    this.#log.info({ event: "listening", url, adminUrl, pid: process.pid }, `listening on ${url}`);
    return { url, adminUrl };
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
    this.#alerts.reload(config.alerts);
    this.#log.info({ event: "reloaded" }, "another configuration is in force");
    if (before === null) return;
    this.#retired.add(before);
    before.drain(before.config.timeouts.totalMs).then(() => this.#retired.delete(before), this.#defect);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { inFlight } = this;
    this.#log.info({ event: "stopping", inFlight }, `stopping; ${inFlight} under way`);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const runtime of this.#runtimes()) runtime.keepNoConnection();
    await Promise.all(this.#runtimes().map((runtime) => runtime.drain(this.#config.drainMs)));
    this.#server.closeAllConnections();
    await closed;
    await this.#simulators.close();
    await this.#alerts.close();
    await this.#otlp?.close();
    if (this.#options.recloser === undefined) await this.recloser.close();
    await this.#admin?.close();
    this.#closed.abort();
    this.#metrics?.close();
    this.#log.info({ event: "stopped" }, "stopped");
  }

  readonly #defect = (error: unknown): void => {
    this.#log.defect(error);
    this.#options.onDefect?.(error);
  };

  readonly #observe = (record: RequestRecord): void => {
    this.#log.request(record);
    this.#metrics?.observe(record);
    this.#options.observe?.(record);
  };

  // Loaded only where something is sent.
  async #startOtlp(): Promise<Otlp | null> {
    const { otlp } = this.#config;
    if (otlp === null) return null;
    const { startOtlp } = await import("./otlp/otlp.ts");
    return startOtlp(otlp, { recloser: this.recloser, log: this.#log, inFlight: () => this.#byClient() });
  }

  #runtimes(): Runtime[] {
    return this.#runtime === null ? [...this.#retired] : [this.#runtime, ...this.#retired];
  }

  async #runtimeOf(config: GatewayConfig): Promise<Runtime> {
    await this.#simulators.start(config.targets);
    const { random, lookUp, heartbeatMs, slotsOf } = this.#options;
    return new Runtime(
      { ...config, targets: this.#simulators.locate(config.targets) },
      {
        recloser: this.recloser,
        random: random ?? Math.random,
        observe: this.#observe,
        onDefect: this.#defect,
        lookUp,
        heartbeatMs,
        bodyRoom: this.#bodyRoom,
        tracing: this.#otlp?.tracing ?? null,
        slotsOf,
      },
    );
  }
}

// The configuration's own check says so with its place in the file; but not every configuration comes out of one.
function mustHaveClients({ clients }: GatewayConfig, host: string): void {
  if (clients.length > 0 || isLoopback(host)) return;
  throw new InvalidOptionError("clients", "one at least where others than this machine can ask", host);
}
