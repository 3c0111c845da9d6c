/** Asks the user's classifier first, then the built-in rules; neither can change what a call returns. */
import { classify } from "./classify/index.ts";
import { FailedAnswer } from "./failed-answer.ts";
import {
  type Classifier,
  type ClassifyInput,
  type Outcome,
  outcomeOf,
  type OutcomeKind,
  type OutcomeScope,
  type OutcomeTrack,
  trackOf,
} from "./outcome.ts";
import { describe, warnOnce } from "./warn.ts";

const KINDS: ReadonlySet<unknown> = new Set<OutcomeKind>([
  "success",
  "server-error",
  "overloaded",
  "timeout",
  "network",
  "stream-error",
  "unknown",
  "rate-limited",
  "quota-exhausted",
  "auth",
  "caller-error",
  "content-filtered",
  "cancelled",
]);

/** What a call's end means. `key` names the breaker in a warning. */
export function outcomeFor(input: ClassifyInput, classifier: Classifier | null, key: string): Outcome {
  if (classifier !== null) {
    const decided = ask(classifier, input, key);
    if (decided !== undefined) return decided;
  }
  if (input.error instanceof FailedAnswer) return input.error.outcome; // was judged where it was seen
  return classify(input);
}

function ask(classifier: Classifier, input: ClassifyInput, key: string): Outcome | undefined {
  try {
    const decided: unknown = classifier(input);
    if (decided === undefined) return undefined;
    if (KINDS.has(decided)) return outcomeOf(decided as OutcomeKind);
    if (typeof decided === "object" && decided !== null && KINDS.has((decided as Outcome).kind)) {
      const { kind, track, retryAfterMs, scope } = decided as Partial<Outcome> & { kind: OutcomeKind };
      return outcomeOf(kind, {
        track: fits(kind, track) ? track : trackOf(kind),
        retryAfterMs:
          typeof retryAfterMs === "number" && retryAfterMs > 0 && retryAfterMs < Infinity ? retryAfterMs : null,
        ...(scope !== undefined && SCOPES.has(scope) ? { scope } : {}),
      });
    }
    const gave = decided instanceof Promise ? "a promise, but must answer at once" : "no outcome";
    warnOnce("RECLOSER_CLASSIFIER_ANSWER", key, `the classifier of "${key}" gave ${gave}; the built-in rules decide`);
  } catch (error) {
    warnOnce(
      "RECLOSER_CLASSIFIER_THREW",
      key,
      `the classifier of "${key}" threw (${describe(error)}); the built-in rules decide`,
    );
  }
  return undefined;
}

// Only a failure is evidence and only a hold holds; on the track `none` any kind may lie.
function fits(kind: OutcomeKind, track: unknown): track is OutcomeTrack {
  return track === "none" || (track !== undefined && track === trackOf(kind));
}

const SCOPES: ReadonlySet<unknown> = new Set<OutcomeScope>(["provider", "model", "key", "request"]);

/** Whether a result is an HTTP response, whose status says more than its having come. */
export function looksLikeResponse(value: unknown): boolean {
  try {
    const { status, headers } = value as { status?: unknown; headers?: { get?: unknown } };
    return typeof status === "number" && typeof headers?.get === "function";
  } catch {
    return false;
  }
}
