/** What a server's answers hold, looked at before it is believed: a server of anybody's may say anything. */
import type { KeptEvent } from "recloser/history";
import type { Inspection, StoredRecord } from "recloser/inspect";
import type { Audit } from "../source/source.ts";

export interface ToldRecord {
  readonly etag: string;
  readonly record: StoredRecord;
}

/** Null: it is not what the API answers. */
export function recordsIn(json: Readonly<Record<string, unknown>>): {
  readonly inspection: Inspection;
  readonly etags: ReadonlyMap<string, string>;
} | null {
  const { atMs, records } = json;
  if (typeof atMs !== "number" || !Array.isArray(records) || !records.every(isTold)) return null;
  return {
    inspection: { nowMs: atMs, records: records.map(({ record }) => record) },
    etags: new Map(records.map(({ etag, record }) => [record.name, etag])),
  };
}

/** Null: it is not what the API answers. */
export function recordIn({ atMs, record }: Readonly<Record<string, unknown>>): {
  readonly nowMs: number;
  readonly record: StoredRecord;
} | null {
  return typeof atMs === "number" && isRecord(record) ? { nowMs: atMs, record } : null;
}

/** Null: it is not what the API answers. What the acts themselves hold is looked at by whoever tells them. */
export function auditIn({ atMs, events }: Readonly<Record<string, unknown>>): Audit | null {
  if (typeof atMs !== "number" || !Array.isArray(events)) return null;
  const kept = events.map((event: unknown) => actIn(fieldsOf(event))).toSorted((a, b) => a.atMs - b.atMs);
  // It writes down itself what is done through it.
  return { nowMs: atMs, events: kept, writers: 1 };
}

function actIn({ atMs, replica, untilMs, ...event }: Readonly<Record<string, unknown>>): KeptEvent {
  const forMs = typeof untilMs === "number" && typeof atMs === "number" ? untilMs - atMs : null;
  return {
    replica: typeof replica === "string" ? replica : "",
    atMs,
    event: { ...event, forMs },
  } as unknown as KeptEvent;
}

function isTold(value: unknown): value is ToldRecord {
  const { etag, record } = fieldsOf(value);
  return typeof etag === "string" && /^"[\x21\x23-\x7e]*"$/.test(etag) && isRecord(record);
}

const STATES: ReadonlySet<unknown> = new Set(["closed", "open", "half-open"]);

// The fields that something is reckoned with.
function isRecord(value: unknown): value is StoredRecord {
  const { name, state, effectiveState, window, holds, retryAfterMs, cooldownMs, rules, evidence, override } =
    fieldsOf(value);
  const { calls, failures, failureRate, byKind } = fieldsOf(window);
  return (
    typeof name === "string" &&
    STATES.has(state) &&
    STATES.has(effectiveState) &&
    [calls, failures, failureRate, retryAfterMs, cooldownMs].every((one) => typeof one === "number") &&
    typeof byKind === "object" &&
    byKind !== null &&
    Array.isArray(holds) &&
    holds.every((hold) => typeof fieldsOf(hold)["kind"] === "string") &&
    [rules, evidence].every((one) => typeof one === "object") &&
    (override === null || ["by", "reason"].every((field) => typeof fieldsOf(override)[field] === "string"))
  );
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
