/** What an attacker of the library found; each broke it once. */
import { getEventListeners } from "node:events";
import { CircuitOpenError, createBreaker, createRecloser, InvalidOptionError } from "recloser";
import { manualClock } from "recloser/testing";
import { describe, expect, test } from "vitest";

const down = (): never => {
  throw Object.assign(new Error("down"), { status: 503 });
};
const refused = (): never => {
  throw Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
};
const trips = {
  failureThreshold: 3,
  failureRate: false,
  consecutiveFailures: false,
  cooldown: { initial: "5s", max: "60s", jitter: 0 },
  ramp: false,
} as const;
const never = (): Promise<never> => new Promise(() => {});

async function times(count: number, call: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < count; i++) await call().catch(() => {});
}

describe("records", () => {
  test("errors of a provider's own paths open none of its models", async () => {
    const recloser = createRecloser({ clock: manualClock(), defaults: trips });
    await times(5, () => recloser.breaker({ provider: "p" }).execute(down));
    expect(recloser.breaker({ provider: "p" }).state).toBe("open");
    expect(await recloser.breaker({ provider: "p", model: "m" }).execute(() => "well")).toBe("well");
  });

  test("two credentials of one model share its policy, and other options for the second are refused", () => {
    const recloser = createRecloser({ policies: { "p:m": { failureThreshold: 4 } } });
    const a = recloser.breaker({ provider: "p", model: "m", credential: "a" }, { minimumCalls: 7 });
    const b = recloser.breaker({ provider: "p", model: "m", credential: "b" });
    for (const breaker of [a, b]) {
      expect(breaker.snapshot().policy).toMatchObject({ failureThreshold: 4, minimumCalls: 7 });
    }
    expect(() => recloser.breaker({ provider: "p", model: "m", credential: "c" }, { minimumCalls: 8 })).toThrow(
      InvalidOptionError,
    );
  });

  test("a change of policies reaches a breaker with a credential by its record", () => {
    const recloser = createRecloser({ policies: { "p:m": { failureThreshold: 4 } } });
    const breaker = recloser.breaker({ provider: "p", model: "m", credential: "team" });
    recloser.configure({ policies: { "other:*": { minimumCalls: 3 } } });
    expect(breaker.snapshot().policy.failureThreshold).toBe(4);
  });

  test("options for a record that has a breaker without any are refused, not ignored", () => {
    const recloser = createRecloser();
    recloser.breaker("p:m");
    expect(() => recloser.breaker({ provider: "p", model: "m" }, { failureThreshold: 2 })).toThrow(InvalidOptionError);
    recloser.breaker("q", { failureThreshold: 3 });
    expect(recloser.breaker({ provider: "q" }, { failureThreshold: 5 }).snapshot().policy.failureThreshold).toBe(5);
  });

  test("a record in use keeps its policy when the breaker that brought it is not asked any more", async () => {
    const recloser = createRecloser({ maxBreakers: 2 });
    const key = { provider: "p", model: "m" };
    recloser.breaker(key, { failureThreshold: 7 });
    const c = recloser.breaker({ ...key, credential: "c" });
    for (let i = 0; i < 5; i++) {
      await c.execute(() => i);
      recloser.breaker(`other-${i}`);
    }
    const d = recloser.breaker({ ...key, credential: "d" });
    expect([c, d].map((breaker) => breaker.snapshot().policy.failureThreshold)).toEqual([7, 7]);
  });

  test("any answer proves that a provider can be reached, a refusal of the request too", async () => {
    const clock = manualClock();
    const recloser = createRecloser({ clock, defaults: trips });
    const [a, b] = ["a", "b"].map((model) => recloser.breaker({ provider: "p", model }));
    await times(3, () => a!.execute(refused));
    expect(b!.state).toBe("open");
    await clock.advance(5_000);
    await times(1, () =>
      b!.execute(() => {
        throw Object.assign(new Error("no such model"), { status: 404 });
      }),
    );
    expect(b!.state).toBe("closed");
  });

  test("a ladder is not forgotten by eviction while it runs", async () => {
    const clock = manualClock();
    const recloser = createRecloser({ clock, maxBreakers: 2, defaults: trips });
    const cooldowns: (number | null)[] = [];
    recloser.on("transition", ({ to, cooldownMs }) => void (to === "open" && cooldowns.push(cooldownMs)));
    for (let round = 0; round < 3; round++) {
      await times(3, () => recloser.breaker("k").execute(down));
      await clock.advance(5_000 * 2 ** round);
      await recloser.breaker("k").execute(() => "well");
      for (let i = 0; i < 8; i++) await recloser.breaker(`other-${round}-${i}`).execute(() => i);
    }
    expect(cooldowns).toEqual([5_000, 10_000, 20_000]);
  });
});

describe("evidence", () => {
  test("a streak whose failures have left the window is over", async () => {
    const clock = manualClock();
    const breaker = createBreaker({ ...trips, clock, failureThreshold: false, consecutiveFailures: 3, window: "30s" });
    await times(2, () => breaker.execute(down));
    await clock.advance(3_600_000);
    await times(1, () => breaker.execute(down));
    expect(breaker.state).toBe("closed");
  });

  test("calls begun before a switch to mode off count no more", async () => {
    const clock = manualClock();
    const recloser = createRecloser({ clock, defaults: trips });
    const breaker = recloser.breaker("k");
    const fail: (() => void)[] = [];
    const calls = [1, 2, 3].map(() =>
      breaker.execute(() => new Promise((_, reject) => fail.push(() => reject(new Error("late"))))).catch(() => {}),
    );
    recloser.configure({ defaults: { mode: "off" } });
    for (const one of fail) one();
    await Promise.all(calls);
    expect(breaker.state).toBe("closed");
  });
});

