/**
 * Calls against one breaker, by permits: for rates at which the calls themselves would be most of the work. A stream is a
 * call that succeeds at its first token, which is when it counts; it gives its slot back then, which no rule looks at.
 */
import { createBreaker, type PolicyOptions } from "recloser";
import { SimulatedProcess, World } from "../outage/simulation.ts";

export interface Load {
  readonly seed: number;
  readonly perSecond: number;
  readonly forMs: number;
  /** Of the calls, the share that fails after 50 ms. */
  readonly failing: number;
  readonly answerMs: { readonly from: number; readonly to: number };
}

export interface Met {
  readonly calls: number;
  readonly rejected: number;
  readonly trips: number;
}

const FAILS_AFTER_MS = 50;

export async function playPermits(policy: PolicyOptions, load: Load): Promise<Met> {
  const world = new World({ seed: load.seed });
  const process = new SimulatedProcess(world, "replica");
  const breaker = createBreaker({ ...policy, clock: process.clock, random: world.random("library") });
  const [arrivals, luck, answers] = [world.random("arrivals"), world.random("luck"), world.random("answers")];
  const met = { calls: 0, rejected: 0, trips: 0 };
  breaker.on("transition", ({ to }) => void (to === "open" && met.trips++));
  const error = Object.assign(new Error("503"), { status: 503 });
  const { from, to } = load.answerMs;
  const arrive = (): void => {
    const gapMs = (-Math.log(1 - arrivals()) * 1_000) / load.perSecond;
    world.after(gapMs, arrive);
    met.calls++;
    const permit = breaker.tryAcquire();
    const fails = luck() < load.failing;
    const answerMs = from + (to - from) * answers();
    if (permit === null) met.rejected++;
    else if (fails) world.after(FAILS_AFTER_MS, () => permit.failure(error));
    else world.after(answerMs, () => permit.success());
  };
  world.after(0, arrive);
  await world.run(load.forMs);
  return met;
}
