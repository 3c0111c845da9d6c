/** The probe's lease: claimed by one call, renewed while it runs, given back with a verdict or without one. */
import type { RecordUser } from "./announcer.ts";
import type { Machine } from "./machine.ts";
import { randomText } from "./random.ts";
import type { Ticket } from "./ticket.ts";

/** Claims the probe for a ticket; false when it cannot be had (then `check` says why). */
export function claimProbe(machine: Machine, ticket: Ticket, nowMs: number): boolean {
  machine.announce.actor = ticket.user;
  // Unique even where the randomness is not: a token is what a late holder must not share with the next one.
  const token = `${machine.begun}-${randomText(machine.random, 12)}`;
  const { leaseMs } = machine.policy.probe;
  const reply = machine.apply({ type: "claim", token, leaseMs, random: machine.random() }, nowMs, null);
  if (reply.code !== "probe") return false;
  ticket.lease = { incarnation: machine.facts.incarnation, token };
  ticket.generation = machine.facts.generation;
  ticket.mark = machine.begun++;
  machine.leasedAtMs = nowMs;
  machine.leaseUser = ticket.user;
  machine.inFlight++;
  return true;
}

/** Extends the lease of a probe; false when it is lost. */
export function renewProbe(machine: Machine, ticket: Ticket, nowMs: number): boolean {
  if (ticket.lease === null) return false;
  const { leaseMs } = machine.policy.probe;
  return machine.apply({ type: "renew", ...ticket.lease, leaseMs }, nowMs, null).code === "renewed";
}

/** Ends a probe with its verdict. One whose lease was lost changes nothing: somebody else decides. */
export function settleProbe(
  machine: Machine,
  ticket: Ticket,
  verdict: "passed" | "failed" | "void",
  retryAfterMs: number | null,
  nowMs: number,
): void {
  const { lease } = ticket;
  if (lease === null) return;
  machine.announce.actor = ticket.user;
  ticket.lease = null;
  const sinceMs = machine.leasedAtMs;
  const reply = machine.apply(
    { type: "settle", ...lease, verdict, retryAfterMs, random: machine.random() },
    nowMs,
    null,
  );
  if (reply.code !== "fenced") machine.announce.probe(verdict, sinceMs, nowMs);
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
