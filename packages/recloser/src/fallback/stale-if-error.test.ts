import { getEventListeners } from "node:events";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { Breaker } from "../api.ts";
import { CircuitOpenError } from "../errors.ts";
import { createBreaker } from "../recloser.ts";
import { type ManualClock, manualClock } from "../testing/manual-clock.ts";
import type { AnswerStore, CacheFault } from "./answer-store.ts";
import { type Answer, type StaleIfError, staleIfError } from "./stale-if-error.ts";
import type { StaleIfErrorOptions } from "./stale-options.ts";

interface Rig {
  readonly clock: ManualClock;
  readonly breaker: Breaker;
  readonly store: Map<string, unknown>;
  readonly answers: StaleIfError<string, unknown>;
  readonly faults: CacheFault[];
}

function rig(options: Partial<StaleIfErrorOptions<string, unknown>> = {}): Rig {
  const clock = manualClock();
  const breaker = createBreaker({ name: "search", clock, failureThreshold: 3, cooldown: { initial: "1h", max: "1h" } });
  const store = new Map<string, unknown>();
  const faults: CacheFault[] = [];
  const answers = staleIfError<string, unknown>({
    ...{ store, ttl: "1h", clock, onFault: (fault) => faults.push(fault) },
    ...options,
  });
  return { clock, breaker, store, answers, faults };
}

const down = (): Promise<never> => Promise.reject(Object.assign(new Error("down"), { status: 503 }));
const fresh = (value: unknown): Answer<unknown> => ({ value, stale: false, from: "call", ageMs: 0, error: null });

describe("A kept answer", () => {
  it("stands for a failure, a rejection and a deadline, and says so and how old it is", async () => {
    const { clock, breaker, answers } = rig();
    expect(await answers.execute(breaker, "q", async () => ["hit"])).toEqual(fresh(["hit"]));
    await clock.advance(1_000);
    const failed = await answers.execute(breaker, "q", down);
    expect(failed).toMatchObject({ value: ["hit"], stale: true, from: "store", ageMs: 1_000, error: { status: 503 } });
    const late = answers.execute(breaker, "q", () => new Promise(() => {}), { timeout: 500 });
    await clock.advance(500);
    expect(await late).toMatchObject({ stale: true, ageMs: 1_500, error: { code: "ERR_CALL_TIMEOUT" } });
    await breaker.forceOpen({ by: "test", reason: "x" });
    const rejected = await answers.execute(breaker, "q", down);
    expect(rejected.stale && CircuitOpenError.is(rejected.error)).toBe(true);
  });

  it("does not stand for a caller's mistake, a cancellation or filtered content, which reject as they came", async () => {
    const { breaker, answers } = rig();
    await answers.execute(breaker, "q", async () => "kept");
    const mistake = Object.assign(new Error("bad"), { status: 400 });
    await expect(answers.execute(breaker, "q", () => Promise.reject(mistake))).rejects.toBe(mistake);
    const reason = new Error("changed my mind");
    const signal = AbortSignal.abort(reason);
    await expect(answers.execute(breaker, "q", async () => "new", { signal })).rejects.toBe(reason);
  });

  it("is of its own key and namespace only", async () => {
    const { breaker, answers, store, clock } = rig();
    await answers.execute(breaker, "q", async () => "kept");
    await expect(answers.execute(breaker, "other", down)).rejects.toThrow("down");
    const beside = staleIfError<string, unknown>({ store, ttl: "1h", clock, namespace: "beside" });
    await expect(beside.execute(breaker, "q", down)).rejects.toThrow("down");
  });

  it("is none beyond its time to live, also where the store keeps it", async () => {
    const { clock, breaker, answers, store } = rig({ ttl: 1_000 });
    await answers.execute(breaker, "q", async () => "kept");
    await clock.advance(1_000);
    expect(await answers.execute(breaker, "q", down)).toMatchObject({ stale: true, ageMs: 1_000 });
    await clock.advance(1);
    await expect(answers.execute(breaker, "q", down)).rejects.toThrow("down");
    expect(store.size).toBe(1);
  });

  it("comes before the caller's own fallback, which has the word where nothing is kept", async () => {
    const { breaker, answers } = rig();
    const fallback = (_error: unknown, info: { open: unknown }): string => (info.open === null ? "failed" : "open");
    expect(await answers.execute(breaker, "q", down, { fallback })).toBe("failed");
    await answers.execute(breaker, "q", async () => "kept");
    expect(await answers.execute(breaker, "q", down, { fallback })).toMatchObject({ value: "kept", stale: true });
    await breaker.forceOpen({ by: "test", reason: "x" });
    expect(await answers.execute(breaker, "other", down, { fallback })).toBe("open");
    const second = new Error("second");
    const failing = answers.execute(breaker, "other", down, { fallback: () => Promise.reject(second) });
    await expect(failing).rejects.toBe(second);
    expect(CircuitOpenError.is(second.cause)).toBe(true);
  });

  it("is what a parser makes of it, and none where that throws", async () => {
    const { breaker, answers, faults } = rig({
      parse: (kept) => {
        if (typeof kept !== "string") throw new TypeError("another version's");
        return kept.toUpperCase();
      },
    });
    await answers.execute(breaker, "q", async () => "kept");
    expect(await answers.execute(breaker, "q", down)).toMatchObject({ value: "KEPT" });
    await answers.execute(breaker, "q", async () => 1);
    await expect(answers.execute(breaker, "q", down)).rejects.toThrow("down");
    expect(faults.map(({ kind }) => kind)).toEqual(["threw"]);
  });
});

