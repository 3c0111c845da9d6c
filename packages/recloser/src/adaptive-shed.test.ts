/** The adaptive shed: what it takes away from whom. Loads are played through real breakers in virtual time. */
import { describe, expect, it } from "vitest";
import {
  between,
  broken,
  type Load,
  type LoadResult,
  type Played,
  playLoad,
} from "../../../tests/support/played-load.ts";
import { SHED_MOST, shedRate } from "./adaptive-shed.ts";
import { CircuitOpenError, ShedError } from "./errors.ts";
import { createPolicy, type PolicyOptions } from "./policy.ts";
import { createBreaker } from "./recloser.ts";
import { manualClock } from "./testing/manual-clock.ts";

const untripped: PolicyOptions = { failureRate: false, consecutiveFailures: false, silence: "90s" };
// A streak of failures among answers that take 8 s and more is the trip's matter.
const streakless: PolicyOptions = { consecutiveFailures: false, silence: "90s" };

type Answer = (random: () => number) => Played;
const quick: Answer = (random) => ({ endsAfterMs: between(300, 3_000)(random) });
const slow: Answer = (random) => ({ endsAfterMs: between(8_000, 60_000)(random) });

/** A provider that fails a share of the calls, each by its own luck, within 50 ms. */
function failing(share: number, answer: Answer): Load["provider"] {
  return (_nowMs, random) => (random() < share ? { endsAfterMs: 50, error: broken() } : answer(random));
}

const played = (load: Omit<Load, "forMs"> & { seconds: number }): LoadResult =>
  playLoad({ forMs: load.seconds * 1_000, ...load });

const kept = (load: Parameters<typeof played>[0]): number =>
  played(load).good / played({ ...load, policy: { mode: "off" } }).good;

describe("the rate of the shed", () => {
  const policy = createPolicy({ consecutiveFailures: false });
  const rate = (successes: number, failures: number, young = 0): number =>
    shedRate({ successes, failures, slow: 0 }, young, 0, policy);

  it("is what fails beyond half of the calls and beyond chance", () => {
    expect([rate(100, 0), rate(50, 50), rate(45, 55)]).toEqual([0, 0, 0]);
    expect(rate(25, 75)).toBeCloseTo((75 - 25 - 10) / 101);
    expect(rate(0, 30)).toBeCloseTo((30 - Math.sqrt(30)) / 31);
  });

  it("is at most nine tenths", () => {
    expect(rate(0, 1_000_000)).toBe(SHED_MOST);
  });

  it("is nothing up to 20 completed calls, nor up to minimumCalls", () => {
    expect([rate(0, 20), rate(0, 21) > 0]).toEqual([0, true]);
    const hasty = createPolicy({ minimumCalls: 5, consecutiveFailures: false });
    expect(shedRate({ successes: 0, failures: 20, slow: 0 }, 0, 0, hasty)).toBe(0);
    const careful = createPolicy({ minimumCalls: 50, consecutiveFailures: false });
    expect(shedRate({ successes: 0, failures: 50, slow: 0 }, 0, 0, careful)).toBe(0);
    expect(shedRate({ successes: 0, failures: 51, slow: 0 }, 0, 0, careful)).toBeGreaterThan(0);
  });

  it("takes calls in flight that are young for accepted", () => {
    expect(rate(0, 100, 100)).toBe(0);
    expect(rate(0, 100, 20)).toBeGreaterThan(0);
  });

  it("follows k", () => {
    const k = (value: number): number =>
      shedRate({ successes: 60, failures: 40, slow: 0 }, 0, 0, { ...policy, adaptiveShed: { k: value } });
    expect(k(1)).toBeCloseTo((40 - 10) / 101);
    expect([k(1.2), k(2)]).toEqual([(100 - 72 - 10) / 101, 0]);
  });

  it("is nothing while failures in a row are on their way to a trip, or when it is switched off", () => {
    const counts = { successes: 5, failures: 40, slow: 0 };
    expect(shedRate(counts, 0, 8, createPolicy())).toBeGreaterThan(0);
    expect(shedRate(counts, 0, 9, createPolicy())).toBe(0);
    expect(shedRate(counts, 0, 0, createPolicy({ shed: { adaptive: false } }))).toBe(0);
  });
});

