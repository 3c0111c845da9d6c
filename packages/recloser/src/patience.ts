/**
 * How long the calls of a record are waited for. Nothing tells a hang from a long unstreamed answer but what was seen
 * before: where answers take longer than the default silence foresees, it stretches with them.
 */

/** So many times the longest wait that was rewarded. */
const TIMES = 2;
/** For how long that is remembered at least, and at most twice as long: an outlier must not blind the record for good. */
const REMEMBERED_MS = 600_000;

export class Patience {
  // The longest of this period and of the one before.
  #longestMs = 0;
  #beforeMs = 0;
  #sinceMs = 0;

  /** A call showed something, or ended well, after so long. */
  note(waitedMs: number, nowMs: number): void {
    this.#turn(nowMs);
    if (waitedMs > this.#longestMs) this.#longestMs = waitedMs;
  }

  /** A limit, stretched to what was seen. */
  stretched(limitMs: number, nowMs: number): number {
    this.#turn(nowMs);
    return Math.max(limitMs, TIMES * Math.max(this.#longestMs, this.#beforeMs));
  }

  #turn(nowMs: number): void {
    const passedMs = nowMs - this.#sinceMs;
    if (passedMs < REMEMBERED_MS) return;
    this.#beforeMs = passedMs < 2 * REMEMBERED_MS ? this.#longestMs : 0;
    this.#longestMs = 0;
    this.#sinceMs = nowMs;
  }
}

/** Below this share of the limit a wait is no news, and nothing is noted. */
export const NOTABLE: number = 1 / TIMES;
