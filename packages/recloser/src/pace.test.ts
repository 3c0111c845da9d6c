/** Pacing: what a rate limit costs those it does not mean. Loads are played through real breakers in virtual time. */
import { describe, expect, it } from "vitest";
import {
  between,
  type Load,
  type LoadResult,
  type Played,
  playLoad,
  START_MS,
  tokenBucket,
  tooMany,
} from "../../../tests/support/played-load.ts";
import type { Admission } from "./admission.ts";
import type { Breaker } from "./api.ts";
import { ShedError } from "./errors.ts";
import { Pace, REFUSED_IN_A_ROW } from "./pace.ts";
import type { PolicyOptions } from "./policy.ts";
import { createBreaker, createRecloser } from "./recloser.ts";
import { manualClock } from "./testing/manual-clock.ts";

type ManualClock = ReturnType<typeof manualClock>;
type Answer = (random: () => number) => Played;
const long: Answer = (random) => ({ endsAfterMs: between(8_000, 60_000)(random) });
const answers: Readonly<Record<string, Answer>> = {
  "of 0.1–0.3 s": (random) => ({ endsAfterMs: between(100, 300)(random) }),
  "of 8–60 s": long,
  "streamed, with a first token in 0.3–3 s": (random) => ({
    contentAfterMs: between(300, 3_000)(random),
    endsAfterMs: between(8_000, 60_000)(random),
  }),
};
const kinds = Object.entries(answers).map(([name, answer]) => ({ name, answer }));

const patient: PolicyOptions = { silence: "90s" };
const play = (load: Omit<Load, "forMs"> & { seconds: number }): LoadResult =>
  playLoad({ forMs: load.seconds * 1_000, policy: patient, ...load });
const made = ({ seconds }: LoadResult, from: number, to: number): number =>
  seconds.slice(from, to).reduce((sum, second) => sum + second.made, 0);

describe("demand above a limit", () => {
  const cases = kinds.flatMap((kind) =>
    [3, 10, 100].flatMap((limit) => [1.1, 2, 5].map((times) => ({ ...kind, limit, times }))),
  );

  it.each(cases)(
    "of $limit/s, $times times as much, gets nine tenths of it in answers $name",
    ({ answer, limit, times }) => {
      const seconds = limit < 10 ? 600 : 180;
      const provider = tokenBucket(limit, 10 * limit, answer);
      const { good, bad } = play({ perSecond: limit * times, seconds, provider });
      expect(good / (limit * seconds)).toBeGreaterThan(0.9);
      expect(bad / (good + bad)).toBeLessThan(0.08);
    },
  );

  it.each(kinds)(
    "gets nine tenths of what no breaker would where the bucket holds a second's worth, answers $name",
    ({ answer }) => {
      for (const times of [1.1, 2, 5]) {
        const load = { perSecond: 20 * times, seconds: 180 };
        const paced = play({ ...load, provider: tokenBucket(20, 20, answer) });
        const free = play({ ...load, provider: tokenBucket(20, 20, answer), policy: { mode: "off" } });
        expect(paced.good / free.good).toBeGreaterThan(0.9);
        expect(paced.bad).toBeLessThan(times === 1.1 ? free.bad / 2 : free.bad / 10);
      }
    },
  );

  it.each([1, 50, 300])("does so when a refusal takes %i ms", (endsAfterMs) => {
    for (const { answer } of kinds) {
      const refusal = { endsAfterMs, error: tooMany() };
      const { good } = play({ perSecond: 40, seconds: 180, provider: tokenBucket(20, 20, answer, refusal) });
      expect(good / (20 * 180)).toBeGreaterThan(0.9);
    }
  });

  it.each([2, 4, 8])("is shared by %i replicas, each pacing for itself", (replicas) => {
    for (const { answer } of kinds) {
      const provider = tokenBucket(40, 40, answer);
      const { good, bad } = play({ perSecond: 80, seconds: 180, replicas, provider });
      expect(good / (40 * 180)).toBeGreaterThan(0.9);
      expect(bad / (good + bad)).toBeLessThan(0.08);
    }
  });

  it("finds a limit that was lifted", () => {
    const [low, high] = [tokenBucket(10, 10, long), tokenBucket(30, 30, long)];
    const provider: Load["provider"] = (nowMs, random) => (nowMs < START_MS + 60_000 ? low : high)(nowMs, random);
    const result = play({ perSecond: 25, seconds: 200, provider });
    expect(made(result, 50, 60) / 10).toBeLessThan(11.5);
    expect(made(result, 190, 200) / 10).toBeGreaterThan(20);
  });
});

