/** What a suite is, and what comes of it. */
import type { Case, CaseResult } from "./measure.ts";
import type { Machine } from "./machine.ts";

export interface Suite {
  readonly name: string;
  readonly title: string;
  /** For a reader of the figures: what is set up how, and what is not compared. */
  readonly about: readonly string[];
  readonly packages: readonly string[];
  /** The contender that ratios are taken of. */
  readonly ours: string;
  /** The contender that no library touches: what spreads in its rounds is the machine's doing. */
  readonly control: string;
  readonly cases: readonly Case[];
  /** Whether idle breakers are weighed too. */
  readonly idle: boolean;
  readonly targets: readonly Target[];
}

/** What is promised. `limit` is the highest figure that keeps it. */
export type Target = { readonly text: string; readonly limit: number } &
  /** In the case `of`: the suite's own contender, or another one of ours, to one of the others. */
  (
    | { readonly kind: "ratio"; readonly of: string; readonly ours?: string; readonly to: string }
    | { readonly kind: "ns"; readonly of: string }
    | { readonly kind: "bytes"; readonly of: IdleState }
    | { readonly kind: "timers"; readonly of: IdleState }
  );

/** Never called, or one success each. */
export type IdleState = "unused" | "used";

/** What many breakers that do nothing cost. */
export interface IdleResult {
  readonly contender: string;
  readonly state: IdleState;
  readonly breakers: number;
  readonly bytesEach: number;
  readonly timers: number;
}

export interface SuiteResult {
  readonly suite: string;
  readonly date: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly cases: readonly CaseResult[];
  readonly idle: readonly IdleResult[];
}
