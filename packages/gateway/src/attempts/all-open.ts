/** What a route does for a request that no circuit lets through: nothing, wait, or ask one target all the same. */
import { CircuitOpenError, ShedError } from "recloser";
import type { RouteConfig } from "../config/config.ts";
import type { Runtime } from "../runtime.ts";
import type { Target } from "../upstream/target.ts";
import { type Journey, type Step, travel } from "./loop.ts";

// Who is rejected for a moment only (a ramp, a probe under way) asks again after no less than this.
const LEAST_WAIT_MS = 20;

export async function travelOrInsist(
  journey: Journey,
  { name, onAllOpen }: RouteConfig,
  runtime: Runtime,
): Promise<readonly Step[]> {
  const steps = await travel(journey);
  if (!isNobodyAsked(steps)) return steps;
  if (onAllOpen.kind === "queue") return queued(steps, journey, { ...onAllOpen, route: name }, runtime);
  if (onAllOpen.kind === "last-resort") return lastResort(steps, journey, runtime);
  return steps;
}

/** Whether every target that could answer turned the request away, at least one of them by its circuit. */
export function isNobodyAsked(steps: readonly Step[]): boolean {
  const isTurnedAway = (step: Step): boolean =>
    step.kind === "unfit" || step.kind === "full" || (step.kind === "rejected" && step.calls === 0);
  return steps.every(isTurnedAway) && steps.some((step) => step.kind === "rejected");
}

/** Whether an answer of yesterday is better than what happened: nobody could be asked, or whoever was asked failed. */
export function mayBeStale(steps: readonly Step[]): boolean {
  return (
    steps.length > 0 &&
    steps.every((step) => (step.kind === "failed" ? step.mayFailOver : step.kind !== "whole" && step.kind !== "broken"))
  );
}

async function queued(
  first: readonly Step[],
  journey: Journey,
  { route, size, maxWaitMs }: Extract<RouteConfig["onAllOpen"], { kind: "queue" }> & { readonly route: string },
  { queue }: Runtime,
): Promise<readonly Step[]> {
  const place = queue.enter(route, size);
  if (place === null) return first;
  const { life } = journey.recipient;
  const untilMs = performance.now() + maxWaitMs;
  let steps = first;
  try {
    while (isNobodyAsked(steps)) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0 || life.over !== null) break;
      await place.wait(Math.min(leftMs, waitOf(steps)), life.signal);
      if (life.over === null) steps = await travel(journey);
    }
  } finally {
    place.leave();
  }
  return steps;
}

function waitOf(steps: readonly Step[]): number {
  const waits = steps.map((step) => (step.kind === "rejected" ? step.error.retryAfterMs : Infinity));
  const soonestMs = Math.min(...waits);
  return Number.isFinite(soonestMs) ? Math.max(LEAST_WAIT_MS, soonestMs) : LEAST_WAIT_MS;
}

// One request at a time at each target: it may learn that the target is well again, and a dead one is not overrun.
async function lastResort(steps: readonly Step[], journey: Journey, runtime: Runtime): Promise<readonly Step[]> {
  const target = nearest(steps);
  if (target === null || !target.lastResort.take()) return steps;
  try {
    const targets = [target];
    const retry = { ...journey.retry, perTarget: 0, maxAttempts: 1 };
    return [...steps, ...(await travel({ ...journey, recloser: runtime.unguarded, targets, retry }))];
  } finally {
    target.lastResort.giveBack();
  }
}

// The one that would be asked again soonest. Where an operator, a spent quota or a refused key stands in the way, asking
// would be against somebody's will or in vain.
function nearest(steps: readonly Step[]): Target | null {
  let best: { readonly target: Target; readonly afterMs: number } | null = null;
  for (const step of steps) {
    if (step.kind !== "rejected" || ShedError.is(step.error)) continue;
    const open = CircuitOpenError.from(step.error);
    if (open === null || IN_VAIN.has(open.reason)) continue;
    if (best === null || open.retryAfterMs < best.afterMs) best = { target: step.target, afterMs: open.retryAfterMs };
  }
  return best?.target ?? null;
}

const IN_VAIN: ReadonlySet<string> = new Set(["override", "quota-exhausted", "auth"]);
