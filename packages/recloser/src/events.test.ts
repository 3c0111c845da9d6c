import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, expect, it } from "vitest";
import type { Breaker } from "./api.ts";
import { ShedError } from "./errors.ts";
import { Emitter, type RecloserEvents, type TransitionEvent } from "./events.ts";
import type { PolicyOptions } from "./policy.ts";
import { createBreaker, createRecloser } from "./recloser.ts";
import { memoryStore } from "./store/memory.ts";
import { type ManualClock, manualClock } from "./testing/manual-clock.ts";

const hold: RecloserEvents["hold"] = { key: "k", kind: "auth", untilMs: 2, step: 1, atMs: 1 };

describe("listeners", () => {
  it("are told in the order they came, until they are disposed of", () => {
    const emitter = new Emitter();
    const heard: string[] = [];
    const first = emitter.on("hold", () => heard.push("first"));
    emitter.on("hold", () => heard.push("second"));
    emitter.emit("hold", hold);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    emitter.emit("hold", hold);
    emitter.emit("store", { mode: "local", error: null, atMs: 1 });
    expect(heard).toEqual(["first", "second", "second"]);
  });

  it("are told once when they ask for it, even if they cause the same event", () => {
    const emitter = new Emitter();
    let heard = 0;
    const listener = (): void => {
      heard++;
      emitter.emit("hold", hold);
    };
    emitter.on("hold", listener, { once: true });
    emitter.emit("hold", hold);
    emitter.emit("hold", hold);
    expect([heard, emitter.has("hold")]).toEqual([1, false]);
  });

  it("end with their signal, and leave nothing on it", () => {
    const emitter = new Emitter();
    const controller = new AbortController();
    const { signal } = controller;
    let heard = 0;
    emitter.on("hold", () => heard++, { signal });
    const disposed = emitter.on("hold", () => heard++, { signal });
    emitter.on("hold", () => heard++, { signal, once: true });
    disposed[Symbol.dispose]();
    emitter.emit("hold", hold);
    expect([heard, getEventListeners(signal, "abort").length]).toEqual([2, 1]);
    controller.abort();
    emitter.on("hold", () => heard++, { signal });
    emitter.emit("hold", hold);
    expect([heard, emitter.has("hold"), getEventListeners(signal, "abort").length]).toEqual([2, false, 0]);
  });

  it("may come and go while they are told: who was there is told, who comes is not", () => {
    const emitter = new Emitter();
    const heard: string[] = [];
    emitter.on(
      "hold",
      () => {
        heard.push("first");
        emitter.on("hold", () => heard.push("new"));
      },
      { once: true },
    );
    emitter.on("hold", () => heard.push("second"));
    emitter.emit("hold", hold);
    expect(heard).toEqual(["first", "second"]);
  });

  it("that throw or reject disturb nobody and are warned of once", async () => {
    const emitter = new Emitter();
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on("warning", onWarning);
    const unhandled: unknown[] = [];
    const onUnhandled = (error: unknown): void => void unhandled.push(error);
    process.on("unhandledRejection", onUnhandled);
    let heard = 0;
    emitter.on("would-reject", () => {
      throw new Error("listener");
    });
    const rejects: () => unknown = () => Promise.reject(new Error("listener"));
    emitter.on("would-reject", rejects);
    emitter.on("would-reject", () => heard++);
    const event = { key: "k", reason: "concurrency", error: new ShedError("k", 1), inFlight: false, atMs: 1 } as const;
    for (let i = 0; i < 5; i++) emitter.emit("would-reject", event);
    await manualClock().advance(0);
    process.off("warning", onWarning);
    process.off("unhandledRejection", onUnhandled);
    expect(unhandled).toEqual([]);
    expect(heard).toBe(5);
    const codes = warnings.map((warning) => (warning as { code?: string }).code);
    expect(codes).toEqual(["RECLOSER_LISTENER_THREW"]);
  });
});

const options: PolicyOptions = { failureThreshold: 1, cooldown: { initial: 1_000, jitter: 0 }, ramp: false };

