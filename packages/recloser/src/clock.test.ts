import { getEventListeners } from "node:events";
import { stat } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { createAlarm, recently, systemClock } from "./clock.ts";
import { manualClock } from "./testing/manual-clock.ts";

function block(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}

describe("the system clock", () => {
  it("tells epoch milliseconds and never runs backwards", () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(5_000);
    let beforeMs = systemClock.now();
    for (let i = 0; i < 10_000; i++) {
      const nowMs = systemClock.now();
      expect(nowMs >= beforeMs).toBe(true);
      beforeMs = nowMs;
    }
  });

  it("does not follow a step of the wall clock", () => {
    const beforeMs = systemClock.now();
    vi.useFakeTimers({ toFake: ["Date"], now: beforeMs - 3_600_000 });
    try {
      expect(Date.now()).toBeLessThan(beforeMs - 3_000_000);
      expect(systemClock.now() - beforeMs).toBeGreaterThanOrEqual(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it("sleeps, and rejects with the signal's own reason when aborted", async () => {
    const beforeMs = systemClock.now();
    await systemClock.sleep(3);
    expect(systemClock.now() - beforeMs).toBeGreaterThan(1);
    const reason = new Error("enough");
    await expect(systemClock.sleep(60_000, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const sleep = systemClock.sleep(60_000, { signal: controller.signal });
    controller.abort(reason);
    await expect(sleep).rejects.toBe(reason);
  });

  it("leaves no listener on a signal after sleeping", async () => {
    const { signal } = new AbortController();
    await Promise.all([systemClock.sleep(1, { signal }), systemClock.sleep(-5, { signal })]);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("sleeps long for a time longer than a timer can hold", async () => {
    const controller = new AbortController();
    let woke = false;
    const sleep = systemClock.sleep(1e12, { signal: controller.signal }).then(
      () => (woke = true),
      () => {},
    );
    await systemClock.sleep(5);
    expect(woke).toBe(false);
    controller.abort();
    await sleep;
  });
});

describe("an alarm on the system clock", () => {
  it("lets what has arrived be read first when it comes late, because the event loop was blocked", async () => {
    const order = await new Promise<string[]>((resolve) => {
      const events: string[] = [];
      const happened = (what: string): void => {
        if (events.push(what) === 2) resolve(events);
      };
      // From here the event loop goes to its timers first, and only then to what has arrived.
      setImmediate(() => {
        createAlarm(systemClock, () => happened("alarm")).set(1);
        stat(".", () => happened("arrived"));
        block(150);
      });
    });
    expect(order).toEqual(["arrived", "alarm"]);
  });

  it("rings once, for the last setting only, and not after it was cleared", async () => {
    let rang = 0;
    const alarm = createAlarm(systemClock, () => rang++);
    alarm.set(1);
    alarm.set(2);
    await systemClock.sleep(10);
    expect(rang).toBe(1);
    alarm.set(1);
    alarm.clear();
    alarm.set(1e12);
    await systemClock.sleep(10);
    alarm.clear();
    expect(rang).toBe(1);
  });
});

describe("an alarm on any other clock", () => {
  it("rings once, for the last setting only, and not after it was cleared", async () => {
    const clock = manualClock({ startMs: 0 });
    const rang: number[] = [];
    const alarm = createAlarm(clock, () => rang.push(clock.now()));
    alarm.set(100);
    alarm.set(40);
    expect(clock.sleeping).toBe(1);
    await clock.advance(200);
    alarm.set(100);
    alarm.clear();
    await clock.advance(200);
    alarm.set(-3);
    await clock.advance(0);
    expect(rang).toEqual([40, 400]);
    expect(clock.sleeping).toBe(0);
  });

  it.each([
    ["rejects", () => Promise.reject(new Error("broken clock"))],
    [
      "throws",
      () => {
        throw new Error("broken clock");
      },
    ],
    ["wakes at once", () => Promise.resolve()],
  ])("rings by the machine's timer where a clock's sleep %s", async (_, sleep) => {
    const setMs = performance.now();
    await new Promise<void>((resolve) => {
      createAlarm({ now: () => performance.now(), sleep }, resolve).set(5);
    });
    expect(performance.now() - setMs).toBeGreaterThanOrEqual(4);
  });
});

describe("recently", () => {
  it("asks any clock but the system's itself", async () => {
    const clock = manualClock();
    expect(recently(clock)).toBe(clock.now());
    await clock.advance(7);
    expect(recently(clock)).toBe(clock.now());
  });

  it("is the system clock's instant when nobody has asked for a while, and never ahead of it", () => {
    const before = systemClock.now();
    const first = recently(systemClock);
    expect(first).toBeLessThanOrEqual(systemClock.now());
    expect(recently(systemClock)).toBeGreaterThanOrEqual(Math.min(first, before));
    expect(recently(systemClock)).toBeLessThanOrEqual(systemClock.now());
  });
});
