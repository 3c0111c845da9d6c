import { describe, expect, it } from "vitest";
import { createBreaker, createRecloser } from "./recloser.ts";
import { memoryStore } from "./store/memory.ts";
import { manualClock } from "./testing/manual-clock.ts";

const down = (): never => {
  throw new Error("down");
};
const trips = { failureThreshold: 1, cooldown: { initial: "5s", jitter: 0 } } as const;

function counting(): { readonly probeWith: () => Promise<unknown>; count: number } {
  const probe = {
    count: 0,
    probeWith: () => {
      probe.count++;
      return Promise.resolve("well");
    },
  };
  return probe;
}

describe("a synthetic prober", () => {
  it("starts when the policy gets one while the circuit is open", async () => {
    const clock = manualClock();
    const recloser = createRecloser({ clock, defaults: trips });
    const breaker = recloser.breaker("k");
    await breaker.execute(down).catch(() => {});
    const probe = counting();
    recloser.configure({ defaults: { probeWith: probe.probeWith } });
    await clock.advance(5_000);
    expect([probe.count, breaker.state]).toEqual([1, "closed"]);
  });

  it("leaves probing to callers when the registry is closed", async () => {
    const clock = manualClock();
    const probe = counting();
    const recloser = createRecloser({ clock, defaults: { ...trips, probeWith: probe.probeWith } });
    const breaker = recloser.breaker("k");
    await breaker.execute(down).catch(() => {});
    await recloser.close();
    await clock.advance(60_000);
    expect(probe.count).toBe(0);
    expect(await breaker.execute(() => "well")).toBe("well");
    expect(breaker.state).toBe("closed");
  });

  it("of another registry on the same store keeps callers waiting only while it lives", async () => {
    const clock = manualClock();
    const store = memoryStore();
    const probing = createRecloser({ clock, store, defaults: { ...trips, probeWith: () => new Promise(() => {}) } });
    const plain = createRecloser({ clock, store, defaults: trips });
    await probing
      .breaker("k")
      .execute(down)
      .catch(() => {});
    await clock.advance(5_000);
    expect(plain.breaker("k").tryAcquire()).toBeNull();
    await probing.close();
    expect(plain.breaker("k").tryAcquire()?.kind).toBe("probe");
  });

  it("whose probe is under way does not come back after the registry was closed", async () => {
    const clock = manualClock();
    const fail: ((error: Error) => void)[] = [];
    const probeWith = (): Promise<never> => new Promise((_, reject) => fail.push(reject));
    const recloser = createRecloser({ clock, defaults: { ...trips, probeWith } });
    await recloser
      .breaker("k")
      .execute(down)
      .catch(() => {});
    await clock.advance(5_000);
    expect(fail).toHaveLength(1);
    await recloser.close();
    for (const reject of fail) reject(new Error("still down"));
    await clock.advance(600_000);
    expect(fail).toHaveLength(1);
  });

  it("waits for an override to expire, and then heals a circuit that nobody calls", async () => {
    const clock = manualClock();
    const probe = counting();
    const breaker = createBreaker({ clock, ...trips, probeWith: probe.probeWith });
    await breaker.execute(down).catch(() => {});
    await breaker.forceOpen({ by: "ops", reason: "drill", for: "1m" });
    await clock.advance(59_000);
    expect(probe.count).toBe(0);
    await clock.advance(2_000);
    expect([probe.count, breaker.state]).toEqual([1, "closed"]);
  });
});
