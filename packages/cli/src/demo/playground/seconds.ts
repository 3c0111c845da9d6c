/** What callers got, second by second, for a minute back. */
import type { DemoCounts, DemoSecond } from "@recloser/dashboard";
import type { Arm } from "../arm.ts";
import { type Ending, percentile } from "../ledger.ts";
import type { Arms } from "../stage.ts";

const KEPT = 60;

export class Seconds {
  readonly #arms: Arms<Arm>;
  #past: DemoSecond[] = [];
  #sinceMs: number;

  constructor(arms: Arms<Arm>, nowMs: number) {
    this.#arms = arms;
    this.#sinceMs = nowMs;
  }

  /** Oldest first. */
  get past(): readonly DemoSecond[] {
    return this.#past;
  }

  /** Ends the one that has been going on. */
  take(nowMs: number): void {
    const { without, with: guarded } = this.#arms;
    const second = { atMs: nowMs, without: countsOf(without, this.#sinceMs), with: countsOf(guarded, this.#sinceMs) };
    this.#sinceMs = nowMs;
    this.#past = [...this.#past, second].slice(-KEPT);
  }
}

function countsOf({ ledger, inFlight, waiting }: Arm, sinceMs: number): DemoCounts {
  const ended = ledger.endedSince(sinceMs);
  const count = (...endings: readonly Ending[]): number =>
    ended.filter(({ ending }) => ending !== null && endings.includes(ending)).length;
  return {
    answered: count("good"),
    // Told by the breaker, at once or when it opened: either way the caller is free.
    rejected: count("rejected", "released"),
    fallbacks: count("fallback"),
    failed: count("failed"),
    pending: inFlight + waiting,
    waitMs: percentile(
      ended.map(({ askedMs, endedMs }) => (endedMs ?? askedMs) - askedMs),
      0.5,
    ),
  };
}
