import { describe, expect, it } from "vitest";
import { SimulatedProcess } from "./process.ts";
import { World } from "./world.ts";

function place(clock = {}): {
  world: World;
  replica: SimulatedProcess;
  seen: string[];
  see: (what: string) => () => void;
} {
  const world = new World({ seed: 1 });
  const seen: string[] = [];
  const see = (what: string) => (): void => void seen.push(`${world.nowMs} ${what}`);
  return { world, replica: new SimulatedProcess(world, "replica", clock), seen, see };
}

describe("A paused process", () => {
  it("does at its resumption what came due and what arrived meanwhile, in that order", async () => {
    const { world, replica, seen, see } = place();
    replica.after(30, see("second"));
    replica.after(20, see("first"));
    replica.after(90, see("in time"));
    void replica.clock.sleep(25).then(see("sleeper"));
    world.at(10, () => replica.pause());
    world.at(35, () => replica.deliver(see("message")));
    world.at(50, () => replica.resume());
    await world.run(100);
    expect(seen).toEqual(["50 first", "50 sleeper", "50 second", "50 message", "90 in time"]);
  });

  it("sees the time jump", async () => {
    const { world, replica, seen } = place();
    const loop = async (): Promise<void> => {
      for (let i = 0; i < 4; i++) {
        await replica.clock.sleep(10);
        seen.push(String(replica.clock.now() - world.epochMs));
      }
    };
    void loop();
    world.at(15, () => replica.pause());
    world.at(1_000, () => replica.resume());
    await world.run(2_000);
    expect(seen).toEqual(["10", "1000", "1010", "1020"]);
  });

  it("can take back what has come due but has not happened", async () => {
    const { world, replica, seen, see } = place();
    const abort = new AbortController();
    const late = replica.after(21, see("taken back"));
    replica.after(20, () => {
      late.cancel();
      abort.abort(new Error("enough"));
    });
    replica.clock.sleep(22, { signal: abort.signal }).then(see("slept"), see("aborted"));
    world.at(10, () => replica.pause());
    world.at(50, () => replica.resume());
    await world.run(100);
    expect(seen).toEqual(["50 aborted"]);
    expect([replica.sleeping, world.pending]).toEqual([0, 0]);
  });
});

describe("A crashed process", () => {
  it("does nothing any more, whatever waits for it or arrives", async () => {
    const { world, replica, seen, see } = place();
    replica.after(20, see("never"));
    void replica.clock.sleep(20).then(see("never"));
    replica.onCrash(see("crashed"));
    world.at(5, () => replica.pause());
    world.at(6, () => replica.deliver(see("never")));
    world.at(10, () => replica.crash());
    world.at(15, () => replica.crash());
    world.at(30, () => {
      replica.deliver(see("never"));
      replica.resume();
    });
    await world.run(100);
    expect(seen).toEqual(["10 crashed"]);
    expect(replica.state).toBe("crashed");
  });
});

describe("The clock of a process", () => {
  it("shows the epoch, and runs ahead by its skew and its drift", async () => {
    const { world, replica } = place({ skewMs: -500, drift: 0.01 });
    expect(replica.clock.now()).toBe(world.epochMs - 500);
    await world.run(1_000);
    expect(replica.clock.now()).toBe(world.epochMs - 500 + 1_010);
  });

  it("never wakes a sleeper before its time, by its own reckoning", async () => {
    const { world, replica } = place({ skewMs: 0.3, drift: 0.000_123_4 });
    const random = world.random("sleeps");
    const overslept: number[] = [];
    const loop = async (): Promise<void> => {
      for (let i = 0; i < 2_000; i++) {
        const ms = random() * 100;
        const untilMs = replica.clock.now() + ms;
        await replica.clock.sleep(ms);
        overslept.push(replica.clock.now() - untilMs);
      }
    };
    void loop();
    await world.run(1_000_000);
    expect(overslept).toHaveLength(2_000);
    expect(Math.min(...overslept)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...overslept)).toBeLessThan(0.01);
  });

  it("rejects an aborted sleep with the signal's reason, and keeps nothing of it", async () => {
    const { world, replica } = place();
    const reasons: unknown[] = [];
    const note = (reason: unknown): void => void reasons.push(reason);
    for (let i = 0; i < 1_000; i++) {
      const abort = new AbortController();
      replica.clock.sleep(60_000, { signal: abort.signal }).catch(note);
      abort.abort(i);
    }
    replica.clock.sleep(1, { signal: AbortSignal.abort("before") }).catch(note);
    expect([replica.sleeping, world.pending]).toEqual([0, 0]);
    await world.run(100_000);
    expect(reasons).toHaveLength(1_001);
    expect([reasons.at(-2), reasons.at(-1)]).toEqual([999, "before"]);
  });
});
