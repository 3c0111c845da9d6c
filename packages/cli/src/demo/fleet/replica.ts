/** One replica as the demo sees it: a child process, what it last told, and its end. */
import { type ChildProcess, fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { machineClock } from "../clock.ts";
import { NO_CALLS, type FromReplica, type Order, type ReplicaName, type Standing, type ToReplica } from "./messages.ts";

// Beside `src` as beside `dist`.
const PROGRAM = fileURLToPath(new URL(`./replica-process${extname(import.meta.url)}`, import.meta.url));
const ENDS_WITHIN_MS = 5_000;

export class Replica {
  readonly name: ReplicaName;
  standing: Standing = { state: "closed", mode: "local", step: 0, retryAfterMs: 0, tally: NO_CALLS };
  /** Ended by somebody else. */
  isGone = false;
  /** Settles with what it said of the store when it was ready, or rejects when it ended before. */
  readonly ready: Promise<{ readonly mode: Standing["mode"]; readonly error: string | null }>;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #isAskedToEnd = false;

  /** @param onGone it has ended, and nobody had asked it to */
  constructor(order: Order, onMessage: (replica: Replica, message: FromReplica) => void, onGone: () => void) {
    this.name = order.name;
    this.#child = fork(PROGRAM, [], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    this.#ended = new Promise((resolve) => {
      this.#child.once("exit", () => {
        this.isGone = !this.#isAskedToEnd;
        if (this.isGone) onGone();
        resolve();
      });
    });
    this.ready = new Promise((resolve, reject) => {
      void this.#ended.then(() => reject(new Error(`the process of replica ${this.name} ended before it was ready`)));
      this.#child.on("message", (message: FromReplica) => {
        if (message.type === "ready") resolve(message);
        if (message.type === "standing") this.standing = message.standing;
        onMessage(this, message);
      });
    });
    this.ready.catch(() => {}); // whoever does not wait for it is on the way out
    this.#send(order);
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  begin(): void {
    this.#send({ type: "begin" });
  }

  /** Ends it in good order: the calls under way get their answer, and the last numbers come. */
  async finish(): Promise<void> {
    this.#isAskedToEnd = true;
    this.#send({ type: "finish" });
    await this.#within(ENDS_WITHIN_MS);
  }

  /** Ends it at once. */
  async close(): Promise<void> {
    this.#isAskedToEnd = true;
    if (this.#child.connected) this.#child.disconnect();
    await this.#within(ENDS_WITHIN_MS);
  }

  #send(message: ToReplica): void {
    if (this.#child.connected) this.#child.send(message, () => {}); // one that has just ended hears nothing
  }

  // One that was stopped by somebody does not hear that it is over.
  async #within(ms: number): Promise<void> {
    const ended = new AbortController();
    machineClock.sleep(ms, { signal: ended.signal }).then(
      () => this.#child.kill("SIGKILL"),
      () => {},
    );
    await this.#ended;
    ended.abort();
  }
}
