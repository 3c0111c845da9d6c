import { describe, expect, it } from "vitest";
import { InvalidOptionError } from "../../errors.ts";
import { type ArrivalPlan, startArrivals } from "./arrivals.ts";
import { SimulatedProcess } from "./process.ts";
import { World } from "./world.ts";

async function arrivalsOf(
  plan: ArrivalPlan,
  forMs: number,
  also: (world: World, process: SimulatedProcess, arrivals: { stop(): void }) => void = () => {},
): Promise<number[]> {
  const world = new World({ seed: 1 });
  const process = new SimulatedProcess(world, "replica");
  const at: number[] = [];
  also(
    world,
    process,
    startArrivals(process, plan, world.random("arrivals"), () => at.push(world.nowMs)),
  );
  await world.run(forMs);
  return at;
}

describe("Arrivals", () => {
  it("come evenly where they are regular", async () => {
    expect(await arrivalsOf({ kind: "regular", perSecond: 4 }, 1_000)).toEqual([250, 500, 750, 1_000]);
  });

  it("follow the rate's steps, through pauses of it", async () => {
    const perSecond = [
      { fromMs: 1_000, perSecond: 1 },
      { fromMs: 2_500, perSecond: 0 },
      { fromMs: 10_000, perSecond: 10 },
    ];
    const at = await arrivalsOf({ kind: "regular", perSecond }, 10_260);
    expect(at).toEqual([2_000, 10_050, 10_150, 10_250]);
    expect(await arrivalsOf({ kind: "regular", perSecond: 0 }, 10_000)).toEqual([]);
  });

  it("are as many as the rate says and independent of each other where they are Poisson's", async () => {
    const at = await arrivalsOf({ kind: "poisson", perSecond: 100 }, 100_000);
    const gaps = at.map((each, index) => each - (at[index - 1] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(at.length / 10_000).toBeCloseTo(1, 1);
    expect(Math.sqrt(variance) / mean).toBeCloseTo(1, 1);
  });

  it("pile up at a paused process, and end when it crashes or they are stopped", async () => {
    const plan: ArrivalPlan = { kind: "regular", perSecond: 10 };
    const paused = await arrivalsOf(plan, 1_000, (world, process) => {
      world.at(250, () => process.pause());
      world.at(650, () => process.resume());
      world.at(850, () => process.crash());
    });
    expect(paused).toEqual([100, 200, 650, 650, 650, 650, 700, 800]);
    const stopped = await arrivalsOf(plan, 1_000, (world, _, arrivals) => world.at(250, () => arrivals.stop()));
    expect(stopped).toEqual([100, 200]);
  });

  it("refuse a plan that makes no sense, naming the field", async () => {
    const steps = [
      { fromMs: 10, perSecond: 1 },
      { fromMs: 10, perSecond: 2 },
    ];
    await expect(arrivalsOf({ kind: "poisson", perSecond: steps }, 1)).rejects.toThrow("arrivals.perSecond[1].fromMs");
    await expect(arrivalsOf({ kind: "poisson", perSecond: -1 }, 1)).rejects.toThrow(InvalidOptionError);
  });
});
