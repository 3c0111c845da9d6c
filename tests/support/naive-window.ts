/** Windows as one would write them on paper: a list of everything that ever happened, filtered at each question. */
import type { FailureKind } from "../../packages/recloser/src/outcome.ts";

export interface NaiveOutcome {
  /** The instant that decides how long it counts. */
  readonly atMs: number;
  readonly kind: FailureKind | "success";
  readonly slow: boolean;
  readonly mark: number;
}

export interface NaiveCounts {
  readonly successes: number;
  readonly failures: number;
  readonly slow: number;
  readonly byKind: Partial<Record<FailureKind, number>>;
  readonly firstFailureMark: number;
}

/** What a window must say about the outcomes that count. */
export function naiveCounts(outcomes: readonly NaiveOutcome[]): NaiveCounts {
  const failures = outcomes.filter((outcome) => outcome.kind !== "success");
  const byKind: Partial<Record<FailureKind, number>> = {};
  for (const { kind } of failures) byKind[kind as FailureKind] = (byKind[kind as FailureKind] ?? 0) + 1;
  return {
    successes: outcomes.length - failures.length,
    failures: failures.length,
    slow: outcomes.filter((outcome) => outcome.slow).length,
    byKind,
    firstFailureMark: failures.reduce((first, failure) => Math.min(first, failure.mark), Infinity),
  };
}

/** protocol.md §1: a bucket is addressed by floor(time / width), ten to a window; only the newest ten count. */
export class NaiveTimeWindow {
  readonly #widthMs: number;
  readonly #outcomes: NaiveOutcome[] = [];
  #newestMs = -Infinity;

  constructor(windowMs: number) {
    this.#widthMs = windowMs / 10;
  }

  advance(nowMs: number): void {
    this.#newestMs = Math.max(this.#newestMs, nowMs);
  }

  add(outcome: NaiveOutcome): void {
    this.advance(outcome.atMs);
    this.#outcomes.push({ ...outcome, atMs: this.#newestMs });
  }

  counting(): NaiveOutcome[] {
    const newest = Math.floor(this.#newestMs / this.#widthMs);
    return this.#outcomes.filter(({ atMs }) => newest - Math.floor(atMs / this.#widthMs) < 10);
  }

  counts(): NaiveCounts {
    return naiveCounts(this.counting());
  }
}

/** The last `size` calls, whenever they were. */
export class NaiveCountWindow {
  readonly #size: number;
  readonly #outcomes: NaiveOutcome[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  advance(): void {}

  add(outcome: NaiveOutcome): void {
    this.#outcomes.push(outcome);
  }

  counting(): NaiveOutcome[] {
    return this.#outcomes.slice(-this.#size);
  }

  counts(): NaiveCounts {
    return naiveCounts(this.counting());
  }
}