describe("a provider that says what its limit is", () => {
  /** Refusals as OpenAI words them: a bucket of `limit` calls that is whole again in a second. */
  const stating = (limit: number): Played => ({
    endsAfterMs: 50,
    error: tooMany({
      "x-ratelimit-limit-requests": String(limit),
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-reset-requests": "1s",
    }),
  });

  it.each(kinds)(
    "is asked for nine tenths of it and more, and refuses hardly anybody, in answers $name",
    ({ answer }) => {
      for (const times of [1.1, 2, 5]) {
        const load = { perSecond: 20 * times, seconds: 180 };
        const told = play({ ...load, provider: tokenBucket(20, 20, answer, stating(20)) });
        const untold = play({ ...load, provider: tokenBucket(20, 20, answer) });
        expect(told.good / (20 * 180)).toBeGreaterThan(0.95);
        expect(told.bad).toBeLessThan(untold.bad);
        expect(told.bad / (told.good + told.bad)).toBeLessThan(0.02);
      }
    },
  );

  it.each([2, 8])("is shared by %i replicas, whose part the word does not say", (replicas) => {
    const provider = tokenBucket(40, 40, long, stating(40));
    const { good, bad } = play({ perSecond: 44, seconds: 180, replicas, provider });
    expect(good / (40 * 180)).toBeGreaterThan(0.9);
    expect(bad / (good + bad)).toBeLessThan(0.08);
  });

  it("is not believed for ever: a limit that was raised is found", () => {
    const [low, high] = [tokenBucket(10, 10, long, stating(10)), tokenBucket(30, 30, long, stating(30))];
    const provider: Load["provider"] = (nowMs, random) => (nowMs < START_MS + 60_000 ? low : high)(nowMs, random);
    const result = play({ perSecond: 25, seconds: 260, provider });
    expect(made(result, 50, 60) / 10).toBeLessThan(11.5);
    expect(made(result, 250, 260) / 10).toBeGreaterThan(20);
  });

  it("is not throttled below what it serves by a word that is too low", () => {
    const provider = tokenBucket(20, 20, long, {
      endsAfterMs: 50,
      error: tooMany({ ...{ "x-ratelimit-limit": "20" }, "x-ratelimit-remaining": "0", "x-ratelimit-reset": "4" }),
    });
    // Four times too low: what is lost is what the rate needs to rise from there, each time that is said.
    const { good } = play({ perSecond: 22, seconds: 300, provider });
    expect(good / (20 * 300)).toBeGreaterThan(0.4);
  });
});

describe("a full stop among old answers", () => {
  const stop = (perSecond: number, answer: Answer): { refused: number; result: LoadResult } => {
    let refused = 0;
    const [from, to] = [START_MS + 60_000, START_MS + 120_000];
    const provider: Load["provider"] = (nowMs, random) => {
      if (nowMs < from || nowMs >= to) return answer(random);
      refused++;
      const error = tooMany({ "retry-after": String(Math.ceil((to - nowMs) / 1_000)) });
      return { endsAfterMs: between(30, 120)(random), error };
    };
    return { result: play({ perSecond, seconds: 180, provider }), refused };
  };

  it.each(kinds)("holds after ten refusals in a row, answers $name", ({ answer }) => {
    for (const perSecond of [1, 10]) {
      const { refused, result } = stop(perSecond, answer);
      expect(refused).toBeLessThanOrEqual(REFUSED_IN_A_ROW + 3); // and those in flight
      expect(result.holds).toBe(1);
    }
    // Ten in a row in less than 100 ms may be chance.
    expect(stop(100, answer).refused).toBeLessThanOrEqual(30);
  });

  it.each(kinds)("lets everybody in again half a minute after its end, answers $name", ({ answer }) => {
    const { result } = stop(10, answer);
    const asked = result.seconds.slice(150, 180).reduce((sum, second) => sum + second.asked, 0);
    expect(made(result, 150, 180) / asked).toBeGreaterThan(0.9);
  });
});

