/**
 * What lets demand back in after a circuit closed or a hold ended: calls in flight are limited, and each success doubles
 * the limit. Local to the process and without a timer: it moves only with calls.
 */

// Where the ramp is over if demand stays below it: past this a burst is ordinary traffic.
const WIDE = 64;
// Refusals and most failures come at once, so a call in flight for this long was let in, however long its answer takes:
// answers of a minute would hold a ramp for minutes (docs/decisions/0017-waiting-as-long-as-answers-take.md).
export const LET_IN_AFTER_MS = 2_000;
/** How often it is worth looking whether a ramp has widened, or another record's slot is free, where no event tells. */
export const RAMP_LOOK_MS: number = LET_IN_AFTER_MS / 2;

export class Ramp {
  limit: number;
  inFlight = 0;
  readonly #from: number;
  #demand = 0;
  #lastBegunMs = 0;

  constructor(from: number) {
    this.limit = from;
    this.#from = from;
  }

  /** Whether one more call may begin; a refused one still counts as demand. */
  admits(nowMs: number): boolean {
    if (this.inFlight >= this.limit && nowMs - this.#lastBegunMs >= LET_IN_AFTER_MS) this.limit *= 2;
    this.#demand = Math.max(this.#demand, this.inFlight + 1);
    if (this.inFlight < this.limit) return true;
    this.#demand = Infinity;
    return false;
  }

  begin(nowMs: number): void {
    this.inFlight++;
    this.#lastBegunMs = nowMs;
  }

  /** Doubles the limit. True when the ramp is over: the limit is wide and demand did not meet it. */
  succeeded(): boolean {
    this.limit *= 2;
    const over = this.limit >= WIDE && this.#demand < this.limit;
    this.#demand = this.inFlight;
    return over;
  }

  /** A failure halves what the successes have won, down to the start. */
  failed(): void {
    this.limit = Math.max(this.#from, Math.floor(this.limit / 2));
  }
}