describe("What is kept", () => {
  it("is no error, nothing filtered, nothing a classifier calls a failure, and nothing that `keep` refuses", async () => {
    const { breaker, answers, store } = rig({ keep: (value) => value !== "empty" });
    const filtered = { choices: [{ finish_reason: "content_filter" }] };
    await answers.execute(breaker, "q", async () => filtered);
    await answers.execute(breaker, "q", async () => "empty");
    await answers.execute(breaker, "q", async () => "bad", {
      classify: ({ result }) => (result === "bad" ? "server-error" : undefined),
    });
    await expect(answers.execute(breaker, "q", down)).rejects.toThrow("down");
    expect(store.size).toBe(0);
  });

  it("shows nothing of the request in its key, and is found by an equal request whatever its fields' order", async () => {
    const clock = manualClock();
    const breaker = createBreaker({ name: "search", clock });
    const store = new Map<string, unknown>();
    const answers = staleIfError<{ user: string; q: string }, string>({ store, ttl: "1h", clock });
    await answers.execute(breaker, { user: "secret", q: "x" }, async () => "kept");
    expect([...store.keys()]).toEqual([expect.stringMatching(/^recloser:stale:[0-9a-f]{64}$/)]);
    expect(await answers.execute(breaker, { q: "x", user: "secret" }, down)).toMatchObject({ value: "kept" });
    await expect(answers.execute(breaker, { q: "x", user: "other" }, down)).rejects.toThrow("down");
  });

  it("keeps a text and a list that looks like its JSON apart", async () => {
    const { breaker, answers } = rig({ key: (request) => (request === "list" ? ["a"] : request) });
    await answers.execute(breaker, '["a"]', async () => "of the text");
    await expect(answers.execute(breaker, "list", down)).rejects.toThrow("down");
  });

  it("is what JSON can hold: anything else is given to its caller and told with its place", async () => {
    const { breaker, answers, store, faults } = rig();
    const value = { hits: [{ at: new Date(0) }] };
    expect((await answers.execute(breaker, "q", async () => value)).value).toBe(value);
    expect(faults).toEqual([
      { kind: "not-json", error: new TypeError("value.hits[0].at: expected what JSON can hold; found a Date") },
    ]);
    expect(store.size).toBe(0);
  });

  it("has a bound of bytes and of entries", async () => {
    const { breaker, answers, store, faults } = rig({ maxEntries: 2, maxBytes: 100 });
    await answers.execute(breaker, "long", async () => "ä".repeat(40));
    expect(faults.map(({ kind }) => kind)).toEqual(["too-large"]);
    for (const q of ["a", "b", "c"]) await answers.execute(breaker, q, async () => q);
    expect(store.size).toBe(2);
    await expect(answers.execute(breaker, "a", down)).rejects.toThrow("down");
    expect(await answers.execute(breaker, "c", down)).toMatchObject({ value: "c", stale: true });
  });
});

