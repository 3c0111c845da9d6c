/** How the circuit of this process and the shared one go together: which decides, and what the one takes from the other. */
import { cooldownOf } from "./cooldown.ts";
import type { Machine } from "./machine.ts";
import type { HoldKind } from "./outcome.ts";
import type { Policy } from "./policy.ts";
import { Ramp } from "./ramp.ts";
import type { Random } from "./random.ts";
import type { SharedSide } from "./shared-side.ts";
import { type CircuitState, CLOSED, computedState, type Facts, liveLease, overrideNow } from "./state.ts";

/** How a replica came to know of a change: by an operation of its own, or from the store. */
export interface Learnt {
  /** The step that was made here: to a state, all (by the machine of this process), or none. */
  readonly made: CircuitState | "all" | null;
  /** Who asked for it, where that was a person. */
  readonly by: string | null;
}

/** The worse of two circuits; a shared one that cannot be asked for a probe ends with its open period. */
export function decidingFacts(shared: SharedSide, local: Facts, nowMs: number): Facts {
  if (overrideNow(shared.facts, nowMs) !== null) return shared.facts;
  if (overrideNow(local, nowMs) !== null) return local;
  const { circuit } = shared.facts;
  const here = computedState(local, nowMs);
  const open = circuit.is === "tripped" && nowMs < circuit.openUntilMs;
  if (open || (circuit.is === "tripped" && shared.isConnected && here !== "open")) return shared.facts;
  if (here !== "closed") return local;
  // Both closed: the one with a hold, or the shared one, whose ladder and generation are the fleet's.
  const held = Object.values(local.holds).some(({ untilMs }) => nowMs < untilMs);
  return held || !shared.isConnected ? local : shared.facts;
}

/** The facts of this process with the shared open period taken over, or null when there is none. */
function seedOf(shared: Facts, local: Facts, policy: Policy, random: Random, nowMs: number): Facts | null {
  const { circuit } = shared;
  if (circuit.is === "closed") return null;
  // Each replica probes for itself now, so they must not all do so at once (protocol-spec.md §5.10).
  const spreadMs = cooldownOf(policy.cooldown, 0, 1, 0) * random();
  const lease = liveLease(circuit, nowMs);
  const openUntilMs = Math.max(circuit.openUntilMs, lease?.expiresAtMs ?? 0, nowMs) + spreadMs;
  return {
    ...local,
    incarnation: local.incarnation === 0 ? nowMs : local.incarnation,
    version: local.version + 1,
    generation: local.generation + 1,
    circuit: { ...circuit, openUntilMs, lease: null, claimed: false, passed: 0, lost: 0, voided: 0 },
    step: Math.max(shared.step, 1),
    cooldownMs: shared.cooldownMs,
  };
}

/** The store went away: an open circuit that was learnt from it stays open here, until one probe of this process. */
export function storeLost(machine: Machine, nowMs: number): void {
  const { shared, facts } = machine;
  const seed =
    shared === null || facts.circuit.is === "tripped"
      ? null
      : seedOf(shared.facts, facts, machine.policy, machine.random, nowMs);
  if (seed === null) return machine.refreshPlain();
  machine.adopt(seed, true);
  machine.seeded = true;
}

/**
 * The store is back and the shared circuit known: one that was only taken over from it is no longer needed, and one that
 * opened meanwhile is probed at once if the rest of the fleet is well.
 */
export function storeReturned(machine: Machine, nowMs: number): void {
  const { shared, facts, seeded } = machine;
  machine.seeded = false;
  if (shared === null || facts.circuit.is === "closed") return machine.refreshPlain();
  const isClosed = shared.facts.circuit.is === "closed";
  if (!seeded) return isClosed ? probeSoon(machine, nowMs) : undefined;
  const closedAtMs = isClosed ? nowMs : facts.closedAtMs; // the ramp is for calls that may come now
  machine.adopt({ ...facts, circuit: CLOSED, generation: facts.generation + 1, closedAtMs }, true);
}

/** The shared record is another than it was: what that is for the calls, the ramp and the circuit of this process. */
export function sharedChanged(machine: Machine, before: Facts, after: Facts, learnt: Learnt, nowMs: number): void {
  const { policy } = machine;
  const was = before.circuit.is;
  const is = after.circuit.is;
  const closes = is === "closed" && (was === "tripped" || after.closedAtMs !== before.closedAtMs);
  if (after.generation !== before.generation) startRound(machine, before, after, nowMs);
  if (closes && after.closedAtMs !== null && policy.ramp !== false) machine.ramp = new Ramp(policy.ramp.from);
  if (Object.keys(after.holds).some((kind) => before.holds[kind as HoldKind] === undefined)) machine.ramp = null;
  machine.refreshPlain();
  machine.announce.actor = null;
  machine.announce.changes(before, after, learnt, machine.leasedAtMs, nowMs, "shared");
  // An operator's word is for both circuits. And where the others are well, what this process found out for itself is
  // worth a probe now, not a whole cooldown.
  if (isReset(before, after)) machine.apply({ type: "reset" }, nowMs, null);
  else if (closes || isProbedNow(before, after, nowMs)) {
    if (closes) forgetProbe(machine, nowMs);
    probeSoon(machine, nowMs);
  }
}

// A probe of this process that is still under way began before the others found the provider well: a process that was
// stopped meanwhile would open itself again by what its clock made of that one.
function forgetProbe(machine: Machine, nowMs: number): void {
  const { circuit, incarnation } = machine.facts;
  if (circuit.is === "closed" || circuit.lease === null) return;
  const { token } = circuit.lease;
  const random = machine.random();
  machine.apply({ type: "settle", incarnation, token, verdict: "void", retryAfterMs: null, random }, nowMs, null);
}

// A new round of the shared record is one here. An override starts one too, but leaves what is computed beside it alone.
function startRound(machine: Machine, before: Facts, after: Facts, nowMs: number): void {
  const bothClosed = before.circuit.is === "closed" && after.circuit.is === "closed";
  const keepsWindow = bothClosed && after.closedAtMs === before.closedAtMs;
  const generation = Math.max(machine.facts.generation + 1, after.generation);
  const byStreak = after.circuit.is === "tripped" && after.circuit.reason === "consecutive-failures";
  const { quiet, firstFailureMark } = machine.startRound(generation, keepsWindow, byStreak);
  if (before.circuit.is === "closed" && after.circuit.is === "tripped") machine.giveUp(quiet, firstFailureMark, nowMs);
}

/** Whether an operator has reset the record: nothing else leaves one closed that never was, in the same life. */
export function isReset(before: Facts, after: Facts): boolean {
  return (
    after.incarnation === before.incarnation &&
    after.generation > before.generation &&
    after.override === before.override &&
    after.circuit.is === "closed" &&
    after.step === 0 &&
    after.closedAtMs === null
  );
}

// Only an operator's word moves a deadline forward.
function isProbedNow(
  { circuit: was, generation }: Facts,
  { circuit: is, generation: now }: Facts,
  nowMs: number,
): boolean {
  const ended = was.is === "tripped" && is.is === "tripped" && nowMs < was.openUntilMs && is.openUntilMs <= nowMs;
  return ended && generation === now && is.voided === was.voided;
}

function probeSoon(machine: Machine, nowMs: number): void {
  machine.apply({ type: "probe-now" }, nowMs, null);
}
