/** What a rejection says of itself. */
import type { CircuitOpenFacts, RejectReason } from "./errors.ts";
import { spoken } from "./spoken.ts";

const REASON_TEXT: Readonly<Record<RejectReason, string>> = {
  open: "is open",
  probing: "is half-open and a probe is under way",
  ramping: "has just closed and lets calls in step by step",
  "rate-limited": "is held by the provider's rate limit",
  "quota-exhausted": "is held because the quota is exhausted",
  auth: "is held because the provider refused the credential",
  override: "is held open by an operator",
};

/** Whether a value is one of the reasons, wherever it comes from. */
export function isRejectReason(value: unknown): value is RejectReason {
  return typeof value === "string" && Object.hasOwn(REASON_TEXT, value);
}

// An SDK reads "timeout" and "timed out" in messages as a transport fault and retries, so the words never stand here:
// the kinds of the failures are in `evidence`.
export function openMessage(facts: CircuitOpenFacts): string {
  const evidence = facts.evidence;
  const because = evidence === null || evidence.headline === "" ? "" : ` (${evidence.headline})`;
  return `circuit ${harmless(facts.key, "of this key")} ${REASON_TEXT[facts.reason]}${because}; next try in ${spoken(facts.retryAfterMs)}`;
}

/** A name in quotes, or what to say instead of one that holds such a word. */
export function harmless(name: string, instead: string): string {
  return /time(d\s*)?-?\s*out/i.test(name) ? instead : `"${name}"`;
}
