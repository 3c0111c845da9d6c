/** From facts to an outcome: typed code before status, body before status line, words last; then scope and retry hint. */

import { outcomeOf, trackOf, type Outcome } from "../outcome.ts";
import { verdictOfCode, verdictOfName } from "./codes.ts";
import type { Facts } from "./facts.ts";
import { verdictOfStatus } from "./http.ts";
import { rateLimitOrQuota } from "./quota.ts";
import { refillHint, statedHint } from "./retry-after.ts";
import { scopeOf } from "./scope.ts";
import type { Verdict } from "./verdict.ts";
import { refineByWords, verdictOfBareWords } from "./words.ts";

interface Coded {
  readonly typed: Verdict | undefined;
  /** Whether only a class name says so: an SDK has one for each status, so words may know better. */
  readonly byName: boolean;
  readonly family: Verdict | undefined;
}

function byCodes(facts: Facts): Coded {
  let family: Verdict | undefined;
  for (const code of [...facts.telling, ...facts.plain]) {
    const verdict = verdictOfCode(code);
    if (verdict !== undefined && verdict.weak === undefined) return { typed: verdict, byName: false, family };
    family ??= verdict;
  }
  for (const name of facts.names) {
    const verdict = verdictOfName(name);
    if (verdict !== undefined && verdict.weak === undefined) return { typed: verdict, byName: true, family };
    family ??= verdict;
  }
  return { typed: undefined, byName: false, family };
}

/** True when a typed code (no class name) or a failure status speaks: then nothing below HTTP is asked. */
export function hasTypedEvidence(facts: Facts): boolean {
  if (facts.bodyStatus !== null || verdictOfStatus(facts.status) !== undefined) return true;
  return [...facts.telling, ...facts.plain].some((code) => {
    const verdict = verdictOfCode(code);
    return verdict !== undefined && verdict.weak === undefined;
  });
}

/** Undefined when the facts hold nothing that is known. */
export function judge(facts: Facts): Outcome | undefined {
  const status = facts.bodyStatus ?? facts.status;
  const message = facts.messages.join("\n").slice(0, 8192);
  const { typed, byName, family } = byCodes(facts);
  const byStatus = verdictOfStatus(status, facts.provider);
  // SDKs dress an error inside a 200 as a 400: "server_error" is believed over that number.
  const believed = family?.kind === "server-error" && (byStatus === undefined || status === 400) ? family : undefined;
  const first = typed ?? believed ?? byStatus ?? family ?? verdictOfBareWords(message);
  if (first === undefined) return undefined;
  return settle(refine(first, typed !== undefined && !byName, facts, message), facts, status, message);
}

function refine(verdict: Verdict, typed: boolean, facts: Facts, message: string): Verdict {
  // gRPC's CANCELLED is raised by any hop; only where the client is named, or the line is plain HTTP, was it ours.
  if (
    verdict.kind === "cancelled" &&
    facts.plain.includes("cancelled") &&
    !/\b(?:client|caller|user)\b/i.test(message)
  ) {
    return { kind: "server-error" };
  }
  // A page instead of an API error: a firewall or a portal between us and every key of that provider.
  if (verdict.kind === "auth" && facts.html && !typed) return { kind: "auth", scope: "provider" };
  return refineByWords(verdict, typed, message);
}

function settle(verdict: Verdict, facts: Facts, status: number | null, message: string): Outcome {
  const hinted = trackOf(verdict.kind) !== "none";
  const stated = hinted ? statedHint(facts) : null;
  const limited = rateLimitOrQuota(
    verdict,
    facts,
    message,
    stated,
    scopeOf({ ...verdict, kind: "rate-limited" }, facts, status),
  );
  const { kind } = limited.verdict;
  const scope = scopeOf(limited.verdict, facts, status);
  const retryAfterMs = limited.retryAfterMs ?? (kind === "rate-limited" ? refillHint(facts) : null);
  const broken = facts.midStream && (kind === "server-error" || kind === "network");
  return outcomeOf(broken ? "stream-error" : kind, {
    scope,
    retryAfterMs: hinted ? retryAfterMs : null,
    ...(limited.verdict.track === undefined ? {} : { track: limited.verdict.track }),
  });
}
