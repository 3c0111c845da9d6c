/**
 * What the page shows of a demonstration: a simulated provider with switches, the same callers with and without a breaker, and
 * how a program of one's own is pointed at it. Plain data, as it goes over the wire.
 */

/** Something that the provider can be made to do. */
export interface DemoSwitch {
  readonly id: string;
  readonly label: string;
  /** What it does then: "answers every call with 503". */
  readonly says: string;
}

/** How a program is pointed here. */
export interface DemoPointer {
  /** Of the SDK or the tool. */
  readonly name: string;
  readonly lines: string;
}

/** What callers got in one second. */
export interface DemoCounts {
  readonly answered: number;
  /** Told at once that the call is not made. */
  readonly rejected: number;
  /** Given something else at once, in place of a call that is not made. */
  readonly fallbacks: number;
  readonly failed: number;
  /** Callers without an answer yet, at the second's end. */
  readonly pending: number;
  /** How long those had waited who got an answer of any kind: the middle one, in milliseconds; null: nobody got one. */
  readonly waitMs: number | null;
}

export interface DemoSecond {
  /** Its end. */
  readonly atMs: number;
  readonly without: DemoCounts;
  readonly with: DemoCounts;
}

/** One of the processes or parts that share the circuit, as it sees it; its calls are those of the last second. */
export interface DemoReplica {
  readonly name: string;
  readonly state: "closed" | "open" | "half-open";
  readonly answered: number;
  readonly rejected: number;
  readonly fallbacks: number;
  readonly failed: number;
}

/** What changes while it runs. */
export interface DemoNow {
  /** The switch that is on. */
  readonly on: string;
  readonly callsPerSecond: number;
  /** Whether callers are given something else where a call is not made. */
  readonly hasFallback: boolean;
  /** What is going on by itself, until somebody takes a switch; null: nothing. */
  readonly story: string | null;
  /** The last few seconds, oldest first. */
  readonly recent: readonly DemoSecond[];
  readonly replicas: readonly DemoReplica[];
}

export interface DemoView {
  readonly switches: readonly DemoSwitch[];
  readonly pointers: readonly DemoPointer[];
  readonly mostCallsPerSecond: number;
  /** The last minute, oldest first. */
  readonly past: readonly DemoSecond[];
  readonly now: DemoNow;
}

/** What somebody wants otherwise. */
export interface DemoWish {
  readonly switch?: string;
  readonly callsPerSecond?: number;
  readonly hasFallback?: boolean;
}

/** A demonstration behind the page. */
export interface Demonstration {
  view(): DemoView;
  /** @param wish checked: a switch there is, a rate from 0 to the most there may be */
  turn(wish: DemoWish): void;
}
