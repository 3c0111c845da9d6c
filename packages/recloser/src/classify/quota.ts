/** Rate limit or quota: minutes are waited out, days are not. */

import type { OutcomeScope } from "../outcome.ts";
import type { Facts } from "./facts.ts";
import { refillHint } from "./retry-after.ts";
import type { Verdict } from "./verdict.ts";

/** Above this a "rate limit" is a quota (gemini-cli's MAX_RETRYABLE_DELAY_SECONDS). */
const LONGEST_RATE_LIMIT_MS = 300_000;
const MINUTE_MS = 60_000;

// Google names the bucket: GenerateRequestsPerDayPerProjectPerModel-FreeTier, …_requests_per_minute_per_project.
const DAY_ID = /per_?day|daily/i;
const MINUTE_ID = /PerMinute|per_minute/;
/** A day's bucket of a model's, even where the code only says "quota". */
const DAY_BUCKET = /\b(?:tokens?|requests?) ?(?:per|\/) ?day\b|\b(?:TPD|RPD)\b/i;
const DAY_WORDS = /\bdaily\b|\bper[ -]day\b|\/ ?day\b|\b(?:TPD|RPD)\b/i;
/** A month's allowance is an account's, whatever model used it up. */
const MONTH_WORDS = /\bmonthly\b|\bper[ -]month\b|\/ ?month\b/i;
/** Google's shared pool of throughput, or a gateway's: nobody's own limit. */
const SHARED_POOL = /upstream|shared/i;

/** A bucket that refills in minutes is another one than the day's. */
function longRefill(facts: Facts): number | null {
  const ms = refillHint(facts);
  return ms !== null && ms > LONGEST_RATE_LIMIT_MS ? ms : null;
}

export interface Limited {
  readonly verdict: Verdict;
  readonly retryAfterMs: number | null;
}

/** `hintMs` is what the provider said outright (a bucket's reset time is no such word), `rateScope` whom its rate limits hold. */
export function rateLimitOrQuota(
  verdict: Verdict,
  facts: Facts,
  message: string,
  hintMs: number | null,
  rateScope: OutcomeScope,
): Limited {
  const byBucketName = verdict.kind === "quota-exhausted" && verdict.scope === "model";
  if (verdict.kind === "quota-exhausted" && verdict.scope === undefined && DAY_BUCKET.test(message))
    return { verdict: { ...verdict, scope: rateScope }, retryAfterMs: hintMs };
  if (verdict.kind !== "rate-limited" && !byBucketName) return { verdict, retryAfterMs: hintMs };
  if (facts.limits.some((id) => SHARED_POOL.test(id))) return { verdict: { kind: "overloaded" }, retryAfterMs: hintMs };
  // A day's bucket outranks a short delay beside it: waiting 5 s brings the same answer.
  if (facts.limits.some((id) => DAY_ID.test(id)))
    return { verdict: { kind: "quota-exhausted", scope: "model" }, retryAfterMs: null };
  const perMinute = facts.limits.some((id) => MINUTE_ID.test(id)) || MINUTE_ID.test(message);
  if (perMinute) return { verdict: { kind: "rate-limited" }, retryAfterMs: hintMs ?? MINUTE_MS };
  if (hintMs === null && MONTH_WORDS.test(message))
    return { verdict: { kind: "quota-exhausted", scope: "key" }, retryAfterMs: null };
  if (hintMs === null ? DAY_WORDS.test(message) : hintMs > LONGEST_RATE_LIMIT_MS) {
    return { verdict: { kind: "quota-exhausted", scope: rateScope }, retryAfterMs: hintMs ?? longRefill(facts) };
  }
  return { verdict, retryAfterMs: hintMs };
}
