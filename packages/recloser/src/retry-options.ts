/** What one call may ask of its retries, checked. */
import { type Duration, durationMs } from "./duration.ts";
import { InvalidOptionError } from "./errors.ts";
import { wasNotSent } from "./not-sent.ts";
import { FAILURE_KINDS, type Outcome, type OutcomeKind } from "./outcome.ts";
import { readLadder } from "./policy.ts";
import type { BudgetLimits } from "./retry-budget.ts";
import { count, exact, nested, number } from "./validate.ts";

/**
 * Tries a call again after a failure, within a budget. Off unless asked for.
 *
 * @example
 * await breaker.execute(ask, { retry: { on: "idempotent" } }); // a question may be asked twice
 * await breaker.execute(pay, { retry: {} }); // only what provably was not sent
 */
export interface RetryOptions {
  /** How often the call is made at most, the first time included: 3. */
  readonly attempts?: number | undefined;
  /**
   * After which ends it is made again: `"not-sent"`.
   *
   * - `"not-sent"`: the error proves that no byte of the request was sent.
   * - `"idempotent"`: you say that making it twice does no harm. Then also after every other failure of the provider or
   *   on the way to it (`server-error`, `overloaded`, `timeout`, `network`, `stream-error`), and after a rate limit.
   * - a list of outcome kinds.
   * - a function, given the outcome and what was thrown (or the answer, where an answer counted as a failure).
   *
   * Never after a rejection, once a stream has delivered something, or when the caller has given up.
   */
  readonly on?:
    | "not-sent"
    | "idempotent"
    | readonly Exclude<OutcomeKind, "success">[]
    | ((outcome: Outcome, ended: unknown) => boolean)
    | undefined;
  /** A random time up to this passes before the second try: `"500ms"`. */
  readonly initial?: Duration | undefined;
  /** How much longer it may be each time: 2. */
  readonly factor?: number | undefined;
  /** How long it may become: `"8s"`, or `initial` if that is longer. */
  readonly max?: Duration | undefined;
  /**
   * How long a wait the provider may ask for: `"30s"`. A shorter one is waited for, and the random time on top of it; for a
   * longer one the error is given at once. Also for a hold of this key's own.
   */
  readonly hintMax?: Duration | undefined;
  /**
   * What all retries of the breaker in this process may add to its load: `ratio` (0.2) of its recent calls that ask for
   * retries, and `floorPerSecond` (1, on average over ten seconds) in any case. `false`: any number.
   */
  readonly budget?:
    | { readonly ratio?: number | undefined; readonly floorPerSecond?: number | undefined }
    | false
    | undefined;
}

/** Retry options in force: every value filled in and checked, durations in milliseconds. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly on: (outcome: Outcome, ended: unknown) => boolean;
  readonly initialMs: number;
  readonly factor: number;
  readonly maxMs: number;
  readonly hintMaxMs: number;
  readonly budget: BudgetLimits | null;
}

const FIELDS = ["attempts", "on", "initial", "factor", "max", "hintMax", "budget"] as const;
const HARMLESS_TWICE: ReadonlySet<OutcomeKind> = new Set<OutcomeKind>([
  "server-error",
  "overloaded",
  "timeout",
  "network",
  "stream-error",
  "rate-limited",
]);
const KINDS: ReadonlySet<unknown> = new Set<OutcomeKind>([
  ...FAILURE_KINDS,
  "rate-limited",
  "quota-exhausted",
  "auth",
  "caller-error",
  "content-filtered",
  "cancelled",
]);

/** @throws InvalidOptionError naming the field */
export function readRetry(value: unknown): RetryPolicy | null {
  if (value === undefined || value === false) return null;
  if (typeof value !== "object" || value === null)
    throw new InvalidOptionError("retry", "an object, or false for no retries", value);
  const given = nested("retry", value, FIELDS);
  const { initialMs, factor, maxMs } = readLadder("retry", given, 500, 8_000);
  return {
    attempts: exact(given["attempts"], 3, (attempts) => count("retry.attempts", attempts)),
    on: readOn(given["on"]),
    initialMs,
    factor,
    maxMs,
    hintMaxMs: exact(given["hintMax"], 30_000, (hint) => durationMs("retry.hintMax", hint)),
    budget: readBudget(given["budget"]),
  };
}

function readOn(value: unknown): RetryPolicy["on"] {
  if (value === undefined || value === "not-sent") return notSent;
  if (value === "idempotent") return (outcome, ended) => HARMLESS_TWICE.has(outcome.kind) || notSent(outcome, ended);
  if (typeof value === "function") return value as RetryPolicy["on"];
  if (Array.isArray(value) && value.length > 0 && value.every((kind) => KINDS.has(kind))) {
    const kinds: readonly unknown[] = value;
    return ({ kind }) => kinds.includes(kind);
  }
  throw new InvalidOptionError(
    "retry.on",
    `"not-sent", "idempotent", a function, or a list of outcome kinds (${[...KINDS].join(", ")})`,
    value,
  );
}

// Where the caller's own classifier says that an error is nobody's fault or the caller's, it is not the network's.
function notSent({ track }: Outcome, ended: unknown): boolean {
  return track === "window" && wasNotSent(ended);
}

function readBudget(value: unknown): BudgetLimits | null {
  if (value === false) return null;
  const { ratio, floorPerSecond } = nested("retry.budget", value, ["ratio", "floorPerSecond"]);
  return {
    ratio: number("retry.budget.ratio", ratio, 0.2, 0, 1),
    floorPerSecond: number("retry.budget.floorPerSecond", floorPerSecond, 1, 0, 10_000),
  };
}
