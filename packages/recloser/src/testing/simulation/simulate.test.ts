import { describe, expect, it } from "vitest";
import { latencies } from "./latencies.ts";
import { simulate, type SimulationPlan, type SimulationResult } from "./simulate.ts";

const OUTAGE: SimulationPlan = {
  seed: 1,
  forMs: 240_000,
  arrivals: { kind: "poisson", perSecond: 100 },
  provider: {
    latency: { answer: 200 },
    schedule: [{ fromMs: 60_000, toMs: 120_000, does: { kind: "status", status: 503 } }],
    log: true,
  },
};

const seconds = ({ transitions }: SimulationResult): [number, string, string, string][] =>
  transitions.map(({ atMs, from, to, reason }) => [Math.floor(atMs / 1_000), from, to, reason]);

describe("The library, with its default policy,", () => {
  it("trips in an outage, probes on the ladder and recovers", async () => {
    const result = await simulate(OUTAGE);
    const [, opened, ...rest] = [null, ...seconds(result)];
    expect(opened).toEqual([60, "closed", "open", "consecutive-failures"]);
    expect(rest.at(-1)).toEqual([expect.any(Number), "half-open", "closed", "probe-passed"]);
    const claimedAtMs = result.transitions.filter(({ reason }) => reason === "claimed").map(({ atMs }) => atMs);
    const gaps = claimedAtMs.map((atMs, index) => atMs - (claimedAtMs[index - 1] ?? 60_000));
    // 5 s, doubled, each lengthened by up to a fifth, and the time of a probe.
    for (const [index, gap] of gaps.entries()) {
      expect(gap).toBeGreaterThan(5_000 * 2 ** index);
      expect(gap).toBeLessThan(5_000 * 2 ** index * 1.2 + 1_000);
    }
    expect(claimedAtMs).toHaveLength(4);
    const probes = result.log.filter(({ probe }) => probe);
    expect(probes.map(({ end }) => end)).toEqual(["failed", "failed", "failed", "ok"]);
    expect(result.provider.callsWhileDead).toBeLessThan(60);
    expect(result.replicas[0]?.ok).toBeGreaterThan(14_000);
  });

  it("trips by silence when the provider hangs, long before anybody's time is up", async () => {
    const hang: SimulationPlan = {
      ...OUTAGE,
      timeoutMs: 60_000,
      provider: { ...OUTAGE.provider, schedule: [{ fromMs: 60_000, toMs: 120_000, does: { kind: "hang" } }] },
    };
    const result = await simulate(hang);
    const [first] = seconds(result);
    expect(first).toEqual([expect.any(Number), "closed", "open", "consecutive-failures"]);
    expect(first?.[0]).toBeGreaterThanOrEqual(80);
    expect(first?.[0]).toBeLessThanOrEqual(81);
    const probes = result.log.filter(({ probe, dead }) => probe && dead);
    expect(result.replicas[0]?.timedOut).toBe(probes.length); // at the probe's own time, which the library sets
    expect(seconds(result).at(-1)?.[3]).toBe("probe-passed");
  });

  it("does not trip on a base rate of errors, from a cold start on", async () => {
    const result = await simulate({
      seed: 1,
      forMs: 60_000,
      arrivals: { kind: "poisson", perSecond: 100 },
      provider: {
        latency: { answer: latencies.chatAnswer },
        schedule: [{ does: { kind: "status", status: 500, probability: 0.01 } }],
      },
    });
    expect(result.provider.failed).toBeGreaterThan(40);
    expect(result.transitions).toEqual([]);
  });
});

describe("A simulation", () => {
  const busy: SimulationPlan = {
    seed: 7,
    forMs: 90_000,
    replicas: 3,
    arrivals: { kind: "poisson", perSecond: 10 },
    timeoutMs: 30_000,
    keepCalls: true,
    provider: {
      latency: { answer: latencies.chatAnswer },
      log: true,
      schedule: [
        { fromMs: 20_000, toMs: 40_000, does: { kind: "hang", probability: 0.7 } },
        {
          fromMs: 30_000,
          toMs: 50_000,
          does: { kind: "flapping", periodMs: 5_000, upShare: 0.5, down: { kind: "unreachable" } },
        },
        { does: { kind: "rate-limit", perSecond: 25, retryAfter: "next" } },
      ],
    },
  };

  it.each(["answer", "stream"] as const)(
    "is the same byte by byte for the same seed, and another for another: %s",
    async (asks) => {
      const first = JSON.stringify(await simulate({ ...busy, asks }));
      expect(JSON.stringify(await simulate({ ...busy, asks }))).toBe(first);
      expect(JSON.stringify(await simulate({ ...busy, asks, seed: 8 }))).not.toBe(first);
      expect(first.length).toBeGreaterThan(100_000);
    },
  );

  it("compares with callers that have no breaker", async () => {
    const guarded = await simulate(OUTAGE);
    const control = await simulate({ ...OUTAGE, policy: false });
    expect(control.transitions).toEqual([]);
    expect(control.provider.calls).toBe(control.replicas[0]?.calls);
    expect(control.replicas[0]?.calls).toBe(guarded.replicas[0]?.calls);
    expect(control.provider.callsWhileDead).toBeGreaterThan(100 * guarded.provider.callsWhileDead);
  });
});
