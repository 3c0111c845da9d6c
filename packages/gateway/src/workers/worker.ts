/** A worker as its parent sees it. */
import type { Worker as Process } from "node:cluster";
import { fromWireError, type FromWorker, type ToWorker, toWire } from "./messages.ts";
import type { GatewayConfig } from "../config/config.ts";

// Behind it a worker hangs, and what it could say is not waited for.
const ANSWERS_WITHIN_MS = 2_000;

/** A configuration, and how many came before it. */
export interface InForce {
  readonly config: GatewayConfig;
  readonly generation: number;
}

export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

export class Worker {
  readonly number: number;
  readonly startedMs: number = performance.now();
  /** Resolves to where it listens; rejects when it cannot, or ends before. */
  readonly listening: Promise<string>;
  readonly ended: Promise<WorkerEnd>;
  isListening = false;
  /** Its latest metrics. */
  lastMeasured: readonly object[] = [];
  readonly #process: Process;
  #asked = 0;

  /** @param hear told of what it says by itself */
  constructor(
    process: Process,
    number: number,
    { config, generation }: InForce,
    hear: (message: FromWorker, worker: Worker) => void,
  ) {
    this.#process = process;
    this.number = number;
    this.ended = new Promise((resolve) => {
      process.once("exit", (code: number | null, signal: string | null) => {
        this.isListening = false;
        resolve({ code, signal });
      });
    });
    void this.#said("up").then(
      () => this.#tell({ type: "start", worker: number, config: toWire(config), generation }),
      () => {}, // told by `listening`
    );
    this.listening = this.#said("listening", "not-listening").then((message) => {
      if (message.type === "not-listening") throw fromWireError(message.error);
      this.isListening = true;
      return message.url;
    });
    this.listening.catch(() => {});
    process.on("message", (message: FromWorker) => hear(message, this));
    process.on("error", () => {}); // a message to one that has just ended
  }

  get pid(): number | undefined {
    return this.#process.process.pid;
  }

  /** Rejects where it kept its old configuration. */
  async reload({ config, generation }: InForce): Promise<void> {
    const reloaded = this.#said("reloaded");
    this.#tell({ type: "reload", config: toWire(config), generation });
    const { error } = await reloaded;
    if (error !== null) throw fromWireError(error);
  }

  /** Its metrics as they are now; the latest where it does not answer. */
  async measure(): Promise<readonly object[]> {
    if (!this.isListening) return this.lastMeasured;
    const id = ++this.#asked;
    const measured = this.#answer((message) =>
      message.type === "measured" && message.id === id ? message.metrics : null,
    );
    this.#tell({ type: "measure", id });
    this.lastMeasured = (await measured) ?? this.lastMeasured;
    return this.lastMeasured;
  }

  lend(id: number, count: number): void {
    this.#tell({ type: "lent", id, count });
  }

  /** The slots that it was lent and has not taken; 0 where it does not answer. */
  async recall(generation: number, client: string): Promise<number> {
    const id = ++this.#asked;
    const back = this.#answer((message) => (message.type === "given-back" && message.id === id ? message.count : null));
    this.#tell({ type: "recall", id, generation, client });
    return (await back) ?? 0;
  }

  /** It drains and ends; by force where it does not within `limitMs`. */
  async stop(limitMs: number): Promise<void> {
    this.#tell({ type: "stop" });
    const late = setTimeout(() => this.#process.process.kill("SIGKILL"), limitMs);
    await this.ended;
    clearTimeout(late);
  }

  /** @param read null: a message is not the one; resolves to null where none came in time */
  #answer<T>(read: (message: FromWorker) => T | null): Promise<T | null> {
    return new Promise((resolve) => {
      const late = setTimeout(() => done(null), ANSWERS_WITHIN_MS);
      const hear = (message: FromWorker): void => {
        const answer = read(message);
        if (answer !== null) done(answer);
      };
      const done = (answer: T | null): void => {
        clearTimeout(late);
        this.#process.off("message", hear);
        resolve(answer);
      };
      this.#process.on("message", hear);
    });
  }

  #tell(message: ToWorker): void {
    if (this.#process.isConnected()) this.#process.send(message);
  }

  // The first message of one of these types; rejects when it ends before.
  #said<T extends FromWorker["type"]>(...types: readonly T[]): Promise<Extract<FromWorker, { type: T }>> {
    return new Promise((resolve, reject) => {
      const hear = (message: FromWorker): void => {
        if (!(types as readonly string[]).includes(message.type)) return;
        this.#process.off("message", hear);
        resolve(message as Extract<FromWorker, { type: T }>);
      };
      this.#process.on("message", hear);
      void this.ended.then(() => reject(new Error(`worker ${this.number} ended`)));
    });
  }
}