describe("Callers of one key", () => {
  it("share one call, and what it comes to", async () => {
    const { clock, breaker, answers } = rig();
    let calls = 0;
    let answer: (value: string) => void = () => {};
    const ask = (): Promise<Answer<unknown>> =>
      answers.execute(breaker, "q", () => {
        calls++;
        return new Promise<string>((resolve) => (answer = resolve));
      });
    const asked = [ask(), ask(), ask()];
    await clock.advance(0);
    answer("one");
    expect((await Promise.all(asked)).map(({ value }) => value)).toEqual(["one", "one", "one"]);
    expect(calls).toBe(1);
    await Promise.all([ask(), clock.advance(0).then(() => answer("two"))]);
    expect(calls).toBe(2);
  });

  it("leave at once also where the call itself sends them away", async () => {
    const { answers, breaker } = rig();
    const caller = new AbortController();
    const asked = answers.execute(
      breaker,
      "q",
      () => {
        caller.abort("enough");
        return new Promise(() => {});
      },
      { signal: caller.signal },
    );
    await expect(asked).rejects.toBe("enough");
    expect(breaker.snapshot().inFlight).toBe(0);
    expect(getEventListeners(caller.signal, "abort")).toEqual([]);
  });

  it("leave by themselves: the call goes on for the others, and is aborted with the last", async () => {
    const { clock, breaker, answers } = rig();
    let seen: AbortSignal | null = null;
    const hang = ({ signal }: { signal: AbortSignal }): Promise<never> => {
      seen = signal;
      return new Promise(() => {});
    };
    const [first, second] = [new AbortController(), new AbortController()];
    const asked = [first, second].map(({ signal }) => answers.execute(breaker, "q", hang, { signal }));
    const ends = Promise.allSettled(asked);
    await clock.advance(0);
    first.abort("first");
    await clock.advance(0);
    expect(seen).toMatchObject({ aborted: false });
    second.abort("second");
    expect(await ends).toMatchObject([{ reason: "first" }, { reason: "second" }]);
    expect(seen).toMatchObject({ aborted: true, reason: "second" });
    expect([first, second].map(({ signal }) => getEventListeners(signal, "abort").length)).toEqual([0, 0]);
    expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { failures: 0 } });
    // The key is free again at once.
    expect(await answers.execute(breaker, "q", async () => "new")).toEqual(fresh("new"));
  });

  it("have each their own fallback for the call they share", async () => {
    const { breaker, answers } = rig();
    const [one, two, none] = await Promise.allSettled([
      answers.execute(breaker, "q", down, { fallback: () => 1 }),
      answers.execute(breaker, "q", down, { fallback: () => 2 }),
      answers.execute(breaker, "q", down),
    ]);
    expect([one, two]).toMatchObject([{ value: 1 }, { value: 2 }]);
    expect(none).toMatchObject({ reason: { status: 503 } });
    expect(breaker.snapshot().window.failures).toBe(1);
  });
});

describe("A fresh answer", () => {
  it("is given without a call until it is `freshFor` old", async () => {
    const { clock, breaker, answers } = rig({ freshFor: 1_000 });
    await answers.execute(breaker, "q", async () => "kept");
    await clock.advance(1_000);
    const known = await answers.execute(breaker, "q", down);
    expect(known).toEqual({ value: "kept", stale: false, from: "store", ageMs: 1_000, error: null });
    await clock.advance(1);
    expect(await answers.execute(breaker, "q", async () => "new")).toEqual(fresh("new"));
  });

  it("is fetched behind the back of those who get the old one, once for all of them", async () => {
    const { clock, breaker, answers } = rig({ freshFor: 1_000, staleWhileRevalidate: 1_000 });
    await answers.execute(breaker, "q", async () => "old");
    await clock.advance(1_500);
    let calls = 0;
    const ask = (): Promise<Answer<unknown>> => answers.execute(breaker, "q", async () => `new ${++calls}`);
    const [one, two] = await Promise.all([ask(), ask()]);
    expect(one).toEqual({ value: "old", stale: true, from: "store", ageMs: 1_500, error: null });
    expect(two).toMatchObject({ value: "old", stale: true });
    await clock.advance(0);
    expect(await ask()).toMatchObject({ value: "new 1", stale: false, from: "store" });
    expect(calls).toBe(1);
  });

  it("that cannot be fetched leaves the old one to the next", async () => {
    const { clock, breaker, answers } = rig({ freshFor: 1_000, staleWhileRevalidate: 1_000 });
    await answers.execute(breaker, "q", async () => "old");
    await clock.advance(1_500);
    await answers.execute(breaker, "q", down);
    await clock.advance(0);
    expect(await answers.execute(breaker, "q", down)).toMatchObject({ value: "old", stale: true, error: null });
    await clock.advance(1_000);
    expect(await answers.execute(breaker, "q", down)).toMatchObject({ value: "old", error: { status: 503 } });
  });
});

