/** The one thing a call may ask a shared store: the probe of a circuit whose cooldown is over. */
import { mustClaimShared } from "./barrier.ts";
import type { Clock } from "./clock.ts";
import { orSoon } from "./deadlines.ts";
import type { Machine } from "./machine.ts";
import type { Records } from "./records.ts";
import { CLAIM_DEADLINE_MS } from "./shared-side.ts";

/** Whether a shared circuit is due for a probe whose lease is not in hand. */
export function mustAsk(records: Records, nowMs: number): boolean {
  return unclaimed(records, nowMs).length > 0;
}

/**
 * Asks for every probe that is due, in a fixed order, so that two replicas never hold one half each. Settles within a
 * claim's deadline however many there are; whoever asked looks again then, and what comes later is for the next call.
 */
export function askForProbes(records: Records, clock: Clock): Promise<void> {
  const due = unclaimed(records, clock.now());
  const claims = claimAll(due, clock);
  return due.length > 1 ? orSoon(claims, CLAIM_DEADLINE_MS, clock) : claims;
}

async function claimAll(due: readonly Machine[], clock: Clock): Promise<void> {
  for (const [at, { shared }] of due.entries()) {
    await shared?.claim();
    if (shared?.hasLease(clock.now()) === true) continue;
    for (const { shared: claimed } of due.slice(0, at)) claimed?.giveBack();
    return;
  }
}

function unclaimed({ health, others }: Records, nowMs: number): Machine[] {
  return [health, ...others].filter(
    (machine) => mustClaimShared(machine, nowMs) && machine.shared?.mustAsk(nowMs) === true,
  );
}
