/** The past of one breaker: a quarter of an hour in points of a few seconds, a day in minutes. */
import type { SamplePoint } from "../views/wire.ts";

/** How far apart points are. */
export const SAMPLE_MS = 5_000;
const FINE_MS = 15 * 60_000;
const MINUTE_MS = 60_000;

export class Samples {
  readonly #fine: SamplePoint[] = [];
  readonly #minutes: SamplePoint[] = [];
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

  /**
   * Ends the point that has been filling.
   *
   * @param minutesMost how many minutes may be kept
   */
  take(atMs: number, minutesMost: number): void {
    const { calls, failures } = this.#worst ?? { calls: 0, failures: 0 };
    const point: SamplePoint = { atMs, calls, failures, rejected: this.#rejected };
    this.#worst = null;
    this.#rejected = 0;
    // An idle breaker needs one point that says so, and no memory for the rest.
    if (!isEmpty(point) || !isEmpty(this.#fine.at(-1) ?? point)) {
      this.#fine.push(point);
      this.#addToMinute(point);
    }
    while ((this.#fine[0]?.atMs ?? atMs) < atMs - FINE_MS) this.#fine.shift();
    if (this.#minutes.length > minutesMost) this.#minutes.splice(0, this.#minutes.length - minutesMost);
  }

  rejectedLastMinute(nowMs: number): number {
    const sinceMs = nowMs - MINUTE_MS;
    return this.#fine.reduce((sum, point) => (point.atMs > sinceMs ? sum + point.rejected : sum), this.#rejected);
  }

  get points(): readonly SamplePoint[] {
    return this.#fine;
  }

  get minutes(): readonly SamplePoint[] {
    return this.#minutes;
  }

  #addToMinute({ atMs, calls, failures, rejected }: SamplePoint): void {
    const minuteMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
    const last = this.#minutes.at(-1);
    if (last?.atMs !== minuteMs) {
      this.#minutes.push({ atMs: minuteMs, calls, failures, rejected });
      return;
    }
    const fuller = failures > last.failures || (failures === last.failures && calls > last.calls);
    const worst = fuller ? { calls, failures } : { calls: last.calls, failures: last.failures };
    this.#minutes[this.#minutes.length - 1] = { atMs: minuteMs, ...worst, rejected: last.rejected + rejected };
  }
}

function isEmpty({ calls, rejected }: SamplePoint): boolean {
  return calls === 0 && rejected === 0;
}
