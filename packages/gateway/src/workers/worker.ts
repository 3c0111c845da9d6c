/** A worker as its parent sees it. */
import type { Worker as Process } from "node:cluster";
import { fromWireError, type FromWorker, type ToWorker, toWire } from "./messages.ts";
import type { GatewayConfig } from "../config/config.ts";

// Behind it a worker hangs, and what it could say is not waited for.
const ANSWERS_WITHIN_MS = 2_000;

type Answer = Extract<FromWorker, { readonly type: "measured" | "given-back" }>;

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
  readonly #questions = new Map<number, (answer: Answer | null) => void>();
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
        for (const answer of [...this.#questions.values()]) answer(null);
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
    process.on("message", (message: FromWorker) => {
      if (message.type === "measured" || message.type === "given-back") this.#questions.get(message.id)?.(message);
      else hear(message, this);
    });
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
    const answer = this.#answer(id, ANSWERS_WITHIN_MS);
    this.#tell({ type: "measure", id });
    const measured = await answer;
    if (measured?.type === "measured") this.lastMeasured = measured.metrics;
    return this.lastMeasured;
  }

  lend(id: number, count: number): void {
    this.#tell({ type: "lent", id, count });
  }

  /** The slots that it was lent and has not taken, however late it says so: it has given them back. 0 where it ends before. */
  async recall(generation: number, client: string): Promise<number> {
    const id = ++this.#asked;
    const answer = this.#answer(id, null);
    this.#tell({ type: "recall", id, generation, client });
    const back = await answer;
    return back?.type === "given-back" ? back.count : 0;
  }

  /** It drains and ends; by force where it does not within `limitMs`. */
  async stop(limitMs: number): Promise<void> {
    this.#tell({ type: "stop" });
    const late = setTimeout(() => this.#process.process.kill("SIGKILL"), limitMs);
    await this.ended;
    clearTimeout(late);
  }

  // Null where none came in time, or before its end.
  #answer(id: number, withinMs: number | null): Promise<Answer | null> {
    return new Promise((resolve) => {
      const done = (answer: Answer | null): void => {
        clearTimeout(late);
        this.#questions.delete(id);
        resolve(answer);
      };
      const late = withinMs === null ? undefined : setTimeout(() => done(null), withinMs);
      this.#questions.set(id, done);
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
