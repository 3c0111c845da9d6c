/** I6: calls to a provider whose circuit is open stop. */
import { POLL_MOST_MS } from "../bounds.ts";
import type { CallRecord, History, OperationRecord, Standing } from "../history.ts";
import { ESTRANGEMENTS, has, LOSSES, STOPS } from "../plan.ts";
import type { Finding } from "./violation.ts";

/** A push takes milliseconds; this is what we promise. */
const PUSH_MS = 100;
const SLACK_MS = 50;

/**
 * I6: an open circuit stops calls. For every plan: a replica that holds its circuit, shared or local, for open or half-open
 * admits nothing but the probe, and a probe of a shared circuit holds a lease of the store (force-closed lets all through).
 * And where the store is well and reached: after it opened, no replica admits a call later than a push takes, or a poll
 * where pushes are lost.
 */
export function anOpenCircuitStopsCalls(history: History): readonly Finding[] {
  return [...againstTheView(history), ...afterTheTrip(history)];
}

function againstTheView({ calls }: History): readonly Finding[] {
  return calls.flatMap((call) => {
    if (call.admittedMs === null || call.standings[0]?.override === "force-closed") return [];
    const wrong = call.standings.map((standing) => whatStands(call, standing)).find((found) => found !== null);
    return wrong === undefined
      ? []
      : [{ atMs: call.admittedMs, what: `call ${call.id} of r${call.replica}: ${wrong}` }];
  });
}

function whatStands(
  { probe, leases }: CallRecord,
  { record, shared, local, isConnected, override }: Standing,
): string | null {
  if (override === "force-open") return `admitted though ${record} is forced open`;
  if (override === "force-closed") return null;
  if (shared === "open" || local === "open") return `admitted while ${record} is open`;
  if (isConnected && shared === "half-open") {
    const hasLease = leases.some((lease) => lease.record === record && lease.token !== null);
    return hasLease ? null : `admitted while ${record} is half-open, without a lease of the store`;
  }
  return local === "half-open" && !probe ? `admitted while ${record} is half-open here` : null;
}

function afterTheTrip({ plan, operations, calls }: History): readonly Finding[] {
  if (plan.store === "memory" || has(plan, ...ESTRANGEMENTS, ...LOSSES, ...STOPS, "clock step", "operator")) return [];
  const withinMs = has(plan, "pushes lost") ? POLL_MOST_MS + SLACK_MS : PUSH_MS;
  const found: Finding[] = [];
  for (const { record, fromMs, toMs } of openPeriods(operations)) {
    for (const call of calls) {
      const { admittedMs, probe } = call;
      if (admittedMs === null || probe || admittedMs <= fromMs + withinMs || admittedMs >= toMs) continue;
      const what = `call ${call.id} of r${call.replica} was admitted ${admittedMs - fromMs} ms after ${record} had opened in the store`;
      found.push({ atMs: admittedMs, what });
    }
  }
  return found;
}

interface OpenPeriod {
  readonly record: string;
  readonly fromMs: number;
  readonly toMs: number;
}

// From a record's opening to its next close.
function openPeriods(operations: readonly OperationRecord[]): readonly OpenPeriod[] {
  const periods: OpenPeriod[] = [];
  const opened = new Map<string, number>();
  for (const { record, before, after, atMs } of operations) {
    if (before.circuit.is === "closed" && after.circuit.is === "tripped") opened.set(record, atMs);
    if (before.circuit.is === "tripped" && after.circuit.is === "closed") {
      periods.push({ record, fromMs: opened.get(record) ?? atMs, toMs: atMs });
      opened.delete(record);
    }
  }
  for (const [record, fromMs] of opened) periods.push({ record, fromMs, toMs: Infinity });
  return periods;
}