describe("a pace", () => {
  /** A second of calls, evenly, of which every second is refused. */
  const measured = (perSecond: number): Pace => {
    const pace = new Pace(0);
    for (let i = 0; i <= perSecond; i++) {
      const atMs = (i * 1_000) / perSecond;
      pace.take(atMs);
      if (i % 2 === 1) pace.refused(i, atMs, atMs);
    }
    return pace;
  };

  it("lets all through for the second in which it measures", () => {
    const pace = new Pace(0);
    for (let i = 0; i < 50; i++) expect(pace.admits(i)).toBe(true);
    expect(pace.perSecond).toBe(Infinity);
  });

  it("begins a little below what was admitted", () => {
    const pace = measured(20);
    expect(pace.admits(1_010)).toBe(false);
    expect(pace.perSecond).toBeCloseTo(10 * 0.95, 0);
  });

  it("says when the next call may begin, and then it may", () => {
    const pace = measured(20);
    const waitMs = pace.waitMs(1_000);
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(1_000 / pace.perSecond);
    expect(pace.admits(1_000 + Math.ceil(waitMs) - 1)).toBe(false);
    expect(pace.admits(1_000 + Math.ceil(waitMs))).toBe(true);
  });

  it("counts a burst of refusals once, and the late ones with the calls they belong to", () => {
    const pace = measured(20);
    pace.take(1_000);
    const before = pace.perSecond;
    for (let i = 0; i < 50; i++) pace.refused(1_000 + 2 * i, 900, 1_050);
    for (let atMs = 1_100; atMs <= 2_100; atMs += 100) pace.take(atMs);
    expect(pace.perSecond).toBe(before);
  });

  it("is never halved by more than one half in an epoch", () => {
    const pace = measured(20);
    const before = pace.waitMs(1_001) > 0 ? pace.perSecond : 0;
    for (let i = 0; i < 12; i++) {
      pace.take(1_010 + i * 90);
      pace.refused(2 * i, 1_010 + i * 90, 1_010 + i * 90);
    }
    pace.take(2_100);
    expect(pace.perSecond).toBe(before / 2);
  });

  it("rises only while somebody is turned away", () => {
    const pace = measured(20);
    pace.take(1_000);
    const before = pace.perSecond;
    for (let atMs = 1_100; atMs <= 2_200; atMs += 100) pace.take(atMs);
    expect(pace.perSecond).toBe(before);
    for (let atMs = 2_300; atMs <= 3_400; atMs += 50) if (pace.admits(atMs)) pace.take(atMs);
    expect(pace.perSecond).toBeGreaterThan(before);
  });

  it("is over when nobody needed it for half a minute", () => {
    const pace = measured(20);
    expect([pace.isOver(30_000), pace.isOver(31_000)]).toEqual([false, true]);
  });

  it("sees a full stop in any order of refusals, and only over 100 ms or very many calls", () => {
    const stopped = (marks: readonly number[], everyMs: number): boolean => {
      const pace = new Pace(0);
      return marks.map((mark) => pace.refused(mark, mark * everyMs, 10_000)).some(Boolean);
    };
    const row = Array.from({ length: REFUSED_IN_A_ROW }, (_, i) => i);
    expect(stopped(row, 12)).toBe(true);
    expect(stopped(row.toReversed(), 12)).toBe(true);
    expect(stopped([7, 2, 9, 0, 4, 1, 8, 3, 6, 5], 12)).toBe(true);
    expect(stopped(row, 11)).toBe(false);
    expect(stopped(row.slice(1), 1_000)).toBe(false);
    expect(
      stopped(
        row.map((mark) => (mark > 4 ? mark + 1 : mark)),
        12,
      ),
    ).toBe(false);
    expect(
      stopped(
        Array.from({ length: 256 }, (_, i) => i),
        0.1,
      ),
    ).toBe(true);
  });
});

