/**
 * What a record is worth after its store's clock ran back, as it may at a failover to a machine whose clock is behind: an
 * instant that lies ahead was not reached but left behind, and nobody knows how long ago (protocol-spec.md §5.2).
 *
 * Bringing deadlines nearer would not do: nothing is written by who is refused, so they would stay as near for as long as
 * the step. What has begun in the future is over instead. That costs one probe, or one call, that comes early.
 */
import type { Facts, Lease, TrippedCircuit } from "./state.ts";

/** The facts without what lies ahead of the clock; the same object where nothing does. */
export function behindClock(facts: Facts, leaseMs: number, nowMs: number): Facts {
  const { circuit, closedAtMs, served } = facts;
  const holds = Object.entries(facts.holds);
  const heldAhead = holds.some(([, { sinceMs }]) => sinceMs > nowMs);
  const openedAhead = circuit.is === "tripped" && circuit.openedAtMs > nowMs;
  const closedAhead = closedAtMs !== null && closedAtMs > nowMs;
  const servedAhead = served.some(({ atMs }) => atMs > nowMs);
  if (!heldAhead && !openedAhead && !closedAhead && !servedAhead) return facts;
  return {
    ...facts,
    circuit: openedAhead ? overNow(circuit, leaseMs, nowMs) : circuit,
    closedAtMs: closedAhead ? null : closedAtMs,
    holds: heldAhead ? Object.fromEntries(holds.filter(([, { sinceMs }]) => sinceMs <= nowMs)) : facts.holds,
    served: servedAhead ? served.filter(({ atMs }) => atMs <= nowMs) : served,
  };
}

function overNow(circuit: TrippedCircuit, leaseMs: number, nowMs: number): TrippedCircuit {
  const { lease } = circuit;
  // One that ends later than it can since have been renewed is its holder's still, until somebody else claims.
  const isDead = lease !== null && lease.expiresAtMs > nowMs + leaseMs;
  const now: Lease | null = isDead ? { token: lease.token, expiresAtMs: nowMs } : lease;
  return { ...circuit, openedAtMs: nowMs, openUntilMs: nowMs, lease: now };
}
