/**
 * A gateway of several processes: workers that share its port, each a replica of the same store, and a parent that has the admin
 * listener, starts a new worker where one has ended, and takes no request itself.
 *
 * @example
 * const gateway = createFleet(config, 4);
 * const { url, adminUrl } = await gateway.listen();
 */
import cluster from "node:cluster";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Recloser } from "recloser";
import type { SimulatedProvider } from "recloser/testing";
import { Admin, type AdminSubject, type MetricsText, type Readiness } from "../admin/admin.ts";
import { Alerts } from "../alerts/alerts.ts";
import { policiesOf } from "../backed-policies.ts";
import type { GatewayConfig } from "../config/config.ts";
import type { GatewayOptions, Listening, Serving } from "../gateway.ts";
import { recloserOf } from "../store.ts";
import { createLog, type Log } from "../telemetry/log.ts";
import { simulators } from "../upstream/simulated.ts";
import { AddedMetrics } from "./added-metrics.ts";
import type { FromWorker } from "./messages.ts";
import { FleetSlots } from "./fleet-slots.ts";
import { type InForce, Worker, type WorkerEnd } from "./worker.ts";

// Beside `src` as beside `dist`.
const PROGRAM = fileURLToPath(new URL(`./worker-process${extname(import.meta.url)}`, import.meta.url));
// Before a new worker takes the place of one that ended: longer each time, from the start again after a good while.
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
const GOOD_WHILE_MS = 60_000;
// Beyond the time that a worker has to drain.
const GRACE_MS = 5_000;

/** @param workers processes; they need a store that processes share, which the configuration's check sees to */
export function createFleet(
  config: GatewayConfig,
  workers: number,
  options: Pick<GatewayOptions, "mount" | "logTo" | "onDefect"> = {},
): Serving {
  return new Fleet(config, workers, options);
}

class Fleet implements Serving, AdminSubject {
  readonly recloser: Recloser;
  readonly inFlight = null;
  readonly #count: number;
  readonly #log: Log;
  readonly #admin: Admin | null;
  // Of what is done here by hand: its workers tell of the rest.
  readonly #alerts: Alerts;
  readonly #simulators = simulators();
  readonly #workers = new Map<number, Worker>();
  readonly #pauses = new Map<number, { timer: NodeJS.Timeout | undefined; nextMs: number }>();
  readonly #metrics = new AddedMetrics();
  readonly #slots: FleetSlots;
  #config: GatewayConfig;
  #closing: Promise<void> | null = null;