describe("A store", () => {
  const hung: AnswerStore = { get: () => new Promise(() => {}), set: () => new Promise(() => {}) };
  const broken: AnswerStore = {
    get: () => {
      throw new TypeError("no store");
    },
    set: () => Promise.reject(new Error("no store")),
  };

  it("that hangs delays a call that reads it by its time, and one that writes it not at all", async () => {
    const { clock, breaker, answers, faults } = rig({ store: hung, freshFor: 1_000, storeTimeout: 50 });
    const asked = answers.execute(breaker, "q", async () => "answer");
    await clock.advance(49);
    expect(breaker.snapshot().window.calls).toBe(0);
    await clock.advance(1);
    expect(await asked).toEqual(fresh("answer"));
    await clock.advance(50);
    expect(faults.map(({ kind }) => kind)).toEqual(["read", "write"]);
  });

  it("that hangs is asked no more for a while, and costs nothing then", async () => {
    const { clock, breaker, answers } = rig({ store: hung, freshFor: 1_000 });
    for (let i = 0; i < 3; i++) await Promise.all([answers.execute(breaker, `${i}`, async () => i), clock.advance(50)]);
    await clock.advance(50);
    const beforeMs = clock.now();
    expect(await answers.execute(breaker, "q", async () => "answer")).toEqual(fresh("answer"));
    expect(clock.now()).toBe(beforeMs);
  });

  it("that throws fails no call, and the call's own error comes through", async () => {
    const { breaker, answers, faults } = rig({ store: broken, freshFor: 1_000 });
    expect(await answers.execute(breaker, "q", async () => "answer")).toEqual(fresh("answer"));
    await expect(answers.execute(breaker, "q", down)).rejects.toThrow("down");
    expect(faults.map(({ kind }) => kind)).toEqual(["read", "write", "read", "read"]);
  });

  it("that holds something else under the key has no answer", async () => {
    const { breaker, answers, store, faults } = rig();
    await answers.execute(breaker, "q", async () => "kept");
    for (const other of ["junk", '{"v":2}', 7, { v: 1 }]) {
      for (const key of store.keys()) store.set(key, other);
      await expect(answers.execute(breaker, "q", down)).rejects.toThrow("down");
      await breaker.reset({ by: "test" });
    }
    expect(faults.map(({ kind }) => kind)).toEqual(["unreadable", "unreadable", "unreadable", "unreadable"]);
  });
});

describe("The options of staleIfError", () => {
  it.each<[object, string]>([
    [{ store: {}, ttl: 1 }, "store: expected a store with get(key) and set(key, value, ttlMs)"],
    [{ store: new Map() }, "ttl: expected a duration"],
    [
      { store: new Map(), ttl: "1s", freshFor: "2s" },
      "ttl: expected at least freshFor and staleWhileRevalidate together",
    ],
    [{ store: new Map(), ttl: "1s", maxEntries: 0 }, "maxEntries: expected a whole number of at least 1"],
    [{ store: new Map(), ttl: "1s", keep: true }, "keep: expected a function"],
    [{ store: new Map(), ttl: "1s", stale: 1 }, "stale: expected one of the options known here"],
  ])("%o are refused by name", (options, says) => {
    expect(() => staleIfError(options as never)).toThrow(says);
  });

  it("type the answer", () => {
    const { breaker } = rig();
    const answers = staleIfError<string, number>({ store: new Map(), ttl: "1h" });
    expectTypeOf(answers.execute(breaker, "q", async () => 1)).resolves.toEqualTypeOf<Answer<number>>();
    expectTypeOf(
      answers.execute(breaker, "q", async () => 1, { fallback: () => null }),
    ).resolves.toEqualTypeOf<Answer<number> | null>();
    expectTypeOf<Extract<Answer<number>, { stale: true }>["error"]>().toEqualTypeOf<unknown>();
  });
});
