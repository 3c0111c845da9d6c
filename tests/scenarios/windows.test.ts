import { createBreaker } from "recloser";
import { describe, expect, test } from "vitest";

import { atFourFailures, down, openRig, rigOf, scenarioPolicy } from "./support.ts";

describe("count window", () => {
  test("W1 four failures in a window of four open the circuit and the next calls never reach the dependency", async () => {
    const rig = rigOf();
    await rig.fails(3);
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
    for (let call = 5; call <= 7; call++) expect((await rig.rejection()).reason).toBe("open");
    expect(rig.invocations).toBe(4);
  });

  test("W3 the window slides: S F S S F opens at the fifth call", async () => {
    const rig = rigOf();
    await rig.plays("S F S S");
    expect(rig.breaker.state).toBe("closed");
    await rig.plays("F");
    expect(rig.breaker.state).toBe("open");
  });

  test("W5 at a rate of 75 % S F F F opens, and again a full window is needed after recovery", async () => {
    const rig = rigOf({ failureRate: 0.75 });
    await rig.plays("S F F F");
    expect(rig.breaker.state).toBe("open");
    await rig.clock.advance(10_000);
    await rig.plays("S");
    expect(rig.breaker.state).toBe("closed");
    await rig.plays("F");
    expect(rig.breaker.state).toBe("closed");
    await rig.plays("S F");
    expect(rig.breaker.state).toBe("closed");
    await rig.plays("F");
    expect(rig.breaker.state).toBe("open");
  });

  const ten = { window: { calls: 10 }, minimumCalls: 10, failureRate: 0.4 };

  test("W7 six successes and four failures open at 40 %: the bound is reached, not passed", async () => {
    const rig = rigOf(ten);
    await rig.plays("S S S S S S F F F");
    expect(rig.breaker.state).toBe("closed");
    await rig.plays("F");
    expect(rig.breaker.state).toBe("open");
  });

  test("W7 seven successes and three failures stay closed at 40 %", async () => {
    const rig = rigOf(ten);
    await rig.plays("S S S S S S S F F F");
    expect(rig.breaker.state).toBe("closed");
    await rig.plays("S");
    expect(rig.breaker.state).toBe("closed");
  });

  test("W7 the rule also holds when the call that completes the minimum is a success", async () => {
    const rig = rigOf(ten);
    await rig.plays("F F F F S S S S S");
    expect(rig.breaker.state).toBe("closed");
    await rig.plays("S");
    expect(rig.breaker.state).toBe("open");
  });

  test("fewer calls than minimumCalls never trip by rate, however bad", async () => {
    const rig = rigOf({ window: { calls: 100 }, minimumCalls: 20 });
    await rig.fails(19);
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });

  test("W15 closing clears the window: one failure after it does not re-open", async () => {
    const rig = await openRig();
    await rig.clock.advance(10_000);
    await rig.succeeds(1);
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(3);
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });

  test("W21 300 000 outcomes in one window are summed exactly", () => {
    const rig = rigOf({ window: "30s", minimumCalls: 20, failureRate: 0.5 });
    const error = down();
    const settle = (failed: boolean): void => {
      const permit = rig.breaker.tryAcquire();
      if (permit === null) throw new Error("rejected while closed");
      if (failed) permit.failure(error);
      else permit.success();
    };
    for (let i = 0; i < 150_000; i++) settle(false);
    let failures = 0;
    while (rig.breaker.state === "closed" && failures < 200_000) {
      settle(true);
      failures++;
    }
    expect(failures).toBe(150_000);
    expect(rig.breaker.tryAcquire()).toBeNull();
  });

  test("W21 a count window of 1 000 keeps only its last 1 000 of 100 000 outcomes", async () => {
    const rig = rigOf({ window: { calls: 1_000 }, minimumCalls: 1_000, failureRate: 0.5 });
    const error = down();
    for (let i = 0; i < 100_000; i++) rig.breaker.tryAcquire()?.success();
    for (let i = 0; i < 499; i++) rig.breaker.tryAcquire()?.failure(error);
    expect(rig.breaker.state).toBe("closed");
    rig.breaker.tryAcquire()?.failure(error);
    expect(rig.breaker.state).toBe("open");
  });
});

