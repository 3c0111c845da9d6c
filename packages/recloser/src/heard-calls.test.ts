import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, expect, it } from "vitest";
import { callsAreHeard, type CallEvent, type FallbackEvent } from "./events.ts";
import { CircuitOpenError } from "./errors.ts";
import { createBreaker, createRecloser } from "./recloser.ts";
import { manualClock } from "./testing/manual-clock.ts";

const silent = (): Promise<never> => new Promise(() => {});

describe("the event of a call's end", () => {
  it("says as what it counted, how long it took and which try it was", async () => {
    const clock = manualClock();
    const breaker = createBreaker({ name: "search", clock, failureThreshold: 100 });
    const heard: CallEvent[] = [];
    using _listening = breaker.on("call", (event) => heard.push(event));
    const startedAtMs = clock.now();
    await breaker.execute(async () => {
      await clock.advance(30);
    });
    const failing = breaker.execute(() => Promise.reject(Object.assign(new Error("x"), { status: 503 })));
    await failing.catch(() => {});
    const caller = new AbortController();
    const left = breaker.execute(silent, { signal: caller.signal });
    caller.abort();
    await left.catch(() => {});
    const slow = breaker.execute(silent, { timeout: 50 });
    const ended = slow.catch(() => {});
    await clock.advance(50);
    await ended;
    const plain = { key: "search", probe: false, attempt: 1, firstContentMs: null };
    expect(heard).toEqual([
      { ...plain, outcome: "success", startedAtMs, durationMs: 30, atMs: startedAtMs + 30 },
      { ...plain, outcome: "overloaded", startedAtMs: startedAtMs + 30, durationMs: 0, atMs: startedAtMs + 30 },
      { ...plain, outcome: "cancelled", startedAtMs: startedAtMs + 30, durationMs: 0, atMs: startedAtMs + 30 },
      { ...plain, outcome: "timeout", startedAtMs: startedAtMs + 30, durationMs: 50, atMs: startedAtMs + 80 },
    ]);
  });

  it("comes once for each try, and none for a rejection", async () => {
    const clock = manualClock();
    const breaker = createBreaker({ clock, failureThreshold: 2 });
    const heard: string[] = [];
    using _listening = breaker.on("call", ({ attempt, outcome }) => heard.push(`${attempt} ${String(outcome)}`));
    const call = breaker.execute(() => Promise.reject(Object.assign(new Error("x"), { code: "ECONNREFUSED" })), {
      retry: { attempts: 2, initial: 10 },
    });
    void call.catch(() => {});
    await clock.advance(1_000);
    await call.catch(() => {});
    expect(breaker.state).toBe("open");
    await expect(breaker.execute(() => 1)).rejects.toThrow(CircuitOpenError);
    expect(heard).toEqual(["1 network", "2 network"]);
  });

  it("tells of a stream when its first content came", async () => {
    const clock = manualClock();
    const breaker = createBreaker({ clock });
    const heard: CallEvent[] = [];
    using _listening = breaker.on("call", (event) => heard.push(event));
    for await (const _ of breaker.stream(async function* () {
      await clock.advance(40);
      yield 1;
      await clock.advance(60);
      yield 2;
    }));
    expect(heard).toMatchObject([{ outcome: "success", firstContentMs: 40, durationMs: 100 }]);
  });

  it("says which call was the probe, and of a permit that was ignored that it came to nothing", async () => {
    const clock = manualClock();
    const breaker = createBreaker({ clock, failureThreshold: 1, cooldown: { initial: 100, jitter: 0 } });
    const heard: CallEvent[] = [];
    using _listening = breaker.on("call", (event) => heard.push(event));
    (await breaker.acquire()).failure(new Error("down"));
    await clock.advance(100);
    (await breaker.acquire()).success();
    const permit = await breaker.acquire();
    permit.ignore();
    permit.success();
    expect(heard.map(({ outcome, probe }) => [outcome, probe])).toEqual([
      ["unknown", false],
      ["success", true],
      [null, false],
    ]);
  });

  it("is told to the registry and on the channel too, and costs nothing once nobody listens", async () => {
    // What another test file has left listening in this process, it left before.
    const heardBefore = callsAreHeard();
    const recloser = createRecloser();
    const heard: string[] = [];
    const onMessage = (event: unknown): void => void heard.push(`channel ${(event as CallEvent).key}`);
    const listener = recloser.on("call", ({ key }) => heard.push(`registry ${key}`));
    subscribe("recloser:call", onMessage);
    await recloser.breaker("one").execute(() => 1);
    expect(heard).toEqual(["registry one", "channel one"]);
    listener[Symbol.dispose]();
    listener[Symbol.dispose]();
    expect(callsAreHeard()).toBe(true);
    unsubscribe("recloser:call", onMessage);
    expect(callsAreHeard()).toBe(heardBefore);
    await recloser.close();
  });
});

describe("the event of a fallback", () => {
  it("says what it stood in for, and whether its answer came", async () => {
    const clock = manualClock();
    const breaker = createBreaker({ clock, failureThreshold: 1 });
    const heard: FallbackEvent[] = [];
    breaker.on("fallback", (event) => heard.push(event));
    const fails = (): Promise<never> => Promise.reject(new Error("down"));
    const fallback = async (): Promise<string> => {
      await clock.advance(5);
      return "instead";
    };
    expect(await breaker.execute(fails, { fallback })).toBe("instead");
    expect(await breaker.execute(fails, { fallback })).toBe("instead");
    const both = breaker.execute(fails, {
      fallback: () => {
        throw new Error("too");
      },
    });
    await expect(both).rejects.toThrow("too");
    const chunks: unknown[] = [];
    for await (const chunk of breaker.stream(() => silent(), { fallback: () => ["a", "b"] })) chunks.push(chunk);
    expect(chunks).toEqual(["a", "b"]);
    expect(heard.map(({ outcome, result, durationMs }) => [outcome, result, durationMs])).toEqual([
      ["unknown", "answered", 5],
      [null, "answered", 5],
      [null, "failed", 0],
      [null, "answered", 0],
    ]);
  });
});