function watched(breaker: Breaker): { steps: string[]; transitions: TransitionEvent[]; others: string[] } {
  const seen = { steps: [] as string[], transitions: [] as TransitionEvent[], others: [] as string[] };
  breaker.on("transition", (event) => {
    seen.transitions.push(event);
    seen.steps.push(`${event.from} > ${event.to} (${event.reason})`);
  });
  breaker.on("probe", ({ result, durationMs }) => seen.others.push(`probe ${result} ${durationMs}`));
  breaker.on("rejected", ({ reason, inFlight }) =>
    seen.others.push(`rejected ${reason}${inFlight ? " in flight" : ""}`),
  );
  breaker.on("override", ({ action, by, reason }) => seen.others.push(`${action} ${by} ${reason}`));
  return seen;
}

const fails = (breaker: Breaker): Promise<unknown> =>
  breaker.execute(() => Promise.reject(new Error("db down"))).catch((error: unknown) => error);

describe("what a breaker tells", () => {
  const setUp = (): { clock: ManualClock; breaker: Breaker } => {
    const clock = manualClock({ startMs: 0 });
    return { clock, breaker: createBreaker({ name: "db", clock, ...options }) };
  };

  it("is each step of its circuit once, with reason, generation, cooldown, instant and evidence", async () => {
    const { clock, breaker } = setUp();
    const seen = watched(breaker);
    await fails(breaker);
    await clock.advance(1_000);
    await fails(breaker);
    await clock.advance(2_000);
    expect(await breaker.execute(() => "well")).toBe("well");
    expect(seen.steps).toEqual([
      "closed > open (failure-threshold)",
      "open > half-open (claimed)",
      "half-open > open (probe-failed)",
      "open > half-open (claimed)",
      "half-open > closed (probe-passed)",
    ]);
    expect(seen.transitions.map(({ generation }) => generation)).toEqual([1, 1, 2, 2, 3]);
    expect(seen.transitions.map(({ cooldownMs }) => cooldownMs)).toEqual([1_000, null, 2_000, null, null]);
    expect(seen.transitions.map(({ atMs }) => atMs)).toEqual([0, 1_000, 1_000, 3_000, 3_000]);
    expect(seen.transitions[0]).toMatchObject({ key: "db", by: "local", origin: "local" });
    expect(seen.transitions[0]?.evidence?.summary).toBe("1 of 1 calls failed in 30 s: 1 unknown");
    expect(seen.others).toEqual(["probe failed 0", "probe passed 0"]);
  });

  it("is a lost probe, a void one, and what operators did and why", async () => {
    const { clock, breaker } = setUp();
    await fails(breaker);
    await clock.advance(1_000);
    const seen = watched(breaker);
    await breaker.acquire();
    await clock.advance(10_000);
    const permit = await breaker.acquire();
    permit.ignore();
    await breaker.forceOpen({ by: "ann", reason: "drill" });
    await fails(breaker);
    await breaker.clearOverride({ by: "bob" });
    await breaker.reset({ by: "eve", reason: "fixed" });
    expect(seen.steps).toEqual(["open > half-open (claimed)", "half-open > closed (reset)"]);
    expect(seen.transitions[1]?.by).toBe("eve");
    expect(seen.others).toEqual([
      ...["probe lost 10000", "probe void 0", "force-open ann drill", "rejected override", "clear bob null"],
      "reset eve fixed",
    ]);
  });

  it("is published on diagnostics_channel too, with no listener at all", async () => {
    const { breaker } = setUp();
    const published: unknown[] = [];
    const onMessage = (message: unknown): void => void published.push(message);
    subscribe("recloser:transition", onMessage);
    await fails(breaker);
    unsubscribe("recloser:transition", onMessage);
    expect(published).toMatchObject([{ key: "db", from: "closed", to: "open" }]);
  });
});

describe("two replicas on one store", () => {
  it("tell a step once each: local where it was made, shared where it was learnt", async () => {
    const clock = manualClock();
    const store = memoryStore();
    const [a, b] = ["a", "b"].map((replicaId) => createRecloser({ store, clock, replicaId, defaults: options }));
    const heard: string[] = [];
    a?.on("transition", ({ origin, by, to }) => heard.push(`a ${origin} ${by} ${to}`));
    b?.on("transition", ({ origin, by, to }) => heard.push(`b ${origin} ${by} ${to}`));
    await b?.breaker("k").execute(() => 1);
    const failing = a?.breaker("k") ?? assert.fail();
    await fails(failing);
    expect(heard.toSorted()).toEqual(["a local a open", "b shared a open"]);
  });
});