describe("time window", () => {
  test("W9 two failures, eleven seconds, two failures stay closed at a threshold of three in 10 s; the next opens", async () => {
    const rig = rigOf({ ...atFourFailures, window: "10s", failureThreshold: 3 });
    await rig.fails(2);
    await rig.clock.advance(11_000);
    await rig.fails(2);
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });

  test("W11 when the oldest bucket leaves, the sum falls by exactly that bucket", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 15 });
    await rig.clock.advance(500);
    await rig.fails(5); // bucket 0, 0.5 s
    await rig.clock.advance(3_500);
    for (let bucket = 1; bucket < 10; bucket++) {
      await rig.fails(1); // 4 s, 7 s … 28 s
      await rig.clock.advance(3_000);
    }
    // 31 s: the five of bucket 0 are 30.5 s old, the nine others at most 27 s.
    await rig.fails(5);
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });

  test("W11 without the oldest bucket leaving, the same sum opens", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 15 });
    await rig.clock.advance(500);
    await rig.fails(5);
    await rig.clock.advance(3_500);
    for (let bucket = 1; bucket < 8; bucket++) {
      await rig.fails(1);
      await rig.clock.advance(3_000);
    }
    await rig.fails(2); // 25 s: 5 + 7 + 2
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });

  test("an idle hour empties the window", async () => {
    const rig = rigOf(atFourFailures);
    await rig.fails(3);
    await rig.clock.advance(3_600_000);
    await rig.fails(3);
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });

  test("a rate in a time window counts what is inside it and nothing older", async () => {
    const rig = rigOf({ window: "10s", minimumCalls: 4, failureRate: 0.5 });
    await rig.succeeds(50);
    await rig.clock.advance(11_000);
    await rig.fails(3);
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });
});

describe("an outcome is counted at the moment it came", () => {
  test("successes older than the window never stand against a failure", async () => {
    const rig = rigOf({ window: "30s", minimumCalls: 4, failureRate: 0.5 });
    await rig.clock.advance(2_500);
    await rig.succeeds(50);
    await rig.clock.advance(30_100); // 32.6 s: they are 30.1 s old
    await rig.fails(4);
    expect(rig.breaker.state).toBe("open");
  });

  test("nor do they in a short window", async () => {
    const rig = rigOf({ window: "1s", minimumCalls: 4, failureRate: 0.5 });
    await rig.succeeds(50);
    await rig.clock.advance(1_200);
    await rig.fails(4);
    expect(rig.breaker.state).toBe("open");
  });

  test("nor on a clock whose sleepers are slow to wake", async () => {
    let nowMs = 1_800_000_000_000;
    const clock = { now: () => nowMs, sleep: () => new Promise<void>(() => {}) };
    const breaker = createBreaker({ ...scenarioPolicy, window: "10s", clock, random: () => 0 });
    for (let i = 0; i < 50; i++) breaker.tryAcquire()?.success();
    nowMs += 11_000;
    for (let i = 0; i < 4; i++) breaker.tryAcquire()?.failure(down());
    expect(breaker.state).toBe("open");
  });

  test.each(["20s", false] as const)(
    "a call longer than the window counts when it ends (silence: %s)",
    async (silence) => {
      const rig = rigOf({ window: "30s", minimumCalls: 4, failureRate: 0.8, silence });
      const calls = await Promise.all(Array.from({ length: 3 }, () => rig.starts()));
      await rig.clock.advance(70_000);
      for (const call of calls) await call.succeed();
      await rig.clock.advance(20_000);
      await rig.fails(11);
      expect(rig.breaker.state).toBe("closed");
      await rig.fails(1);
      expect(rig.breaker.state).toBe("open");
    },
  );

  test("successes inside the window still count, though the breaker was idle since", async () => {
    const rig = rigOf({ window: "30s", minimumCalls: 4, failureRate: 0.5 });
    await rig.succeeds(50);
    await rig.clock.advance(26_000);
    await rig.fails(49);
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });
});

