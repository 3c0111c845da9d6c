/** The probe's lease: claimed by one call, renewed while it runs, given back with a verdict or without one. */
import type { RecordUser } from "./announcer.ts";
import { mustClaim, mustClaimShared, overrideOf } from "./barrier.ts";
import { canClaim } from "./gate.ts";
import type { Machine } from "./machine.ts";
import { randomText } from "./random.ts";
import type { SharedLease } from "./shared-side.ts";
import type { ProbeLease, Ticket } from "./ticket.ts";

/** Whether the next call of a record must be a probe. */
export function mustProbe(machine: Machine, nowMs: number): boolean {
  return mustClaim(machine, nowMs) || mustClaimShared(machine, nowMs);
}

/** Claims the probe for a ticket; false when it cannot be had (then `check` says why), and nothing is held. */
export function claimProbe(machine: Machine, ticket: Ticket, nowMs: number): boolean {
  machine.announce.actor = ticket.user;
  let shared: SharedLease | null = null;
  if (mustClaimShared(machine, nowMs)) {
    // The store was asked before; without its lease somebody else probes.
    shared = machine.shared?.takeLease(nowMs) ?? null;
    if (shared === null) return false;
  }
  // Here whoever probes, a call or a synthetic probe.
  const mustClaimHere = overrideOf(machine, nowMs) === null && canClaim(machine.facts.circuit, false, nowMs);
  const here = mustClaimHere ? claimHere(machine, nowMs) : null;
  if (mustClaimHere && here === null) {
    if (shared !== null) machine.shared?.returnLease(shared);
    return false;
  }
  ticket.lease = { here, shared };
  ticket.generation = machine.facts.generation;
  ticket.mark = machine.begun++;
  machine.leasedAtMs = nowMs;
  machine.leaseUser = ticket.user;
  machine.inFlight++;
  return true;
}

function claimHere(machine: Machine, nowMs: number): ProbeLease["here"] {
  // Unique even where the randomness is not: a token is what a late holder must not share with the next one.
  const token = `${machine.begun}-${randomText(machine.random, 12)}`;
  const { leaseMs } = machine.policy.probe;
  const claim = { type: "claim", token, leaseMs, random: machine.random(), notAfterMs: Infinity } as const;
  const reply = machine.apply(claim, nowMs, null);
  return reply.code === "probe" ? { incarnation: machine.facts.incarnation, token } : null;
}

/** Extends the leases of a probe; false when one is lost. What the store says comes with `confirmed`. */
export function renewProbe(
  machine: Machine,
  ticket: Ticket,
  nowMs: number,
): { held: boolean; confirmed: Promise<boolean> } {
  const { lease } = ticket;
  if (lease === null) return { held: false, confirmed: Promise.resolve(false) };
  const { leaseMs } = machine.policy.probe;
  const here =
    lease.here === null || machine.apply({ type: "renew", ...lease.here, leaseMs }, nowMs, null).code === "renewed";
  const asked = lease.shared === null || machine.shared === null ? null : machine.shared.renew(lease.shared);
  const held = here && lease.shared?.lost !== true;
  return { held, confirmed: asked === null ? Promise.resolve(held) : asked.then((shared) => here && shared) };
}

/** Ends a probe with its verdict. One whose lease was lost changes nothing: somebody else decides. */
export function settleProbe(
  machine: Machine,
  ticket: Ticket,
  verdict: "passed" | "failed" | "void",
  retryAfterMs: number | null,
  nowMs: number,
  unreachable = false,
): void {
  const { lease } = ticket;
  if (lease === null) return;
  machine.announce.actor = ticket.user;
  ticket.lease = null;
  const sinceMs = machine.leasedAtMs;
  if (lease.shared !== null) machine.shared?.settle(lease.shared, verdict, { retryAfterMs, unreachable, sinceMs });
  if (lease.here === null) return;
  const reply = machine.apply(
    { type: "settle", ...lease.here, verdict, retryAfterMs, random: machine.random() },
    nowMs,
    null,
  );
  if (reply.code !== "fenced" && lease.shared === null) machine.announce.probe(verdict, sinceMs, nowMs);
}

/** Gives the lease back without a verdict, if `user` holds it: what its probe still says counts for nothing. */
export function releaseProbe(machine: Machine, user: RecordUser, nowMs: number): void {
  const { circuit, incarnation } = machine.facts;
  if (circuit.is === "closed" || circuit.lease === null || machine.leaseUser !== user) return;
  machine.announce.actor = user;
  const { token } = circuit.lease;
  const sinceMs = machine.leasedAtMs;
  machine.apply(
    { type: "settle", incarnation, token, verdict: "void", retryAfterMs: null, random: machine.random() },
    nowMs,
    null,
  );
  machine.announce.probe("void", sinceMs, nowMs);
}

/** How long a probe may take to its first byte. */
export function probeTimeoutMs(machine: Machine, nowMs: number): number {
  const { probe, cooldown } = machine.policy;
  if (!probe.timeoutStretches) return probe.timeoutMs;
  // Each probe in a row twice as long as the one before: an answer may be slower than anybody has seen yet.
  const { step } = machine.deciding(nowMs);
  const longer = Math.min(probe.timeoutMs * 2 ** Math.max(0, step - 1), Math.max(2 * probe.timeoutMs, cooldown.maxMs));
  return machine.watch.patience.stretched(longer, nowMs);
}
