import { describe, expect, it } from "vitest";
import { type LinkConditions, SimulatedNetwork } from "./network.ts";
import { SimulatedProcess } from "./process.ts";
import { World } from "./world.ts";

function place(conditions?: LinkConditions, seed = 1) {
  const world = new World({ seed });
  const network = new SimulatedNetwork(world, conditions);
  const a = new SimulatedProcess(world, "a");
  const b = new SimulatedProcess(world, "b");
  const got: string[] = [];
  const send = (what: string | number, from = a, to = b): void =>
    network.send(from, to, () => got.push(`${world.nowMs} ${from.name}→${to.name} ${what}`));
  return { world, network, a, b, got, send };
}

describe("A message", () => {
  it("arrives after the link's latency", async () => {
    const { world, got, send } = place({ latency: 3 });
    send("x");
    await world.run(10);
    expect(got).toEqual(["3 a→b x"]);
  });

  it("is lost, or arrives twice, in the share that was asked for", async () => {
    const { world, network, got, send } = place({ drop: 0.2, duplicate: 0.1 });
    for (let i = 0; i < 10_000; i++) send(i);
    await world.run(10);
    const { sent, dropped, duplicated, delivered } = network.counters;
    expect(sent).toBe(10_000);
    expect(dropped / sent).toBeCloseTo(0.2, 1);
    expect(duplicated / (sent - dropped)).toBeCloseTo(0.1, 1);
    expect(delivered).toBe(sent - dropped + duplicated);
    expect(got).toHaveLength(delivered);
  });

  it("overtakes others where latency varies, unless the link is ordered", async () => {
    const order = async (ordered: boolean, shuffleTies = false): Promise<number[]> => {
      const world = new World({ seed: 1, shuffleTies });
      const network = new SimulatedNetwork(world, { latency: { kind: "exponential", meanMs: 5 }, ordered });
      const [a, b] = [new SimulatedProcess(world, "a"), new SimulatedProcess(world, "b")];
      const got: number[] = [];
      for (let i = 0; i < 50; i++) network.send(a, b, () => got.push(i));
      await world.run(1_000);
      return got;
    };
    const sent = Array.from({ length: 50 }, (_, i) => i);
    expect(await order(false)).not.toEqual(sent);
    expect(await order(true)).toEqual(sent);
    expect(await order(true, true)).toEqual(sent);
  });

  it("waits for a process that is paused, and is nobody's when it crashed", async () => {
    const { world, network, a, b, got, send } = place({ latency: 1 });
    b.pause();
    send("held");
    world.at(10, () => b.resume());
    world.at(20, () => {
      send("under way");
      b.crash();
    });
    world.at(30, () => {
      a.crash();
      send("from the dead");
    });
    await world.run(100);
    expect(got).toEqual(["10 a→b held"]);
    expect(network.counters.sent).toBe(2);
  });

  it("fares as before when a fault elsewhere is switched on", async () => {
    const arrivals = async (drop: number): Promise<string[]> => {
      const { world, network, b, a, got, send } = place({ latency: { kind: "lognormal", p50Ms: 1, p95Ms: 9 } });
      network.setConditions({ drop }, "b", "a");
      for (let i = 0; i < 100; i++) {
        send(i, a, b);
        send(i, b, a);
      }
      await world.run(1_000);
      return got.filter((each) => each.includes("a→b"));
    };
    expect(await arrivals(0.5)).toEqual(await arrivals(0));
  });
});

describe("A cut link", () => {
  it("passes nothing in its direction, not even what is under way, until it is healed", async () => {
    const { world, network, a, b, got, send } = place({ latency: 2 });
    send("under way");
    world.at(1, () => network.cut("a", "b"));
    world.at(5, () => {
      send("refused");
      send("back", b, a);
    });
    world.at(9, () => network.heal("a", "b"));
    world.at(10, () => send("healed"));
    await world.run(20);
    expect(got).toEqual(["7 b→a back", "12 a→b healed"]);
    expect(network.counters).toMatchObject({ sent: 4, cut: 2, delivered: 2 });
  });

  it("may be any that leads to a process, under whatever name it comes back", async () => {
    const { network, world } = place();
    network.cut("*", "b");
    const reborn = new SimulatedProcess(world, "b");
    expect([network.isCut("a", reborn.name), network.isCut("b", "a")]).toEqual([true, false]);
    network.heal();
    expect(network.isCut("a", "b")).toBe(false);
  });
});
