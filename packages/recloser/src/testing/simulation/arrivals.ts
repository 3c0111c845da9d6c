/** When calls come to a replica. */
import type { Random } from "../../random.ts";
import { type Check, fieldsOf, milliseconds, numberBetween, oneOf, refuse } from "../provider/check.ts";
import type { SimulatedProcess } from "./process.ts";
import type { Scheduled } from "./world.ts";

/** A rate from a world time on. */
export interface RateStep {
  readonly fromMs: number;
  readonly perSecond: number;
}

/** Calls that come evenly, or independently of each other, at a rate that may change; before the first step there are none. */
export interface ArrivalPlan {
  readonly kind: "poisson" | "regular";
  readonly perSecond: number | readonly RateStep[];
}

const rate = numberBetween(0, Infinity, "calls per second");

const rates: Check = (value, option) => {
  if (!Array.isArray(value)) return rate(value, option);
  let lastMs = -1;
  for (const [index, step] of value.entries()) {
    fieldsOf(step, `${option}[${index}]`, { fromMs: milliseconds, perSecond: rate });
    const { fromMs } = step as RateStep;
    if (fromMs <= lastMs) refuse(`${option}[${index}].fromMs`, `more than ${lastMs}`, fromMs);
    lastMs = fromMs;
  }
};

/**
 * Lets calls arrive at a process until it crashes; `arrive` runs in the process, so what comes while it is paused waits.
 *
 * @throws InvalidOptionError for a bad plan, naming the field
 * @example
 * startArrivals(replica, { kind: "poisson", perSecond: [{ fromMs: 0, perSecond: 10 }, { fromMs: 60_000, perSecond: 100 }] }, world.random("arrivals"), call);
 */
export function startArrivals(
  process: SimulatedProcess,
  plan: ArrivalPlan,
  random: Random,
  arrive: () => void,
): { stop(): void } {
  fieldsOf(plan, "arrivals", { kind: oneOf("poisson", "regular"), perSecond: rates });
  const { world } = process;
  const steps = typeof plan.perSecond === "number" ? [{ fromMs: 0, perSecond: plan.perSecond }] : plan.perSecond;
  // How much of the rate's integral lies between two calls.
  const gap = plan.kind === "regular" ? () => 1 : () => -Math.log(1 - random());
  let next: Scheduled | null = null;
  let atMs = world.nowMs;
  const schedule = (): void => {
    atMs = after(steps, atMs, gap());
    next = atMs === Infinity ? null : world.at(atMs, come);
  };
  const come = (): void => {
    if (process.state === "crashed") return;
    schedule();
    process.deliver(arrive);
  };
  schedule();
  return { stop: () => next?.cancel() };
}

/** When the rate's integral from `fromMs` on has reached `calls`; Infinity if it never does. */
function after(steps: readonly RateStep[], fromMs: number, calls: number): number {
  let left = calls;
  for (const [index, step] of steps.entries()) {
    const endMs = steps[index + 1]?.fromMs ?? Infinity;
    if (endMs <= fromMs || step.perSecond === 0) continue;
    const startMs = Math.max(step.fromMs, fromMs);
    const dueMs = startMs + (left / step.perSecond) * 1_000;
    if (dueMs <= endMs) return dueMs;
    left -= ((endMs - startMs) / 1_000) * step.perSecond;
  }
  return Infinity;
}
