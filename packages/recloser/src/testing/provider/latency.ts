/** How long things take. */
import type { Random } from "../../random.ts";
import { fieldsOf, milliseconds, numberBetween, objectOf, oneOf, optional, refuse } from "./check.ts";
import type { Check } from "./check.ts";

/**
 * A distribution of durations in milliseconds; a bare number is always the same.
 *
 * @example
 * const typical: Latency = { answer: { kind: "lognormal", p50Ms: 800, p95Ms: 2_500 }, interToken: 15 };
 */
export type Distribution =
  | number
  | { readonly kind: "fixed"; readonly ms: number }
  | { readonly kind: "uniform"; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: "lognormal"; readonly p50Ms: number; readonly p95Ms: number }
  | { readonly kind: "exponential"; readonly meanMs: number };

/** Each is 0 unless given. */
export interface Latency {
  /** From the request to a whole answer. */
  readonly answer?: Distribution;
  /** From a stream's head to its first content. */
  readonly firstToken?: Distribution;
  /** Between two chunks of content. */
  readonly interToken?: Distribution;
  /** From the request to an error answer. */
  readonly error?: Distribution;
}

const DISTRIBUTIONS: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  fixed: { kind: () => {}, ms: milliseconds },
  uniform: { kind: () => {}, minMs: milliseconds, maxMs: milliseconds },
  lognormal: {
    kind: () => {},
    p50Ms: numberBetween(0.001, Infinity, "milliseconds"),
    p95Ms: numberBetween(0.001, Infinity, "milliseconds"),
  },
  exponential: { kind: () => {}, meanMs: milliseconds },
};

export function checkedLatency(value: unknown, option: string): Latency {
  const check = optional(checkDistribution);
  return { ...fieldsOf(value, option, { answer: check, firstToken: check, interToken: check, error: check }) };
}

export function checkDistribution(value: unknown, option: string): void {
  if (typeof value === "number") return milliseconds(value, option);
  const { kind } = objectOf(value, option);
  const checks = typeof kind === "string" && Object.hasOwn(DISTRIBUTIONS, kind) ? DISTRIBUTIONS[kind] : undefined;
  if (checks === undefined) return oneOf(...Object.keys(DISTRIBUTIONS))(kind, `${option}.kind`);
  fieldsOf(value, option, checks);
  const distribution = value as Exclude<Distribution, number>;
  if (distribution.kind === "uniform" && distribution.maxMs < distribution.minMs) {
    refuse(`${option}.maxMs`, `at least minMs (${distribution.minMs})`, distribution.maxMs);
  }
  if (distribution.kind === "lognormal" && distribution.p95Ms < distribution.p50Ms) {
    refuse(`${option}.p95Ms`, `at least p50Ms (${distribution.p50Ms})`, distribution.p95Ms);
  }
}

// The standard normal distribution's 95th percentile.
const Z95 = 1.6448536269514722;

/** Draws one duration in milliseconds. */
export function sample(distribution: Distribution | undefined, random: Random): number {
  if (distribution === undefined) return 0;
  if (typeof distribution === "number") return distribution;
  switch (distribution.kind) {
    case "fixed":
      return distribution.ms;
    case "uniform":
      return distribution.minMs + random() * (distribution.maxMs - distribution.minMs);
    case "lognormal": {
      // Box–Muller; 1 - random() keeps the logarithm away from zero.
      const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      const sigma = Math.log(distribution.p95Ms / distribution.p50Ms) / Z95;
      return distribution.p50Ms * Math.exp(sigma * normal);
    }
    case "exponential":
      return -Math.log(1 - random()) * distribution.meanMs;
  }
}
