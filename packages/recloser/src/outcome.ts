/**
 * What became of a call, in the words that decide what is counted.
 *
 * A kind lies on one of three tracks: `window` kinds are evidence for or against a trip, `hold` kinds stop their scope
 * until a deadline of their own and never trip, `none` kinds say nothing about the provider.
 */

/** Failure kinds that are evidence in the window. */
export type FailureKind = "server-error" | "overloaded" | "timeout" | "network" | "stream-error" | "unknown";
/** Kinds that hold a scope until a deadline. */
export type HoldKind = "rate-limited" | "quota-exhausted" | "auth";
/** Kinds that say nothing about the provider's health. */
export type NeutralKind = "caller-error" | "content-filtered" | "cancelled";
export type OutcomeKind = "success" | FailureKind | HoldKind | NeutralKind;

export type OutcomeTrack = "window" | "hold" | "none";
/** What an outcome speaks of: the whole provider, one model, one credential, or only this request. */
export type OutcomeScope = "provider" | "model" | "key" | "request";

export interface Outcome {
  readonly kind: OutcomeKind;
  /** `success` has track `"none"` and is counted by its kind; `unknown` is `"window"` for an error nobody recognises, `"none"` for a programming error. */
  readonly track: OutcomeTrack;
  /** How long the provider asked to be left alone, in milliseconds; null when it did not say. Never clamped here. */
  readonly retryAfterMs: number | null;
  readonly scope: OutcomeScope;
}

/** The facts a classifier may look at. Every field is optional: give what the call showed. */
export interface ClassifyInput {
  /**
   * `"openai"`, `"anthropic"`, `"gemini"`, …: which dialect to read. Undefined and `"any"` try what all share and take
   * nothing for granted: an HTML page with status 200 is a fault of an LLM's API, and an answer of any other server.
   */
  readonly provider?: string | undefined;
  readonly response?:
    | {
        readonly status: number;
        readonly headers?: Headers | Record<string, string> | undefined;
        readonly body?: string | object | undefined;
      }
    | undefined;
  /** What a stream had carried when it ended (SSE or NDJSON text). */
  readonly stream?: string | undefined;
  /** What was thrown. */
  readonly error?: unknown;
  /** What the call resolved to, when nothing was thrown. */
  readonly result?: unknown;
  /** The caller's own signal, not the one the breaker hands to the call. */
  readonly signal?: { readonly aborted: boolean; readonly reason?: unknown } | undefined;
  /** The current instant in epoch milliseconds, for hints that name a date. */
  readonly nowMs?: number | undefined;
}

/**
 * Decides what a call's end means. Return an {@link Outcome}, just its kind, or undefined for the built-in rules.
 * A classifier that throws changes nothing for the call: the built-in rules decide, and one process warning names it.
 *
 * @example
 * const classify: Classifier = ({ error }) => (error instanceof NotFound ? "caller-error" : undefined);
 */
export type Classifier = (input: ClassifyInput) => Outcome | OutcomeKind | undefined;

const HOLD_KINDS: ReadonlySet<string> = new Set(["rate-limited", "quota-exhausted", "auth"]);
const NEUTRAL_KINDS: ReadonlySet<string> = new Set(["success", "caller-error", "content-filtered", "cancelled"]);

/** The failure kinds in a fixed order; the window counts them by this index. */
export const FAILURE_KINDS: readonly FailureKind[] = [
  "server-error",
  "overloaded",
  "timeout",
  "network",
  "stream-error",
  "unknown",
];

/** The track a kind lies on when nothing more is known (`unknown` counts: a driver's plain Error must be able to trip). */
export function trackOf(kind: OutcomeKind): OutcomeTrack {
  if (HOLD_KINDS.has(kind)) return "hold";
  return NEUTRAL_KINDS.has(kind) ? "none" : "window";
}

/** Builds an outcome of a kind with its usual track and scope. */
export function outcomeOf(kind: OutcomeKind, more: Partial<Omit<Outcome, "kind">> = {}): Outcome {
  return {
    kind,
    track: more.track ?? trackOf(kind),
    retryAfterMs: more.retryAfterMs ?? null,
    scope: more.scope ?? usualScope(kind),
  };
}

function usualScope(kind: OutcomeKind): OutcomeScope {
  if (kind === "quota-exhausted" || kind === "auth") return "key";
  if (kind === "rate-limited" || kind === "overloaded") return "model";
  return NEUTRAL_KINDS.has(kind) && kind !== "success" ? "request" : "provider";
}