describe("a cold start", () => {
  const cases = [0.01, 0.05].flatMap((share) => [1, 10, 100, 1_000, 10_000].map((perSecond) => ({ share, perSecond })));

  it.each(cases)(
    "of $perSecond calls/s with errors of $share in 50 ms and answers in 8–60 s sheds nothing",
    ({ share, perSecond }) => {
      const result = played({
        perSecond,
        seconds: perSecond < 1_000 ? 120 : 20_000 / perSecond,
        provider: failing(share, slow),
        policy: streakless,
      });
      expect(result).toMatchObject({ rejected: {}, transitions: 0 });
      expect(result.made).toBeGreaterThan(100);
    },
  );
});

describe("a brownout", () => {
  const cases = [1, 10, 100].flatMap((perSecond) => [
    { perSecond, answers: "0.3–3 s", answer: quick },
    { perSecond, answers: "8–60 s", answer: slow },
  ]);

  it.each(cases)(
    "of half the calls at $perSecond/s with answers in $answers costs less than 3 %",
    ({ perSecond, answer }) => {
      const load = { perSecond, seconds: perSecond === 1 ? 3_000 : 300, policy: streakless };
      expect(kept({ ...load, provider: failing(0.5, answer) })).toBeGreaterThan(0.97);
    },
  );

  it("of 70 % lets most of the good answers through: the shed does not feed on itself", () => {
    const load = { perSecond: 10, seconds: 600, provider: failing(0.7, quick), policy: untripped };
    expect(kept(load)).toBeGreaterThan(0.6);
    const { seconds } = played(load);
    const made = (from: number): number => seconds.slice(from, from + 60).reduce((sum, second) => sum + second.made, 0);
    expect(made(540) / made(60)).toBeGreaterThan(0.8);
  });
});

describe("a provider that fails entirely while nothing may trip", () => {
  const DEAD_MS = 60_000;
  const outage = (perSecond: number): LoadResult => {
    let beganMs: number | null = null;
    const provider: Load["provider"] = (nowMs, random) =>
      nowMs - (beganMs ??= nowMs) < DEAD_MS ? { endsAfterMs: 50, error: broken() } : quick(random);
    return played({ perSecond, seconds: 120, provider, policy: untripped });
  };

  it.each([10, 100, 1_000])(
    "is asked for a part of %i calls/s, and for all of them seconds after it is well",
    (perSecond) => {
      const { seconds } = outage(perSecond);
      const share = (from: number, to: number): number => {
        const span = seconds.slice(from, to);
        return span.reduce((sum, each) => sum + each.made, 0) / span.reduce((sum, each) => sum + each.asked, 0);
      };
      expect(share(30, 60)).toBeLessThan(0.3);
      expect(share(30, 60)).toBeGreaterThan(0.08);
      expect(share(70, 120)).toBe(1);
      expect(share(60, 66)).toBeGreaterThan(0.3);
    },
  );
});

describe("a trip", () => {
  it.each([0, 2, 4, 6, 10, 30, 300])(
    "after %i successes is not put off: at most 18 failures in a row, and none is shed",
    (successes) => {
      let calls = 0;
      const provider: Load["provider"] = () =>
        calls++ < successes ? { endsAfterMs: 20 } : { endsAfterMs: 5, error: broken() };
      const { bad, rejected, transitions } = played({
        ...{ perSecond: 20, even: true, seconds: 1 + (successes + 18) / 20, provider },
      });
      expect({ shed: rejected["adaptive"], transitions }).toEqual({ shed: undefined, transitions: 1 });
      expect(bad).toBeLessThanOrEqual(18);
    },
  );
});

