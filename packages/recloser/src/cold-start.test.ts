/**
 * Whether a streak means an outage: failures come in 50 ms and answers in 8–60 s, so after a start every outcome is a
 * failure (docs/decisions/0014-a-streak-among-calls-that-began-together.md has the figures).
 */
import { describe, expect, it } from "vitest";
import { answers, dead, deadBehind, hangsFrom, llm, refusesFrom } from "../../../tests/support/providers.ts";
import { play, type Traffic, type Trip } from "../../../tests/support/traffic.ts";
import { createPolicy } from "./policy.ts";

// `execute` shows nothing before it ends, so silence is as docs/reference/options.md says: longer than the longest answer.
const policy = createPolicy({ silence: "90s" });
const streakOnly = createPolicy({ silence: "90s", failureRate: false });
const RATES = [1, 10, 100, 1_000, 10_000];
const seeds = (count: number): number[] => Array.from({ length: count }, (_, seed) => seed + 1);

function plays(end: Traffic["end"], perSecond: number, seed: number, by = policy, forMs = 90_000): Trip | null {
  return play(by, { perSecond, forMs, seed, atRandom: true, end });
}
function evenly(end: Traffic["end"], perSecond: number, by = policy): Trip | null {
  return play(by, { perSecond, forMs: 90_000, seed: 1, atRandom: false, end });
}

describe("a cold start", { timeout: 60_000 }, () => {
  it.each([0.01, 0.05])("with errors at a rate of %d never trips in 90 s, however many calls", (failing) => {
    for (const perSecond of RATES)
      for (const seed of seeds(perSecond === 10_000 ? 1 : 5))
        expect({ perSecond, seed, trip: plays(llm(failing), perSecond, seed) }).toMatchObject({ trip: null });
  });

  it("in a brownout that fails every second call trips by the streak in at most 2 of 100 cases", () => {
    for (const [perSecond, forMs] of [
      [1, 90_000],
      [10, 90_000],
      [100, 90_000],
      [1_000, 12_000],
    ] as const) {
      const trips = seeds(200).filter((seed) => plays(llm(0.5), perSecond, seed, streakOnly, forMs) !== null);
      expect(trips.length, `${perSecond} calls/s`).toBeLessThanOrEqual(4);
    }
  });
});

describe("a dead provider", { timeout: 60_000 }, () => {
  it("trips after 18 failures and 50 ms, and no later", () => {
    for (const perSecond of RATES.slice(1)) {
      const trip = evenly(dead["at 50 ms"], perSecond, streakOnly) as Trip;
      const the18thMs = Math.ceil(17 * (1_000 / perSecond));
      expect(trip).toMatchObject({ reason: "consecutive-failures", afterFirstFailureMs: Math.max(50, the18thMs) });
    }
  });

  it("trips as soon with errors at 25–75 ms, though they come out of order", () => {
    for (const perSecond of RATES.slice(1))
      for (const seed of seeds(20)) {
        const trip = plays(dead["at 25–75 ms"], perSecond, seed, streakOnly) as Trip;
        // At ten calls a second it is the 18 failures that take time, Poisson's.
        expect(trip.afterFirstFailureMs, `${perSecond} calls/s, ${seed}`).toBeLessThan(perSecond === 10 ? 4_000 : 350);
      }
  });

  it("trips in five seconds or so with errors after an exponential time of mean 1 s", () => {
    for (const perSecond of RATES.slice(1))
      for (const seed of seeds(perSecond === 10_000 ? 2 : 10)) {
        const trip = plays(dead["exponentially, mean 1 s"], perSecond, seed) as Trip;
        expect(trip.atMs, `${perSecond} calls/s, ${seed}`).toBeLessThan(perSecond === 10 ? 9_000 : 5_000);
      }
  });

  it("trips whatever was cancelled or the caller's own mistake in between", () => {
    for (const perSecond of RATES.slice(1))
      for (const [ignored, afterMs] of [
        [0.5, 20],
        [0.9, 10],
      ] as const) {
        const trip = evenly(deadBehind(ignored, afterMs), perSecond, streakOnly) as Trip;
        expect(trip.reason).toBe("consecutive-failures");
        // Nothing but the failures is counted: it is as if those others had not been.
        const the18thMs = 17 * (1_000 / (perSecond * (1 - ignored)));
        expect(trip.afterFirstFailureMs, `${perSecond} calls/s, ${ignored}`).toBeLessThan(Math.max(160, 2 * the18thMs));
      }
  });

  it("that hangs instead trips when the first calls have been silent for long", () => {
    const silent = createPolicy({ failureRate: false });
    for (const perSecond of RATES.slice(1, 4)) {
      const trip = evenly(hangsFrom(5_000), perSecond, silent) as Trip;
      expect(trip.reason).toBe("consecutive-failures");
      // 20 s of silence, a sweep of at most a second, and 18 calls.
      expect(trip.atMs - 5_000).toBeGreaterThanOrEqual(20_000);
      expect(trip.atMs - 5_000).toBeLessThanOrEqual(21_000 + 18 * (1_000 / perSecond));
    }
  });
});

describe("a provider that refuses calls and goes on with those that had begun", { timeout: 60_000 }, () => {
  const diesAtMs = 70_000;
  type Answering = (failing: number) => Traffic["end"];
  const trip = (answering: Answering, failing: number, perSecond: number, seed: number): Trip | null =>
    play(streakOnly, {
      ...{ perSecond, forMs: diesAtMs + 10_000, seed, atRandom: true, countFromMs: diesAtMs },
      end: refusesFrom(diesAtMs, answering(failing)),
    });

  it.each(Object.entries(answers))(
    "trips within some 25 calls, whatever answers still arrive: %s",
    (_name, answering) => {
      for (const failing of [0, 0.01, 0.05])
        for (const perSecond of [10, 100])
          for (const seed of seeds(5)) {
            const { atMs, calls } = trip(answering, failing, perSecond, seed) as Trip;
            expect(atMs, `${failing}, ${perSecond} calls/s, ${seed}`).toBeGreaterThan(diesAtMs);
            expect(calls, `${failing}, ${perSecond} calls/s, ${seed}`).toBeLessThanOrEqual(30);
          }
    },
  );

  it.each(Object.entries(answers))("trips 200 ms later at the latest, however many calls: %s", (_name, answering) => {
    for (const seed of seeds(3)) {
      const { atMs } = trip(answering, 0.05, 1_000, seed) as Trip;
      expect(atMs - diesAtMs, `${seed}`).toBeGreaterThan(0);
      expect(atMs - diesAtMs, `${seed}`).toBeLessThanOrEqual(200);
    }
  });
});