  constructor(
    config: GatewayConfig,
    workers: number,
    { mount, logTo, onDefect }: Pick<GatewayOptions, "mount" | "logTo" | "onDefect">,
  ) {
    this.#config = config;
    this.#count = workers;
    this.#log = createLog(config.log, logTo ?? null);
    this.recloser = recloserOf(config);
    this.#alerts = new Alerts(config.alerts, {
      recloser: this.recloser,
      namespace: config.store.namespace,
      log: this.#log,
      random: Math.random,
    });
    this.#slots = new FleetSlots(workers);
    this.#slots.begin(config.clients);
    this.#admin =
      config.admin === false
        ? null
        : new Admin(config.admin, this, {
            mount,
            onDefect: (error) => {
              this.#log.defect(error);
              onDefect?.(error);
            },
          });
  }

  get simulated(): ReadonlyMap<string, SimulatedProvider> {
    return this.#simulators.providers;
  }

  get readiness(): Readiness {
    if (this.#closing !== null) return "stopping";
    return [...this.#workers.values()].some(({ isListening }) => isListening) ? "ready" : "starting";
  }

  async listen(): Promise<Listening> {
    const adminUrl = (await this.#admin?.listen()) ?? null;
    await this.#simulators.start(this.#config.targets);
    cluster.setupPrimary({ exec: PROGRAM, args: [], serialization: "advanced" });
    const workers = Array.from({ length: this.#count }, (_, at) => this.#start(at + 1));
    const [url = ""] = await Promise.all(workers.map(({ listening }) => listening));
    for (const worker of workers) this.#watch(worker);
    const pids = workers.map(({ pid }) => pid);
    this.#log.info({ event: "listening", url, adminUrl, pid: process.pid, workers: pids }, `listening on ${url}`);
    return { url, adminUrl };
  }

  /** One worker after the other; where one cannot take it, those that have go back. */
  async reload(config: GatewayConfig): Promise<void> {
    await this.#simulators.start(config.targets);
    const done: Worker[] = [];
    const before = this.#config;
    this.#slots.begin(config.clients);
    const next = this.#forWorkers(config);
    try {
      for (const worker of this.#workers.values()) {
        if (!worker.isListening) continue;
        await worker.reload(next);
        done.push(worker);
      }
      this.recloser.configure({ defaults: config.breaker, policies: policiesOf(config) });
    } catch (error) {
      this.#slots.begin(before.clients);
      const again = this.#forWorkers(before);
      await Promise.allSettled(done.map((worker) => worker.reload(again)));
      throw error;
    }
    this.#config = config;
    this.#alerts.reload(config.alerts);
    this.#log.info({ event: "reloaded" }, "another configuration is in force");
  }

  async metrics(): Promise<MetricsText> {
    const measured = await Promise.all([...this.#workers.values()].map((worker) => worker.measure()));
    const registry = this.#metrics.of(measured);
    return { contentType: registry.contentType, text: await registry.metrics() };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#log.info({ event: "stopping" }, "stopping");
    for (const { timer } of this.#pauses.values()) clearTimeout(timer);
    const limitMs = this.#config.drainMs + GRACE_MS;
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop(limitMs)));
    await this.#simulators.close();
    await this.#alerts.close();
    await this.recloser.close();
    await this.#admin?.close();
    this.#log.info({ event: "stopped" }, "stopped");
  }

  // ---- its workers -------------------------------------------------------------------------------------------------

  #start(number: number): Worker {
    const config = this.#forWorkers(this.#config);
    const worker = new Worker(cluster.fork(), number, config, (message, from) => this.#hear(message, from));
    this.#workers.set(number, worker);
    return worker;
  }

  // What listens once stands in the parent, and what is simulated is the same for all.
  #forWorkers(config: GatewayConfig): InForce {
    const theirs = { ...config, admin: false as const, targets: this.#simulators.locate(config.targets) };
    return { config: theirs, generation: this.#slots.generation };
  }

  #watch(worker: Worker): void {
    void worker.ended.then((end) => {
      this.#slots.ended(worker);
      return this.#ended(worker, end);
    });
  }

  async #ended(worker: Worker, { code, signal }: WorkerEnd): Promise<void> {
    if (this.#closing !== null) return;
    const { number } = worker;
    const livedMs = performance.now() - worker.startedMs;
    const pause = this.#pauses.get(number) ?? { timer: undefined, nextMs: FIRST_PAUSE_MS };
    const afterMs = livedMs > GOOD_WHILE_MS ? FIRST_PAUSE_MS : pause.nextMs;
    this.#log.error(
      { event: "worker-ended", worker: number, code, signal, restartsInMs: afterMs },
      `worker ${number} ended; another one starts in ${afterMs} ms`,
    );
    const timer = setTimeout(() => {
      const next = this.#start(number);
      next.listening.then(
        () => this.#log.info({ event: "worker-started", worker: number, pid: next.pid }, `worker ${number} listens`),
        () => void next.stop(0),
      );
      this.#watch(next);
    }, afterMs);
    this.#pauses.set(number, { timer, nextMs: Math.min(afterMs * 2, LONGEST_PAUSE_MS) });
    await this.#metrics.depart(worker.lastMeasured);
    // From here on what it counted is in the sums; it must not be there twice until another one has its place.
    if (this.#workers.get(number) === worker) this.#workers.delete(number);
  }

  #hear(message: FromWorker, from: Worker): void {
    if (message.type === "borrow") return void this.#slots.lend(from, message);
    if (message.type !== "key") return;
    try {
      this.recloser.breaker(message.key);
    } catch {} // a model's name that is no name of a breaker
  }
}
