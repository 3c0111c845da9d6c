/** Answers that are not streamed show nothing before their end: what was seen of them says how long to wait. */
import { manualClock } from "recloser/testing";
import { createBreaker, type PolicyOptions } from "recloser";
import { describe, expect, test } from "vitest";

import { rigAround, type InFlight, type Rig } from "./support.ts";

function rigWith(policy: PolicyOptions = {}): Rig {
  const clock = manualClock();
  return rigAround(createBreaker({ ...policy, clock, random: () => 0 }), clock);
}

async function start(rig: Rig, calls: number): Promise<InFlight[]> {
  const started = [];
  for (let made = 0; made < calls; made++) started.push(await rig.starts());
  return started;
}

/** Lets one call be answered after so long. */
async function answeredAfter(rig: Rig, ms: number): Promise<void> {
  const call = await rig.starts();
  await rig.clock.advance(ms);
  await call.succeed();
}

describe("silence that was not given", () => {
  test("is 20 s where nothing slower was seen: 20 calls that hang trip", async () => {
    const rig = rigWith();
    await answeredAfter(rig, 9_000);
    await start(rig, 20);
    await rig.clock.advance(19_900);
    expect(rig.breaker.state).toBe("closed");
    await rig.clock.advance(1_100);
    expect(rig.breaker.state).toBe("open");
  });

  test("is twice the longest wait that was rewarded", async () => {
    const rig = rigWith();
    await answeredAfter(rig, 30_000);
    await start(rig, 20);
    await rig.clock.advance(58_000);
    expect(rig.breaker.state).toBe("closed");
    await rig.clock.advance(4_000);
    expect(rig.breaker.state).toBe("open");
  });

  test("is 20 s again when that was long ago", async () => {
    const rig = rigWith();
    await answeredAfter(rig, 30_000);
    await rig.clock.advance(21 * 60_000);
    await start(rig, 20);
    await rig.clock.advance(21_000);
    expect(rig.breaker.state).toBe("open");
  });
});

test("silence of the user's own is kept to the letter", async () => {
  const rig = rigWith({ silence: "20s" });
  await answeredAfter(rig, 19_000);
  await start(rig, 20);
  await rig.clock.advance(21_000);
  expect(rig.breaker.state).toBe("open");
});

describe("a probe's time", () => {
  async function hungProbeOf(rig: Rig, afterMs: number): Promise<InFlight> {
    await rig.clock.advance(afterMs);
    expect(rig.breaker.state).toBe("half-open");
    return rig.starts();
  }

  test("that was not given doubles with each probe in a row, up to the longest cooldown", async () => {
    const rig = rigWith({ failureThreshold: 3, cooldown: { max: "90s" } });
    await rig.fails(3);
    for (const [cooldownMs, timeMs] of [
      [5_000, 30_000],
      [10_000, 60_000],
      [20_000, 90_000],
    ] as const) {
      const probe = await hungProbeOf(rig, cooldownMs);
      await rig.clock.advance(timeMs - 1);
      expect(probe.result.status).toBe("pending");
      await rig.clock.advance(1);
      expect(probe.result.status).toBe("rejected");
    }
  });

  test("doubles once, however short the cooldowns are", async () => {
    const rig = rigWith({ failureThreshold: 3, cooldown: { max: "10s" } });
    await rig.fails(3);
    for (const [cooldownMs, timeMs] of [
      [5_000, 30_000],
      [10_000, 60_000],
      [10_000, 60_000],
    ] as const) {
      const probe = await hungProbeOf(rig, cooldownMs);
      await rig.clock.advance(timeMs - 1);
      expect(probe.result.status).toBe("pending");
      await rig.clock.advance(1);
      expect(probe.result.status).toBe("rejected");
    }
  });

  test("that was given stays as it is", async () => {
    const rig = rigWith({ failureThreshold: 3, probe: { timeout: "30s" } });
    await rig.fails(3);
    for (const cooldownMs of [5_000, 10_000]) {
      const probe = await hungProbeOf(rig, cooldownMs);
      await rig.clock.advance(30_000);
      expect(probe.result.status).toBe("rejected");
    }
  });

  test("that was not given is long enough for answers as slow as those before the outage", async () => {
    const rig = rigWith({ failureThreshold: 3 });
    await answeredAfter(rig, 40_000);
    await rig.fails(3);
    const probe = await hungProbeOf(rig, 5_000);
    await rig.clock.advance(50_000);
    await probe.succeed();
    expect(rig.breaker.state).toBe("closed");
  });
});