describe("failures in a row", () => {
  const streak = { ...scenarioPolicy, window: "30s", failureRate: false, consecutiveFailures: 5 } as const;

  test("a streak of consecutiveFailures opens once it spans 50 ms", async () => {
    const rig = rigOf(streak);
    await rig.fails(4);
    await rig.clock.advance(200);
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });

  test("any number of failures within 50 ms is one event, not a streak", async () => {
    const rig = rigOf(streak);
    await rig.fails(20);
    await rig.clock.advance(49);
    await rig.fails(20);
    expect(rig.breaker.state).toBe("closed");
    await rig.clock.advance(1);
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });

  test("a success ends the streak", async () => {
    const rig = rigOf(streak);
    await rig.fails(4);
    await rig.clock.advance(200);
    await rig.succeeds(1);
    await rig.fails(4);
    await rig.clock.advance(200);
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });

  test("an outcome that says nothing about the provider does not end the streak", async () => {
    const rig = rigOf(streak);
    await rig.fails(4);
    await rig.clock.advance(200);
    await rig.fails(3, Object.assign(new Error("bad request"), { status: 400 }));
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });

  test("the streak of one round does not go on in the next", async () => {
    const rig = rigOf(streak);
    await rig.fails(4);
    await rig.clock.advance(200);
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
    await rig.clock.advance(10_000);
    await rig.succeeds(1);
    await rig.fails(4);
    await rig.clock.advance(200);
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });
});

describe("slow calls", () => {
  const slow = {
    ...scenarioPolicy,
    window: { calls: 10 },
    minimumCalls: 10,
    failureRate: false,
    slowCall: { after: "1s", rate: 0.6 },
  } as const;

  test("W17 six of ten calls slower than the bound open the circuit, though all succeed", async () => {
    const rig = rigOf(slow);
    await rig.succeeds(4);
    for (let i = 0; i < 6; i++) {
      expect(rig.breaker.state).toBe("closed");
      const call = await rig.starts();
      await rig.clock.advance(1_500);
      await call.succeed();
    }
    expect(rig.breaker.state).toBe("open");
  });

  test("W17 five of ten stay closed at 60 %", async () => {
    const rig = rigOf(slow);
    await rig.succeeds(5);
    for (let i = 0; i < 5; i++) {
      const call = await rig.starts();
      await rig.clock.advance(1_500);
      await call.succeed();
    }
    expect(rig.breaker.state).toBe("closed");
  });

  test("W17 a permit's own durationMs is what is measured", async () => {
    const rig = rigOf(slow);
    await rig.succeeds(4);
    for (let i = 0; i < 5; i++) rig.breaker.tryAcquire()?.success({ durationMs: 1_500 });
    expect(rig.breaker.state).toBe("closed");
    rig.breaker.tryAcquire()?.success({ durationMs: 1_500 });
    expect(rig.breaker.state).toBe("open");
  });

  const slowlyFails = async (rig: ReturnType<typeof rigOf>, n: number): Promise<void> => {
    for (let i = 0; i < n; i++) {
      const call = await rig.starts();
      await rig.clock.advance(1_500);
      await call.fail();
    }
  };

  test("W17 a slow failure counts as slow", async () => {
    const rig = rigOf({ ...slow, slowCall: { after: "1s", rate: 0.5 } });
    await rig.succeeds(5);
    await slowlyFails(rig, 5);
    expect(rig.breaker.state).toBe("open");
  });

  test("W17 a slow failure counts as a failure", async () => {
    const rig = rigOf({ ...slow, failureRate: 0.5, slowCall: { after: "1s", rate: 1 } });
    await rig.succeeds(5);
    await slowlyFails(rig, 5);
    expect(rig.breaker.state).toBe("open");
  });
});