describe("calls in flight", () => {
  test("are not taken away by a trip beneath forceClosed", async () => {
    const clock = manualClock();
    const breaker = createBreaker({ ...trips, clock });
    await breaker.forceClosed({ by: "ops", reason: "drill" });
    await times(1, () => breaker.execute(down));
    let ended = false;
    void breaker.execute(never).finally(() => (ended = true));
    await times(3, () => breaker.execute(down));
    await clock.advance(0);
    expect([breaker.snapshot().state, ended]).toEqual(["open", false]);
  });

  test("leave the ramp when an operator starts a new round", async () => {
    const clock = manualClock();
    const breaker = createBreaker({ ...trips, clock, ramp: { from: 1 }, silence: false });
    await times(3, () => breaker.execute(down));
    await clock.advance(5_000);
    await breaker.execute(() => "probe");
    void breaker.execute(never);
    expect(breaker.tryAcquire()).toBeNull();
    await breaker.forceClosed({ by: "ops", reason: "drill" });
    await breaker.clearOverride({ by: "ops" });
    expect(breaker.tryAcquire()).not.toBeNull();
  });

  test("share one listener on a signal that they share, and leave none behind", async () => {
    const breaker = createBreaker();
    const { signal } = new AbortController();
    const end: (() => void)[] = [];
    const calls = Array.from({ length: 50 }, () =>
      breaker.execute(() => new Promise<void>((resolve) => end.push(resolve)), { signal }),
    );
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    for (const one of end) one();
    await Promise.all(calls);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  test("are not even begun when a listener of the claim aborts them", async () => {
    const clock = manualClock();
    const breaker = createBreaker({ ...trips, clock });
    await times(3, () => breaker.execute(down));
    await clock.advance(5_000);
    const caller = new AbortController();
    breaker.on("transition", () => caller.abort(new Error("enough")), { once: true });
    let begun = false;
    await expect(breaker.execute(() => (begun = true), { signal: caller.signal })).rejects.toThrow("enough");
    expect([begun, breaker.state]).toEqual([false, "half-open"]);
  });

  test("in observe mode are not ended by the probe's time", async () => {
    const clock = manualClock();
    const breaker = createBreaker({ ...trips, clock, mode: "observe", probe: { timeout: "1s" } });
    await times(3, () => breaker.execute(down));
    await clock.advance(5_000);
    const slow = breaker.execute(() => clock.sleep(4_000).then(() => "slow but well"));
    await clock.advance(4_000);
    expect(await slow).toBe("slow but well");
  });
});

describe("streams", () => {
  const marked = { isEnd: (chunk: unknown) => chunk === "end" };

  test("left at their end marker are whole: a probe that is one closes the circuit", async () => {
    const clock = manualClock();
    const breaker = createBreaker({ ...trips, clock, probe: { settleOn: "complete" } });
    await times(3, () => breaker.execute(down));
    await clock.advance(5_000);
    const stream = breaker.stream(async function* () {
      yield "a";
      yield "end";
      await never();
    }, marked);
    for await (const chunk of stream) if (chunk === "end") break;
    expect(breaker.state).toBe("closed");
  });

  test("that break behind their end marker lose nothing", async () => {
    const breaker = createBreaker({ ...trips, failureThreshold: 1 });
    const stream = breaker.stream(async function* () {
      yield "a";
      yield "end";
      throw new Error("connection reset");
    }, marked);
    const got: unknown[] = [];
    for await (const chunk of stream) got.push(chunk);
    expect([got, breaker.state]).toEqual([["a", "end"], "closed"]);
  });

  test("that hang behind their end marker end whole at a deadline", async () => {
    const clock = manualClock();
    const breaker = createBreaker({ ...trips, clock, failureThreshold: 1 });
    const stream = breaker.stream(
      async function* () {
        yield "a";
        yield "end";
        await never();
      },
      { ...marked, idle: 100 },
    );
    const got: unknown[] = [];
    const read = (async () => {
      for await (const chunk of stream) got.push(chunk);
    })();
    await clock.advance(200);
    await read;
    expect([got, breaker.state]).toEqual([["a", "end"], "closed"]);
  });

  test("whose caller was gone before the first read ask no fallback", async () => {
    const stream = createBreaker().stream(async function* () {}, {
      signal: AbortSignal.abort(new Error("gone")),
      fallback: () => ["instead"],
    });
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toThrow("gone");
  });

  test("that are none say so", async () => {
    const stream = createBreaker().stream(() => ({ id: "chatcmpl" }) as never);
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toThrow("stream: true");
  });
});

describe("hostile values", () => {
  test("a revoked Proxy is an error like any other, with a fallback too", async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const error = Object.assign(new Error("wrapped"), { cause: proxy });
    expect(CircuitOpenError.is(error)).toBe(false);
    const answer = createBreaker().execute(() => Promise.reject(error), { fallback: () => "instead" });
    expect(await answer).toBe("instead");
  });

  test("an abort reason whose name throws ends the call with that reason", async () => {
    const reason = {
      get name(): string {
        throw new Error("who asks?");
      },
    };
    const caller = new AbortController();
    const call = createBreaker().execute(never, { signal: caller.signal });
    caller.abort(reason);
    await expect(call).rejects.toBe(reason);
  });
});
