/** Whether a store can be relied on, from how its commands ended. Pure but for the facts it keeps; one per store, not per record. */

/** What any command but a claim has until it is given up (protocol.md §8). */
export const BACKGROUND_DEADLINE_MS = 200;
/** This many commands in a row without an answer in time mean that the store is away; an error means it at once (protocol.md §6). */
const TIMEOUTS = 2;
const AGAIN_FIRST_MS = 250;
const AGAIN_MOST_MS = 2_000;

export class Health {
  /** While true the store decides together with this process; at the start nobody knows yet. */
  isConnected = false;
  sinceMs: number;
  lastError: Error | null = null;
  roundTripMs: number | null = null;
  droppedReports = 0;
  #timeouts = 0;
  #isRefused = false;
  #tries = 0;

  constructor(nowMs: number) {
    this.sinceMs = nowMs;
  }

  answered(roundTripMs: number): void {
    this.#timeouts = 0;
    this.roundTripMs = roundTripMs;
  }

  /** Not only not known yet: a store that is slow to be reached at the start is no news. */
  get isAway(): boolean {
    return !this.isConnected && (this.#isRefused || this.#timeouts >= TIMEOUTS);
  }

  /** A command failed or timed out. True if the store is given up now. */
  failed(error: Error, isTimeout: boolean, nowMs: number): boolean {
    this.lastError = error;
    this.#timeouts++;
    this.#isRefused ||= !isTimeout;
    if (!this.isConnected || (isTimeout && this.#timeouts < TIMEOUTS)) return false;
    this.isConnected = false;
    this.sinceMs = nowMs;
    this.#tries = 0;
    return true;
  }

  /** The store is back, and this process knows what it missed. */
  returned(nowMs: number): void {
    this.isConnected = true;
    this.sinceMs = nowMs;
    this.#timeouts = this.#tries = 0;
    this.#isRefused = false;
  }

  /** Until the next look whether it is back. @param random in [0, 1) */
  againMs(random: number): number {
    const ms = Math.min(AGAIN_MOST_MS, AGAIN_FIRST_MS * 2 ** Math.min(this.#tries++, 10));
    return ms * (0.8 + 0.4 * random);
  }
}
