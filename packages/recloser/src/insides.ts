/**
 * What the entries beside the core may know of a breaker that its public face does not show. Of a breaker that is not
 * ours (a stand-in of a test, a wrapper) they get the machine's own.
 */
import type { Breaker } from "./api.ts";
import type { CallSite } from "./call.ts";
import { looksLikeResponse } from "./classification.ts";
import { type Clock, systemClock } from "./clock.ts";
import { InvalidOptionError } from "./errors.ts";
import type { Classifier } from "./outcome.ts";
import { type Random, systemRandom } from "./random.ts";

interface Insides extends Pick<CallSite, "clock" | "hasClassifier" | "classify"> {
  readonly host: { readonly random: Random };
  onClose(call: () => void): () => void;
}

function insidesOf(breaker: Breaker): Partial<Insides> {
  return breaker as unknown as Partial<Insides>;
}

export function clockOf(breaker: Breaker): Clock {
  return insidesOf(breaker).clock ?? systemClock;
}

export function randomOf(breaker: Breaker): Random {
  return insidesOf(breaker).host?.random ?? systemRandom;
}

/** Calls `call` when the breaker's recloser closes, at once where it is closed already. Gives what takes it back. */
export function onClose(breaker: Breaker, call: () => void): () => void {
  return insidesOf(breaker).onClose?.(call) ?? (() => {});
}

/** Whether the breaker counted an answer as a success: a classifier may have called it a failure. */
export function countedAsSuccess(breaker: Breaker, answer: unknown, classifier: Classifier | undefined): boolean {
  const { classify, hasClassifier } = insidesOf(breaker);
  if (classify === undefined) return true;
  if (classifier === undefined && hasClassifier !== true && !looksLikeResponse(answer)) return true;
  const nowMs = clockOf(breaker).now();
  return classify.call(breaker, { result: answer, nowMs }, classifier ?? null).kind === "success";
}

/** @throws InvalidOptionError for what is no breaker */
export function checkedBreaker(breaker: unknown): Breaker {
  const { execute, on, snapshot } = (breaker ?? {}) as Partial<Breaker>;
  if ([execute, on, snapshot].every((method) => typeof method === "function")) return breaker as Breaker;
  throw new InvalidOptionError("breaker", "what createBreaker() or recloser.breaker() gives", breaker);
}
