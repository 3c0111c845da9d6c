/** The outage replay shows what it is said to, in a small form; `npm run outage` has the whole one. */
import { describe, expect, it } from "vitest";
import { play } from "../../benchmarks/outage/gauges.ts";
import { SCENARIOS, type Scenario } from "../../benchmarks/outage/scenarios.ts";

const load = { replicas: 4, perSecond: 20 };

function scenario(name: string): Scenario {
  const found = SCENARIOS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no scenario "${name}"`);
  return found;
}

async function gauges(name: string, arm: "retries" | "per-process" | "shared") {
  return (await play(scenario(name), arm, 1, load)).gauges;
}

describe("the outage replay", () => {
  it("gives the same figures for the same seed, and others for another", async () => {
    const played = async (seed: number) => play(scenario("hang"), "shared", seed, load);
    const one = await played(1);
    expect(await played(1)).toEqual(one);
    expect((await played(2)).gauges).not.toEqual(one.gauges);
  });

  it("has a control that asks a dead provider three times for each caller", async () => {
    const { reached, calls, tripMs } = await gauges("503", "retries");
    expect(tripMs).toBeNull();
    expect(reached / calls).toBeGreaterThan(1.5);
  });

  it("lets few calls through to a dead provider, and fewer where replicas share", async () => {
    const [control, alone, shared] = [
      await gauges("503", "retries"),
      await gauges("503", "per-process"),
      await gauges("503", "shared"),
    ];
    expect(shared.reached).toBeLessThan(alone.reached);
    expect(shared.reached).toBeLessThan(control.reached / 100);
  });

  it("sees a hang when 18 calls have been silent, a second later at the latest", async () => {
    const { tripMs } = await gauges("hang", "shared");
    expect(tripMs).toBeLessThanOrEqual(21_000 + (18 / load.perSecond) * 1_000);
  });

  it("fails no call for a reason of the store while it hangs in the middle of an outage", async () => {
    const hung = await gauges("store-hung", "shared");
    expect(hung.storeFailures).toBe(0);
    expect(hung.reached).toBeLessThan((await gauges("503", "retries")).reached / 100);
  });
});