describe("pacing", () => {
  /** One answer long under way, then a second of calls at 20/s of which every second is refused. */
  const limitOn = async (breaker: Breaker, clock: ManualClock): Promise<void> => {
    breaker.tryAcquire();
    await clock.advance(1_000);
    for (let i = 0; i < 24; i++) {
      const permit = breaker.tryAcquire();
      if (i % 2 === 0) permit?.failure(tooMany());
      await clock.advance(50);
    }
  };
  const paced = async (options: PolicyOptions = {}): Promise<{ clock: ManualClock; breaker: Breaker }> => {
    const clock = manualClock();
    const breaker = createBreaker({ name: "llm", ...options, clock });
    await limitOn(breaker, clock);
    return { clock, breaker };
  };
  const reasonOf = (breaker: Breaker): string | null => {
    let told: string | null = null;
    const listening = breaker.on("rejected", ({ reason }) => (told = reason));
    breaker.tryAcquire();
    listening[Symbol.dispose]();
    return told;
  };

  it("rejects with a ShedError that says when the next call may be made", async () => {
    const { breaker, clock } = await paced();
    breaker.tryAcquire();
    const error: unknown = await breaker.execute(() => "made").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ShedError);
    const { retryAfterMs, message } = error as ShedError;
    expect(error).toMatchObject({ key: "llm", reason: "paced", limit: null });
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(110);
    expect(message).toBe(
      `call to "llm" shed: the provider's rate limit is reached; the next call may be made in ${retryAfterMs} ms`,
    );
    await clock.advance(retryAfterMs);
    expect(await breaker.execute(() => "made")).toBe("made");
  });

  it("is told by the snapshot, leaves the circuit closed and holds nobody", async () => {
    const { breaker } = await paced();
    expect(breaker.snapshot()).toMatchObject({ state: "closed", holds: [] });
    expect(breaker.snapshot().pace?.perSecond).toBeCloseTo(9, 0);
    expect(createBreaker().snapshot().pace).toBeNull();
  });

  it("is over once demand has stayed below it for half a minute", async () => {
    const { breaker, clock } = await paced();
    for (let i = 0; i < 31; i++) {
      breaker.tryAcquire()?.success();
      await clock.advance(1_000);
    }
    expect(breaker.snapshot().pace).toBeNull();
    for (let i = 0; i < 50; i++) expect(breaker.tryAcquire()).not.toBeNull();
  });

  it("does not happen with pace false, where each 429 holds", async () => {
    const { breaker } = await paced({ pace: false });
    expect(reasonOf(breaker)).toBe("rate-limited");
  });

  it("stops when pace is switched off, with forceClosed and with reset", async () => {
    const clock = manualClock();
    const recloser = createRecloser({ clock });
    const breaker = recloser.breaker("llm");
    await limitOn(breaker, clock);
    breaker.tryAcquire();
    expect(reasonOf(breaker)).toBe("paced");
    await breaker.forceClosed({ by: "ops", reason: "test" });
    expect(reasonOf(breaker)).toBeNull();
    await breaker.clearOverride({ by: "ops" });
    expect(reasonOf(breaker)).toBe("paced");
    recloser.configure({ defaults: { pace: false } });
    expect(reasonOf(breaker)).toBeNull();
    const other = await paced();
    await other.breaker.reset({ by: "ops" });
    expect(other.breaker.snapshot().pace).toBeNull();
  });

  it("only tells in observe mode", async () => {
    const { breaker } = await paced({ mode: "observe" });
    const told: string[] = [];
    breaker.on("would-reject", ({ reason }) => told.push(reason));
    for (let i = 0; i < 5; i++) expect(await breaker.execute(() => "made")).toBe("made");
    expect(told).toContain("paced");
  });

  it("comes after the hold and before the concurrency limit", async () => {
    const { breaker } = await paced({ shed: { maxInFlight: 100 } });
    breaker.tryAcquire();
    expect(reasonOf(breaker)).toBe("paced");
    const full = await paced({ shed: { maxInFlight: 2 } });
    expect(reasonOf(full.breaker)).toBe("concurrency");
  });

  it("a refused call that finds nobody served holds, as without pacing", () => {
    const breaker = createBreaker({ clock: manualClock() });
    for (let i = 0; i < 5; i++) breaker.tryAcquire()?.success();
    breaker.tryAcquire()?.failure(tooMany());
    expect(reasonOf(breaker)).toBe("rate-limited");
  });

  it("takes an open stream for proof that others are served, and one that has ended for none", () => {
    for (const end of ["success", "ignore", null] as const) {
      const breaker = createBreaker({ clock: manualClock() });
      const stream = breaker.tryAcquire();
      (stream as unknown as Admission).contentArrived(START_MS);
      const refused = breaker.tryAcquire();
      if (end !== null) stream?.[end]();
      breaker.tryAcquire()?.failure(tooMany());
      expect(reasonOf(breaker)).toBe(end === null ? null : "rate-limited");
      refused?.ignore();
    }
  });

  it("is of the record that a hold would be of: a credential's limit paces no other credential", async () => {
    const clock = manualClock();
    const recloser = createRecloser({ clock });
    const of = (credential: string): Breaker => recloser.breaker({ provider: "openai", model: "m", credential });
    const [a, b] = [of("a"), of("b")];
    await limitOn(a, clock);
    a.tryAcquire();
    expect(reasonOf(a)).toBe("paced");
    expect(reasonOf(b)).toBeNull();
    expect(a.snapshot().records.map((record) => record.pace !== null)).toContain(true);
    expect(a.snapshot().records[0]?.pace).toBeNull();
  });
});
