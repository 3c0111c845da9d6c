/** A record as the scripts keep it (lua/lib/record.lua tells the fields), read as facts. */
import { FAILURE_KINDS, type FailureKind, type HoldKind } from "../../outcome.ts";
import {
  type Bucket,
  type Circuit,
  CLOSED,
  type Evidence,
  type Facts,
  type Hold,
  NO_RECORD,
  NO_STREAK,
  type Override,
  type Served,
  type Streak,
  type TripReason,
} from "../../state.ts";
import { evidenceOf } from "../../trip.ts";
import type { TripRules } from "../store.ts";

export type Fields = ReadonlyMap<string, string>;

/** @param flat field and value in turn */
export function fieldsOf(flat: readonly unknown[]): Fields {
  const fields = new Map<string, string>();
  for (let at = 0; at + 1 < flat.length; at += 2) fields.set(String(flat[at]), String(flat[at + 1]));
  return fields;
}

/** @throws TypeError for what no script of ours has written */
export function factsOf(fields: Fields): Facts {
  if (fields.size === 0) return NO_RECORD;
  return {
    incarnation: number(fields, "inc"),
    version: number(fields, "ver"),
    generation: number(fields, "gen"),
    circuit: circuitOf(fields),
    step: number(fields, "att"),
    cooldownMs: number(fields, "cd"),
    closedAtMs: fields.has("ca") ? number(fields, "ca") : null,
    holds: holdsOf(fields),
    override: overrideOf(fields),
    buckets: bucketsOf(fields),
    streak: streakOf(fields),
    served: ["s1", "s2"].flatMap((field) => servedOf(fields.get(field))),
  };
}

function circuitOf(fields: Fields): Circuit {
  if (!fields.has("st")) return CLOSED;
  const token = fields.get("lt");
  return {
    is: "tripped",
    openedAtMs: number(fields, "op"),
    openUntilMs: number(fields, "ou"),
    reason: text(fields, "why") as TripReason,
    evidence: fields.has("ev") ? evidenceIn(text(fields, "ev")) : null,
    lease: token === undefined ? null : { token, expiresAtMs: number(fields, "lu") },
    claimed: fields.has("cl"),
    passed: number(fields, "pa"),
    lost: number(fields, "lo"),
    voided: number(fields, "vo"),
  };
}

// The words are made here: the store keeps what they are made of.
function evidenceIn(written: string): Evidence {
  const [reason = "", calls, failures, slow, windowMs, inRow, kinds = ""] = written.split("|");
  const byKind: Partial<Record<FailureKind, number>> = {};
  for (const part of kinds.split(",").filter((one) => one !== "")) {
    const [kind = "", count] = part.split("=");
    byKind[kind as FailureKind] = finite(count, "ev");
  }
  const failed = finite(failures, "ev");
  const counts = { successes: finite(calls, "ev") - failed, failures: failed, slow: finite(slow, "ev") };
  const streak = { ...NO_STREAK, failures: finite(inRow, "ev") };
  return evidenceOf(reason as TripReason, counts, 0, streak, byKind, finite(windowMs, "ev"));
}

function holdsOf(fields: Fields): Facts["holds"] {
  const holds: Partial<Record<HoldKind, Hold>> = {};
  for (const [field, value] of fields) {
    if (!field.startsWith("h:")) continue;
    const [since, until, step] = value.split("|");
    holds[field.slice(2) as HoldKind] = {
      sinceMs: finite(since, field),
      untilMs: finite(until, field),
      step: finite(step, field),
    };
  }
  return holds;
}

function overrideOf(fields: Fields): Override | null {
  if (!fields.has("ov")) return null;
  return {
    mode: text(fields, "ov") as Override["mode"],
    by: text(fields, "ovBy"),
    reason: text(fields, "ovWhy"),
    sinceMs: number(fields, "ovAt"),
    untilMs: fields.has("ovUntil") ? number(fields, "ovUntil") : null,
  };
}

function bucketsOf(fields: Fields): readonly Bucket[] {
  const buckets: Bucket[] = [];
  for (const [field, value] of fields) {
    if (!field.startsWith("b:")) continue;
    const [successes, slow, young, ...counts] = value.split("|").map((one) => finite(one, field));
    const failures: Partial<Record<FailureKind, number>> = {};
    for (const [at, kind] of FAILURE_KINDS.entries()) if ((counts[at] ?? 0) > 0) failures[kind] = counts[at] as number;
    buckets.push({
      startMs: finite(field.slice(2), field),
      successes: successes as number,
      slow: slow as number,
      young: young as number,
      failures,
    });
  }
  return buckets.toSorted((a, b) => a.startMs - b.startMs);
}

function streakOf(fields: Fields): Streak {
  const written = fields.get("sk");
  if (written === undefined) return NO_STREAK;
  const [failures, since, started, begun] = written.split("|");
  return {
    failures: finite(failures, "sk"),
    sinceMs: finite(since, "sk"),
    startedMs: finite(started, "sk"),
    begun: finite(begun, "sk"),
    from: fields.get("skBy") ?? null,
  };
}

function servedOf(written: string | undefined): readonly Served[] {
  if (written === undefined) return [];
  const bar = written.indexOf("|");
  return [{ by: written.slice(bar + 1), atMs: finite(written.slice(0, bar), "served") }];
}

/** What the record's last report was judged by; null: it had none, or of a version that did not say. */
export function rulesOf(fields: Fields): TripRules | null {
  const parts = fields.get("pol")?.split("|") ?? [];
  const [windowMs, minimumCalls, ...rules] = parts.map((part) => (part === "-" ? false : Number(part)));
  const [failureRate, failureThreshold, consecutiveFailures, afterMs, rate] = rules;
  if (!parts.every((part) => part === "-" || Number.isFinite(Number(part))) || parts.length !== 7) return null;
  return {
    windowMs: windowMs as number,
    minimumCalls: minimumCalls as number,
    failureRate: failureRate as number | false,
    failureThreshold: failureThreshold as number | false,
    consecutiveFailures: consecutiveFailures as number | false,
    slowCall: rate === false ? false : { afterMs: afterMs as number, rate: rate as number },
  };
}

function number(fields: Fields, field: string): number {
  return finite(fields.get(field), field);
}

function finite(written: string | undefined, field: string): number {
  const value = written === undefined || written === "" ? Number.NaN : Number(written);
  if (!Number.isFinite(value)) throw new TypeError(`a record's field ${field} must be a number, got ${written}`);
  return value;
}

function text(fields: Fields, field: string): string {
  const value = fields.get(field);
  if (value === undefined) throw new TypeError(`a record lacks its field ${field}`);
  return value;
}
