/** What a process tells of its store: each change once, and no storm of them while the store comes and goes. */
import { Deadline, type Deadlines } from "../deadlines.ts";

/** So many changes are told at once, one more each while; what changes meanwhile is told when it has stayed. */
const MOST_AT_ONCE = 6;
const ONE_MORE_MS = 10_000;

type Mode = "shared" | "local";

interface Change {
  readonly mode: Mode;
  readonly error: Error | null;
  readonly atMs: number;
}

export class StoreNews {
  readonly #deadlines: Deadlines;
  readonly #tell: (mode: Mode, error: Error | null, atMs: number) => void;
  readonly #later: Deadline;
  #told: Mode | null = null;
  #untold: Change | null = null;
  #left = MOST_AT_ONCE;
  #countedMs = 0;

  constructor(deadlines: Deadlines, tell: (mode: Mode, error: Error | null, atMs: number) => void) {
    this.#deadlines = deadlines;
    this.#tell = tell;
    this.#later = new Deadline((nowMs) => this.#tellIfNews(nowMs), false);
  }

  changed(mode: Mode, error: Error | null, nowMs: number): void {
    this.#untold = { mode, error, atMs: nowMs };
    this.#tellIfNews(nowMs);
  }

  #tellIfNews(nowMs: number): void {
    const change = this.#untold;
    this.#deadlines.clear(this.#later);
    if (change === null || change.mode === this.#told) return;
    this.#left = Math.min(MOST_AT_ONCE, this.#left + (nowMs - this.#countedMs) / ONE_MORE_MS);
    this.#countedMs = nowMs;
    if (this.#left < 1) {
      this.#deadlines.set(this.#later, Math.ceil((1 - this.#left) * ONE_MORE_MS), nowMs);
      return;
    }
    this.#left--;
    this.#told = change.mode;
    this.#untold = null;
    this.#tell(change.mode, change.error, change.atMs);
  }

  end(): void {
    this.#untold = null;
    this.#deadlines.clear(this.#later);
  }
}
