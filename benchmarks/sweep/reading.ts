/** What a bar finds of a policy. */
import type { PolicyOptions } from "recloser";

export interface Reading {
  /** Null in kept results where it was infinite. */
  readonly value: number | null;
  /** Null: shown, without a bar. */
  readonly limit: number | null;
  readonly ok: boolean;
}

/** How much is played: the seeds, and whether the longest runs are left out. */
export interface Effort {
  readonly seeds: readonly number[];
  readonly isSmall: boolean;
}

/** A property that the defaults must have together, measured. */
export interface Bar {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly unit: string;
  /** Whether the value must not be above the limit, or not below it. */
  readonly wants: "most" | "least";
  measure(policy: PolicyOptions, effort: Effort): Promise<Reading>;
}

export function atMost(value: number, limit: number): Reading {
  return { value, limit, ok: value <= limit };
}

export function atLeast(value: number, limit: number): Reading {
  return { value, limit, ok: value >= limit };
}

export function shown(value: number): Reading {
  return { value, limit: null, ok: true };
}

/** The worst of several values. */
export async function worst(wants: Bar["wants"], runs: readonly (() => Promise<number>)[]): Promise<number> {
  let found = wants === "most" ? -Infinity : Infinity;
  for (const run of runs) found = (wants === "most" ? Math.max : Math.min)(found, await run());
  return found;
}