describe("shedding", () => {
  const setUp = (options: PolicyOptions, random = (): number => 0) => {
    const clock = manualClock();
    const breaker = createBreaker({ name: "llm", ...untripped, ...options, clock, random });
    for (let i = 0; i < 40; i++) breaker.tryAcquire()?.failure(broken());
    return { clock, breaker };
  };
  // 21 failures are made before the first is shed.
  const rate = (21 - Math.sqrt(21)) / 22;

  it("rejects with a ShedError that says why and when", async () => {
    const { breaker } = setUp({});
    const error: unknown = await breaker.execute(() => "made").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ShedError);
    expect(error).toMatchObject({ key: "llm", reason: "adaptive", limit: null, retryAfterMs: 1_000 });
    expect((error as Error).message).toBe(
      'call to "llm" shed: 21 of 21 calls failed in 30 s, so a part of them is not made; ask elsewhere, or try again in 1 s',
    );
    expect(CircuitOpenError.is(error)).toBe(false);
    expect(await breaker.execute(() => "made", { fallback: () => "instead" })).toBe("instead");
  });

  it("says how many calls it looked at: those of a window of calls, and those that are under way", async () => {
    const { breaker } = setUp({ window: { calls: 100 } });
    const error: unknown = await breaker.execute(() => "made").catch((thrown: unknown) => thrown);
    expect((error as Error).message).toContain("21 of the last 21 calls failed, so a part");
    const busy = createBreaker({ name: "llm", ...untripped, random: () => 0, clock: manualClock() });
    const permits = Array.from({ length: 40 }, () => busy.tryAcquire());
    for (const permit of permits.slice(0, 38)) permit?.failure(broken());
    const shed: unknown = await busy.execute(() => "made").catch((thrown: unknown) => thrown);
    expect((shed as Error).message).toContain("38 of 40 calls failed in 30 s");
  });

  it("is told by the snapshot, and is over when the failures have left the window", async () => {
    const { breaker, clock } = setUp({});
    expect(breaker.snapshot().shed?.rate).toBeCloseTo(rate);
    await clock.advance(30_000);
    expect(breaker.snapshot().shed).toBeNull();
    expect(breaker.tryAcquire()).not.toBeNull();
  });

  it("takes the share of the calls that it says", () => {
    let drawn = 0;
    const { breaker } = setUp({}, () => drawn);
    drawn = rate - 0.001;
    expect(breaker.tryAcquire()).toBeNull();
    drawn = rate + 0.001;
    expect(breaker.tryAcquire()).not.toBeNull();
  });

  it("draws no randomness while it sheds nothing", () => {
    const breaker = createBreaker({
      random: () => {
        throw new Error("drawn");
      },
    });
    for (let i = 0; i < 100; i++) breaker.tryAcquire()?.[i % 4 === 0 ? "failure" : "success"](broken() as never);
    expect(breaker.snapshot().window).toMatchObject({ successes: 75, failures: 25 });
  });

  it("stops with forceClosed, which means every call", async () => {
    const { breaker } = setUp({});
    await breaker.forceClosed({ by: "ops", reason: "test" });
    expect(breaker.tryAcquire()).not.toBeNull();
  });

  it("is only told of in observe mode", async () => {
    const { breaker } = setUp({ mode: "observe" });
    const told: string[] = [];
    breaker.on("would-reject", ({ reason }) => told.push(reason));
    expect(await breaker.execute(() => "made")).toBe("made");
    expect(told).toEqual(["adaptive"]);
  });

  it("does not happen in mode off, or with shed.adaptive false", () => {
    for (const options of [{ mode: "off" }, { shed: { adaptive: false } }] as const)
      expect(setUp(options).breaker.tryAcquire()).not.toBeNull();
  });

  it("comes before the concurrency limit, and never meets a probe", async () => {
    const full = setUp({ shed: { maxInFlight: 1 } });
    const reasons: string[] = [];
    full.breaker.on("rejected", ({ reason }) => reasons.push(reason));
    full.breaker.tryAcquire();
    expect(reasons).toEqual(["adaptive"]);
    const { breaker, clock } = setUp({ failureThreshold: 21 });
    expect(breaker.state).toBe("open");
    await clock.advance(10_000);
    expect(breaker.tryAcquire()?.kind).toBe("probe");
  });

  it("is health's alone: other records of a key shed nothing", () => {
    expect(createPolicy().adaptiveShed).toEqual({ k: 2 });
    expect(createPolicy({ shed: { adaptive: {} } }).adaptiveShed).toEqual({ k: 2 });
    expect(createPolicy({ shed: { adaptive: { k: 3 } } }).adaptiveShed).toEqual({ k: 3 });
  });
});
