/** A second provider with two fifths of the first one's quota is filled while the first is down, not killed. */
import { describe, expect, it } from "vitest";
import { type FailoverPlan, playFailover } from "../../benchmarks/outage/failover.ts";
import type { ProviderMode } from "../../benchmarks/outage/simulation.ts";

// 80 calls a second, answered in 5.5 s on average: the first provider's 440 at once. The second one has two fifths of that.
const PER_SECOND = 32;
const CARRIES: Readonly<Record<string, ProviderMode>> = {
  "176 calls at once, and 503 above": { kind: "capacity", concurrent: 176 },
  "32 calls a second, and 429 above": { kind: "rate-limit", perSecond: PER_SECOND, retryAfter: "next" },
};
const DOWN: ProviderMode = { kind: "status", status: 503 };
const FAULT_S = 180;
const COOLDOWN_MAX_MS = 60_000;
const RAMP_MS = 15_000;

const plan = (limit: ProviderMode, more: Partial<FailoverPlan> = {}): FailoverPlan => ({
  ...{ seed: 1, replicas: 20, perSecond: 80, fault: DOWN, limit },
  ...more,
});

describe.each(Object.entries(CARRIES))("a second provider that carries %s", { timeout: 60_000 }, (_name, limit) => {
  it.each([20, 4, 1])("is filled by %i replicas, refuses few, and does not trip", async (replicas) => {
    const gauges = await playFailover(plan(limit, { replicas }));
    expect(gauges.carried).toBeGreaterThan(0.9 * PER_SECOND * FAULT_S);
    expect(gauges.refusedShare).toBeLessThan(0.06);
    expect(gauges.trips).toBe(0);
    expect(gauges.recoveryMs).toBeLessThan(COOLDOWN_MAX_MS + RAMP_MS);
  });

  it("is kept full by a first one that flaps", async () => {
    const fault: ProviderMode = { kind: "flapping", periodMs: 10_000, upShare: 0.5, down: DOWN };
    const { carriedPer10s, trips, refusedShare } = await playFailover(plan(limit, { fault }));
    // From when it has taken over; the first one's good seconds take only what their ramp lets in.
    for (const carried of carriedPer10s.slice(2)) expect(carried).toBeGreaterThan(0.8 * PER_SECOND * 10);
    expect([trips, refusedShare < 0.06]).toEqual([0, true]);
  });

  it("is filled also where the first one hangs, from when that is seen", async () => {
    const { carriedPer10s, trips } = await playFailover(plan(limit, { fault: { kind: "hang" } }));
    const seen = carriedPer10s.slice(3, -2);
    const carried = seen.reduce((sum, calls) => sum + calls, 0);
    expect(carried).toBeGreaterThan(0.9 * PER_SECOND * 10 * seen.length);
    expect(trips).toBe(0);
  });
});

it("the same provider is killed where everything falls on it at once", { timeout: 60_000 }, async () => {
  const [limit] = Object.values(CARRIES) as [ProviderMode];
  const gauges = await playFailover(plan(limit, { replicas: 1, ramp: false }));
  expect(gauges.trips).toBeGreaterThan(0);
  expect(gauges.carried).toBeLessThan(0.5 * PER_SECOND * FAULT_S);
});

it("the same plan gives the same figures", { timeout: 60_000 }, async () => {
  const short = plan({ kind: "capacity", concurrent: 20 }, { replicas: 2, perSecond: 8 });
  expect(await playFailover(short)).toEqual(await playFailover(short));
});
