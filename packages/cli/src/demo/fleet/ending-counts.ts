/** Counts what became of the calls of one replica. */
import { machineClock } from "../clock.ts";
import { NO_CALLS, type Tally } from "./messages.ts";

type Ending = "good" | "failed" | "rejected" | "storeFailed";

export interface CountedCall {
  /** It was sent or rejected; only the first time counts. */
  decided(): void;
  /** It is the probe. */
  probes(): void;
  ended(ending: Ending): void;
}

export class EndingCounts {
  #tally: Tally = NO_CALLS;
  /** When a call last failed, and when a probe last ended; null before. */
  lastFailureMs: number | null = null;
  lastProbeEndMs: number | null = null;

  get tally(): Tally {
    return this.#tally;
  }

  get underWay(): number {
    const { calls, good, failed, rejected, storeFailed } = this.#tally;
    return calls - good - failed - rejected - storeFailed;
  }

  begin(): CountedCall {
    this.#add("calls");
    const askedMs = machineClock.now();
    let isDecided = false;
    let isSameTurn = true;
    let isProbe = false;
    setImmediate(() => {
      isSameTurn = false;
    });
    return {
      decided: () => {
        if (!isDecided && !isSameTurn) this.#waited(machineClock.now() - askedMs);
        isDecided = true;
      },
      probes: () => {
        isProbe = true;
        this.#add("probes");
      },
      ended: (ending) => {
        this.#add(ending);
        if (ending === "failed") this.lastFailureMs = machineClock.now();
        if (isProbe) this.lastProbeEndMs = machineClock.now();
      },
    };
  }

  #waited(ms: number): void {
    const { waited, longestWaitMs } = this.#tally;
    this.#tally = { ...this.#tally, waited: waited + 1, longestWaitMs: Math.max(longestWaitMs, ms) };
  }

  #add(count: Ending | "calls" | "probes"): void {
    this.#tally = { ...this.#tally, [count]: this.#tally[count] + 1 };
  }
}
