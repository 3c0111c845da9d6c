/** The recent past of one breaker, in points of a few seconds. */
import type { SamplePoint } from "../views/wire.ts";

/** How far apart points are. */
export const SAMPLE_MS = 5_000;
const MOST = 15 * 60 * 1_000;
const MINUTE = 60_000;

export class Samples {
  readonly #points: SamplePoint[] = [];
  #rejected = 0;
  // The fullest the window was since the last point: a trip empties it, and would leave no trace of why.
  #worst: { readonly calls: number; readonly failures: number } | null = null;

  rejected(): void {
    this.#rejected++;
  }

  saw(calls: number, failures: number): void {
    const worst = this.#worst;
    if (worst === null || failures > worst.failures || (failures === worst.failures && calls > worst.calls))
      this.#worst = { calls, failures };
  }

  /** Ends the point that has been filling. */
  take(atMs: number): void {
    const { calls, failures } = this.#worst ?? { calls: 0, failures: 0 };
    this.#points.push({ atMs, calls, failures, rejected: this.#rejected });
    this.#worst = null;
    this.#rejected = 0;
    while ((this.#points[0]?.atMs ?? atMs) < atMs - MOST) this.#points.shift();
  }

  rejectedSince(atMs: number): number {
    return this.#points.reduce((sum, point) => (point.atMs > atMs ? sum + point.rejected : sum), this.#rejected);
  }

  rejectedLastMinute(nowMs: number): number {
    return this.rejectedSince(nowMs - MINUTE);
  }

  get points(): readonly SamplePoint[] {
    return this.#points;
  }
}
