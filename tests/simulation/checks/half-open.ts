/** I1 and I4: who may move a half-open circuit, and how many probes there are. */
import type { ReplyCode } from "../../../packages/recloser/src/record-event.ts";
import type { CallRecord, History, OperationRecord } from "../history.ts";
import { ESTRANGEMENTS, has, LOSSES, STOPS } from "../plan.ts";
import { healthOf } from "./outcomes.ts";
import { EPSILON_MS, type Finding } from "./violation.ts";

const CHANGES_NOTHING: ReadonlySet<ReplyCode> = new Set([
  "denied",
  "go",
  "stale",
  "expired",
  "ignored",
  "fenced",
  "noop",
]);
const SETTLED: ReadonlySet<ReplyCode> = new Set(["passed", "closed", "reopened", "void"]);

/**
 * I1: only the newest lease moves a half-open circuit. From the store's operations, for every plan: a settle or a renewal
 * that changes a record carries the token that was given out last for it and the record's incarnation; a report changes
 * nothing once the cooldown is over; what is answered as a denial leaves the record untouched; a settle does what its
 * verdict says, and says what became of the call that holds its token.
 */
export function onlyTheNewestLeaseMovesHalfOpen(history: History): readonly Finding[] {
  const byToken = callsByToken(history);
  return history.operations.flatMap((operation) => {
    const wrong =
      unchanged(operation) ?? newest(operation) ?? untouched(operation) ?? truthful(operation, byToken, history);
    return wrong === null ? [] : [{ atMs: operation.atMs, what: `${told(operation)}: ${wrong}` }];
  });
}

function unchanged({ code, before, after }: OperationRecord): string | null {
  return CHANGES_NOTHING.has(code) && before !== after ? "a denial changed the record" : null;
}

function newest({ command, code, before, lastGranted }: OperationRecord): string | null {
  const isOwners = (command.type === "settle" && SETTLED.has(code)) || (command.type === "renew" && code === "renewed");
  if (!isOwners || (command.type !== "settle" && command.type !== "renew")) return null;
  if (lastGranted === null) return "no lease had been given out";
  if (command.token !== lastGranted.token) return `the newest lease is ${lastGranted.token}`;
  return command.incarnation === before.incarnation ? null : "the lease is of another life of the record";
}

function untouched({ command, before, after, storeMs }: OperationRecord): string | null {
  const { circuit } = before;
  if (circuit.is === "closed") return null;
  if (command.type === "report" || command.type === "reassert") {
    if (after.circuit.is === "tripped" && after.circuit.openUntilMs < circuit.openUntilMs)
      return "it shortened the open period";
    if (after.circuit.is === "closed") return "it closed the circuit";
    if (storeMs >= circuit.openUntilMs && after.circuit !== circuit) return "it changed a half-open circuit";
  }
  const mayClose = command.type === "settle" || command.type === "reset";
  return after.circuit.is === "closed" && !mayClose ? "it closed the circuit" : null;
}

function truthful(
  { command, code, record }: OperationRecord,
  byToken: ReadonlyMap<string, CallRecord>,
  history: History,
): string | null {
  if (command.type !== "settle" || !SETTLED.has(code)) return null;
  const { verdict, token } = command;
  if ((code === "closed" || code === "passed") && verdict !== "passed") return "it counted as passed";
  if (code === "void" && verdict !== "void") return "it counted as void";
  const call = byToken.get(token);
  if (verdict === "void") return null;
  if (call === undefined) return "no call holds this lease";
  const { settleOn } = history.policy.probe;
  const answered = call.end === "answered" || (settleOn === "first-token" && call.shownMs !== null);
  const passed = answered || (record !== healthOf(history) && wasReached(call));
  if (verdict === "passed" && !passed) return `its call ${call.id} was not answered (${call.end})`;
  return verdict === "failed" && call.failure === null ? `its call ${call.id} did not fail (${call.end})` : null;
}

/**
 * Whether the provider can be reached at all is a record of its own: any answer passes there, and so does a call given up
 * by its caller after it had shown something.
 */
function wasReached({ end, failure, shownMs }: CallRecord): boolean {
  if (end === "aborted") return shownMs !== null;
  return (end === "failed" || end === "mistake") && failure !== "network";
}

/**
 * I4: one probe. For every plan: a lease is settled to an effect at most once in one history of the store (once more where
 * the network brings its claim again, so that it is given again; TCP brings no command again that was answered). And where
 * nothing but the provider is wrong: at most one call with the lease of a shared circuit is under way.
 */
export function oneProbeAtATime(history: History): readonly Finding[] {
  return [...settledTwice(history), ...overlapping(history)];
}

function settledTwice({ operations }: History): readonly Finding[] {
  const settled = new Set<string>();
  const found: Finding[] = [];
  for (const operation of operations) {
    const { command, code, record, losses, atMs, after } = operation;
    if (command.type === "claim" && code === "probe")
      settled.delete(`${losses} ${record} ${after.incarnation} ${command.token}`);
    if (command.type !== "settle" || !SETTLED.has(code)) continue;
    const lease = `${losses} ${record} ${command.incarnation} ${command.token}`;
    if (settled.has(lease)) found.push({ atMs, what: `${told(operation)}: this lease was settled before` });
    settled.add(lease);
  }
  return found;
}

function overlapping({ plan, calls, policy }: History): readonly Finding[] {
  if (has(plan, ...LOSSES, ...ESTRANGEMENTS, ...STOPS, "clock step", "operator")) return [];
  const found: Finding[] = [];
  const last = new Map<string, { readonly call: CallRecord; readonly untilMs: number }>();
  for (const call of calls.filter(({ admittedMs }) => admittedMs !== null).toSorted(byAdmission)) {
    for (const { record, token } of call.leases) {
      if (token === null) continue;
      const atMs = call.admittedMs ?? 0;
      const before = last.get(record);
      if (before !== undefined && atMs < before.untilMs - EPSILON_MS) {
        const what = `call ${call.id} of r${call.replica} probes ${record} while call ${before.call.id} of r${before.call.replica} does, until ${before.untilMs}`;
        found.push({ atMs, what });
      }
      const settles = policy.probe.settleOn === "first-token" ? call.shownMs : null;
      last.set(record, { call, untilMs: Math.min(settles ?? Infinity, call.endMs ?? Infinity) });
    }
  }
  return found;
}

function byAdmission(one: CallRecord, other: CallRecord): number {
  return (one.admittedMs ?? 0) - (other.admittedMs ?? 0);
}

function callsByToken({ calls }: History): ReadonlyMap<string, CallRecord> {
  const byToken = new Map<string, CallRecord>();
  for (const call of calls) for (const { token } of call.leases) if (token !== null) byToken.set(token, call);
  return byToken;
}

function told({ replica, command, code, record }: OperationRecord): string {
  const token = "token" in command ? ` ${command.token}` : "";
  const verdict = command.type === "settle" ? ` ${command.verdict}` : "";
  return `${replica} ${command.type}${verdict}${token} on ${record} → ${code}`;
}
