/** A wait between two tries: ends when it is due, when the caller gives up, or when it is stopped. Leaves nothing behind. */
import { offAbort, onAbort } from "./abort-listeners.ts";
import { Deadline, type Deadlines } from "./deadlines.ts";

export type PauseEnd = "due" | "aborted" | "stopped";

export class Pause {
  readonly over: Promise<PauseEnd>;
  readonly #deadlines: Deadlines;
  readonly #signal: AbortSignal | undefined;
  // Somebody waits for it, so it keeps the process alive.
  readonly #due: Deadline = new Deadline(() => this.#end("due"));
  readonly #onAbort = (): void => this.#end("aborted");
  #resolve: ((end: PauseEnd) => void) | null = null;

  /** @param signal not aborted yet */
  constructor(deadlines: Deadlines, delayMs: number, nowMs: number, signal: AbortSignal | undefined) {
    this.#deadlines = deadlines;
    this.#signal = signal;
    this.over = new Promise((resolve) => (this.#resolve = resolve));
    if (signal !== undefined) onAbort(signal, this.#onAbort);
    deadlines.set(this.#due, delayMs, nowMs);
  }

  stop(): void {
    this.#end("stopped");
  }

  #end(end: PauseEnd): void {
    if (this.#signal !== undefined) offAbort(this.#signal, this.#onAbort);
    this.#deadlines.clear(this.#due);
    this.#resolve?.(end);
  }
}
