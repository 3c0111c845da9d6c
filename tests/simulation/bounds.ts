/** The promises in milliseconds that the checks hold a run to, computed from its plan and policy. */
import { MAX_LOST } from "../../packages/recloser/src/transition.ts";
import type { Policy } from "../../packages/recloser/src/policy.ts";
import type { Plan } from "./plan.ts";
import { patienceMs } from "./policies.ts";
import { HINT_MS } from "./surroundings.ts";

/** How long a call may wait for a claim (protocol.md §8). */
export const CLAIM_MS = 50;
const BACKGROUND_MS = 200;
/** By how much the age of an outcome may be off when it reaches the store: its cell, a thirtieth of the window, and the way. */
export function travelMs({ windowMs }: Policy): number {
  return (windowMs ?? 0) / 30 + 300;
}

/** The poll, at its latest (protocol.md §8). */
export const POLL_MOST_MS = 1_200;
/** A store that is back is found at the latest after its longest pause between two looks. */
const STORE_BACK_MS = 2_400 + BACKGROUND_MS;

/**
 * From when everything is well to when all replicas are closed and nobody is rejected any more: the store is found, the
 * longest open period ends, leases that nobody answers for run out, the probes run, the ramp opens.
 */
export function recoveryBoundMs(plan: Plan, policy: Policy): number {
  const { cooldown, probe, hold } = policy;
  const openMs = Math.max(cooldown.maxMs, HINT_MS);
  const probesMs = probe.successes * 3_000 + MAX_LOST * probe.leaseMs + patienceMs(policy);
  const slowest = Math.min(...plan.replicas.map(({ perSecond }) => perSecond));
  const callsMs = 15_000 / slowest;
  // The adaptive shed forgets with the window.
  const shedMs = 2 * (policy.windowMs ?? 0);
  return STORE_BACK_MS + shedMs + openMs + cooldown.maxMs + hold.maxMs + probesMs + 4 * POLL_MOST_MS + callsMs;
}
