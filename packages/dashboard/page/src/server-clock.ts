/** The server's time, told by its messages: what this machine thinks the time is does not matter. */

export class ServerClock {
  // The server's clock minus this page's own, from the message that came the fastest.
  #aheadMs = Number.NEGATIVE_INFINITY;

  /** @param atMs what the server's clock said when it sent a message */
  heard(atMs: number): void {
    this.#aheadMs = Math.max(this.#aheadMs, atMs - performance.now());
  }

  /** What was known of another server, or of this one before it was away. */
  forget(): void {
    this.#aheadMs = Number.NEGATIVE_INFINITY;
  }

  now(): number {
    return this.#aheadMs === Number.NEGATIVE_INFINITY ? Date.now() : performance.now() + this.#aheadMs;
  }
}
