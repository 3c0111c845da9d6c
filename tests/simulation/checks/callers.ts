/** I2, I3 and I10: what callers get to feel of the store, and what is left when all is over. */
import type { Facts } from "../../../packages/recloser/src/state.ts";
import { CLAIM_MS } from "../bounds.ts";
import type { CallRecord, History } from "../history.ts";
import { EPSILON_MS, type Finding, pausedMs } from "./violation.ts";

/**
 * I2: no caller ever meets the store. For every plan: callers get answers, the provider's errors, their own aborts and
 * rejections that name a circuit which is not closed, nothing else; what operators ask for never rejects. (A promise that
 * nobody handles ends the run itself.)
 */
export function noCallerMeetsTheStore(history: History): readonly Finding[] {
  const found: Finding[] = history.faults.map((what) => ({ atMs: 0, what }));
  for (const call of history.calls) {
    const { strange, endMs, reason, stateSaid, end, inFlight } = call;
    if (strange !== null) found.push({ atMs: endMs ?? 0, what: `call ${call.id} of r${call.replica} got ${strange}` });
    // A call that a trip left to run is given up when it stays silent, whatever the circuit is by then.
    if (end === "rejected" && !inFlight && (reason === "probing" || reason === "open") && stateSaid === "closed")
      found.push({
        atMs: endMs ?? 0,
        what: `call ${call.id} was rejected (${reason}) by a circuit that it calls closed`,
      });
  }
  return found;
}

/**
 * I3: no call waits for the store. For every plan, pauses of the replica left out: a call is admitted or rejected in the
 * instant it is made, but for one that claims a probe, which waits 50 ms at most; and what the provider answered is the
 * caller's in the same instant.
 */
export function noCallWaitsForTheStore(history: History): readonly Finding[] {
  const found: Finding[] = [];
  for (const call of history.calls) {
    const waited = waitedMs(history, call);
    if (waited === null || waited <= EPSILON_MS) {
      const late = lateMs(history, call);
      if (late > EPSILON_MS) found.push({ atMs: call.atMs, what: `call ${call.id} got its answer ${late} ms late` });
      continue;
    }
    const what = `call ${call.id} of r${call.replica} waited ${waited} ms for its admission`;
    if (waited > CLAIM_MS + EPSILON_MS) found.push({ atMs: call.atMs, what });
    else if (!claimedBeside(history, call)) found.push({ atMs: call.atMs, what: `${what}, though nobody claimed` });
  }
  return found;
}

function waitedMs(history: History, { atMs, admittedMs, endMs, inFlight, replica }: CallRecord): number | null {
  const decidedMs = admittedMs ?? (inFlight ? null : endMs);
  return decidedMs === null ? null : decidedMs - atMs - pausedMs(history, replica, atMs, decidedMs);
}

function lateMs(history: History, { wireEndMs, endMs, end, replica }: CallRecord): number {
  if (wireEndMs === null || endMs === null || end !== "answered") return 0;
  return endMs - wireEndMs - pausedMs(history, replica, wireEndMs, endMs);
}

function claimedBeside({ claims }: History, { replica, life, atMs, admittedMs, endMs }: CallRecord): boolean {
  const toMs = admittedMs ?? endMs ?? Infinity;
  return claims.some(
    (claim) => claim.replica === replica && claim.life === life && claim.atMs >= atMs - CLAIM_MS && claim.atMs <= toMs,
  );
}

function hasLease({ circuit }: Facts): boolean {
  return circuit.is === "tripped" && circuit.lease !== null;
}

/**
 * I10: nothing is left. For every plan: when all calls have ended none is in flight, no lease lives, no listener is left on
 * a caller's signal; closing takes no longer than a store's deadline, and after it no timer, call or event is outstanding.
 */
export function nothingIsLeft(history: History): readonly Finding[] {
  const found: Finding[] = history.left.map((what) => ({ atMs: history.quietMs, what }));
  for (const { id, listenersLeft, endMs } of history.calls)
    if (listenersLeft > 0) found.push({ atMs: endMs ?? 0, what: `call ${id} left ${listenersLeft} listeners` });
  if (history.recoveredMs === null) return found;
  const atMs = history.quietMs;
  for (const { replica, record, inFlight, local } of history.views) {
    if (inFlight !== 0) found.push({ atMs, what: `r${replica} has ${inFlight} calls of ${record} in flight` });
    if (hasLease(local)) found.push({ atMs, what: `r${replica} has a lease of ${record} left` });
  }
  for (const [name, facts] of history.record)
    if (hasLease(facts)) found.push({ atMs, what: `the store has a lease of ${name} left` });
  return found;
}
