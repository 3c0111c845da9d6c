import { getEventListeners } from "node:events";
import { describe, expect, expectTypeOf, it } from "vitest";
import { runChild } from "../../../../tests/support/child.ts";
import type { Breaker } from "../api.ts";
import { CircuitOpenError, ShedError } from "../errors.ts";
import type { PolicyOptions } from "../policy.ts";
import { createBreaker, createRecloser } from "../recloser.ts";
import { type ManualClock, manualClock } from "../testing/manual-clock.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { executeWhenClosed } from "./execute-when-closed.ts";
import { waitUntilClosed } from "./wait-until-closed.ts";
import { WaitingLine } from "./waiting-line.ts";

const policy: PolicyOptions = {
  failureThreshold: 3,
  consecutiveFailures: false,
  failureRate: false,
  shed: { adaptive: false },
  cooldown: { initial: 1_000, jitter: 0 },
};

function rig(options: PolicyOptions = {}): { clock: ManualClock; breaker: Breaker } {
  const clock = manualClock();
  return { clock, breaker: createBreaker({ name: "b", clock, random: seededRandom(1), ...policy, ...options }) };
}

const down = (): Promise<never> => Promise.reject(Object.assign(new Error("down"), { status: 503 }));

async function trip(breaker: Breaker): Promise<void> {
  for (let i = 0; i < 3; i++) await breaker.execute(down).catch(() => {});
  expect(breaker.state).toBe("open");
}

function countListeners(breaker: Breaker): { count: number } {
  const listeners = { count: 0 };
  const on = breaker.on.bind(breaker);
  breaker.on = (...listener) => {
    listeners.count++;
    const added = on(...listener);
    return {
      [Symbol.dispose]: () => {
        listeners.count--;
        added[Symbol.dispose]();
      },
    };
  };
  return listeners;
}

/** Notes when a wait ends, and how. */
function noted(clock: ManualClock, wait: Promise<unknown>): { end: string | null; atMs: number } {
  const note: { end: string | null; atMs: number } = { end: null, atMs: 0 };
  const ends = (end: string): void => {
    note.end = end;
    note.atMs = clock.now();
  };
  wait.then(
    () => ends("go"),
    (error: unknown) => ends(CircuitOpenError.from(error)?.reason ?? String(error)),
  );
  return note;
}

describe("A wait for a circuit", () => {
  it("is none where it is closed, observed or forced closed", async () => {
    const { breaker, clock } = rig();
    await expect(waitUntilClosed(breaker)).resolves.toBeUndefined();
    await trip(breaker);
    await breaker.forceClosed({ by: "test", reason: "x" });
    await waitUntilClosed(breaker);
    const observed = createBreaker({ name: "o", clock, ...policy, mode: "observe" });
    for (let i = 0; i < 3; i++) await observed.execute(down).catch(() => {});
    await waitUntilClosed(observed);
  });

  it("ends for one at the cooldown's end, and for the others only when its probe has passed, as many as the ramp admits", async () => {
    const { breaker, clock } = rig();
    await trip(breaker);
    let inFlight = 0;
    let most = 0;
    let made = 0;
    const finish: (() => void)[] = [];
    const call = (): Promise<string> => {
      made++;
      most = Math.max(most, ++inFlight);
      return new Promise((resolve) =>
        finish.push(() => {
          inFlight--;
          resolve("done");
        }),
      );
    };
    const rejected: string[] = [];
    breaker.on("rejected", ({ reason }) => rejected.push(reason));
    const answers = Promise.all(Array.from({ length: 100 }, () => executeWhenClosed(breaker, call, { maxWait: "5m" })));
    await clock.advance(900);
    expect(made).toBe(0);
    await clock.advance(1_100);
    expect([made, breaker.state]).toEqual([1, "half-open"]);
    await clock.advance(1_500);
    expect(made).toBe(1);
    const steps: number[] = [];
    for (let turns = 0; turns < 30; turns++) {
      for (const done of finish.splice(0)) done();
      await clock.advance(100);
      steps.push(inFlight);
      expect(inFlight).toBeLessThanOrEqual(breaker.snapshot().rampLimit ?? 100);
    }
    expect((await answers).length).toBe(100);
    expect(steps[0]).toBe(2);
    // They had their turn when there was a place: nobody was sent back but by the open circuit.
    expect(rejected.length).toBe(100);
  });

  it("goes on when the probe failed", async () => {
    const { breaker, clock } = rig();
    await trip(breaker);
    let down503 = true;
    const call = async (): Promise<string> => (down503 ? down() : "done");
    const waits = Array.from({ length: 5 }, () => noted(clock, executeWhenClosed(breaker, call, { maxWait: "5m" })));
    await clock.advance(1_200);
    expect(waits.map(({ end }) => end)).toEqual(["Error: down", null, null, null, null]);
    down503 = false;
    await clock.advance(10_000);
    expect(waits.filter(({ end }) => end === "go").length).toBe(4);
  });

  it("of a hold ends at its deadline, a little later and for one at first", async () => {
    const { breaker, clock } = rig();
    const limited = Object.assign(new Error("slow down"), { status: 429, headers: { "retry-after": "20" } });
    await breaker.execute(() => Promise.reject(limited)).catch(() => {});
    const beganMs = clock.now();
    const waits = Array.from({ length: 3 }, () => noted(clock, waitUntilClosed(breaker)));
    await clock.advance(19_999);
    expect(waits.every(({ end }) => end === null)).toBe(true);
    await clock.advance(2_000);
    const after = waits.map(({ atMs }) => atMs - beganMs).toSorted((a, b) => a - b);
    expect(after[0]).toBeGreaterThanOrEqual(20_000);
    expect(after[1]).toBeGreaterThan(after[0] as number);
  });

  it("of an operator's override ends when that is cleared or has run out", async () => {
    const { breaker, clock } = rig();
    await breaker.forceOpen({ by: "test", reason: "x" });
    const wait = noted(clock, waitUntilClosed(breaker, { maxWait: "1h" }));
    await clock.advance(120_000);
    expect(wait.end).toBe(null);
    await breaker.clearOverride({ by: "test" });
    await clock.advance(50);
    expect(wait.end).toBe("go");
    await breaker.forceOpen({ by: "test", reason: "x", for: "10s" });
    const other = noted(clock, waitUntilClosed(breaker, { maxWait: "1h" }));
    await clock.advance(9_999);
    expect(other.end).toBe(null);
    await clock.advance(1_500);
    expect(other.end).toBe("go");
  });

  it("rejects after maxWait with the rejection of that moment", async () => {
    const { breaker, clock } = rig({ cooldown: { initial: "60s", jitter: 0 } });
    await trip(breaker);
    const wait = waitUntilClosed(breaker, { maxWait: "20s" });
    const end = wait.catch((error: unknown) => error);
    await clock.advance(20_000);
    expect(await end).toMatchObject({
      code: "ERR_CIRCUIT_OPEN",
      key: "b",
      state: "open",
      reason: "open",
      retryAfterMs: 40_000,
    });
    expect(await end).toBeInstanceOf(CircuitOpenError);
    const held = noted(
      clock,
      executeWhenClosed(breaker, async () => 1, { maxWait: "10s", fallback: (error) => Promise.reject(error) }),
    );
    await clock.advance(10_000);
    expect(held.end).toBe("open");
  });

  it("is refused at once to one too many", async () => {
    const { breaker, clock } = rig();
    await trip(breaker);
    const waits = [1, 2, 3].map(() => noted(clock, waitUntilClosed(breaker, { maxWaiting: 2 })));
    await clock.advance(0);
    expect(waits.map(({ end }) => end)).toEqual([null, null, "open"]);
  });

  it("ends at its signal with its reason, before, while and after", async () => {
    const { breaker, clock } = rig();
    await trip(breaker);
    await expect(waitUntilClosed(breaker, { signal: AbortSignal.abort("early") })).rejects.toBe("early");
    const controller = new AbortController();
    const { signal } = controller;
    const listeners = countListeners(breaker);
    const waits = [
      waitUntilClosed(breaker, { signal }).catch((reason: unknown) => reason),
      executeWhenClosed(breaker, async () => 1, { signal, fallback: () => "no" }).catch((reason: unknown) => reason),
    ];
    await clock.advance(0);
    expect(listeners.count).toBeGreaterThan(0);
    controller.abort("gone");
    expect(await Promise.all(waits)).toEqual(["gone", "gone"]);
    expect(listeners.count).toBe(0);
    expect(getEventListeners(signal, "abort").length).toBe(0);
  });

  it("ends when the recloser closes, and there is none from then on", async () => {
    const clock = manualClock();
    const recloser = createRecloser({ clock, defaults: policy });
    const breaker = recloser.breaker("b");
    await trip(breaker);
    const line = new WaitingLine(breaker);
    const waits = [waitUntilClosed(breaker, { maxWait: "10m" }), executeWhenClosed(breaker, () => 1)];
    waits.push(line.enter({ maxWaitMs: 1_000, maxWaiting: 1, signal: undefined }, null));
    const notes = waits.map((wait) => noted(clock, wait));
    await clock.advance(10);
    await recloser.close();
    waits.push(
      waitUntilClosed(breaker),
      executeWhenClosed(breaker, () => 1),
    );
    notes.push(...waits.slice(3).map((wait) => noted(clock, wait)));
    await clock.advance(0);
    expect(notes.map(({ end }) => end)).toEqual(Array.from({ length: 5 }, () => "open"));
    expect(line.size).toBe(0);
    await clock.advance(600_000);
    expect(clock.sleeping).toBe(0);
  });

  it("is not given up for a ramp whose calls take long: it widens as it does for others", async () => {
    const { breaker, clock } = rig();
    await trip(breaker);
    await clock.advance(1_000);
    await breaker.execute(async () => "probe");
    let made = 0;
    const slow = (): Promise<never> => {
      made++;
      return new Promise(() => {});
    };
    for (let i = 0; i < 10; i++) void executeWhenClosed(breaker, slow, { maxWait: "1m" });
    await clock.advance(1_500);
    expect(made).toBe(2);
    await clock.advance(4_000);
    expect(made).toBeGreaterThanOrEqual(4);
  });

  it("of a structured key is for the worst of its records", async () => {
    const clock = manualClock();
    await using recloser = createRecloser({ clock, random: seededRandom(1), defaults: policy });
    const breaker = recloser.breaker({ provider: "openai", model: "gpt-5", credential: "team-a" });
    const refused = Object.assign(new Error("who"), { status: 401 });
    await breaker.execute(() => Promise.reject(refused)).catch(() => {});
    const wait = noted(clock, waitUntilClosed(breaker, { maxWait: 100 }));
    await clock.advance(100);
    expect(wait.end).toBe("auth");
  });
});

describe("A call that waits for its circuit", () => {
  it("is made once, and how it ends is its end", async () => {
    const { breaker } = rig();
    let made = 0;
    const call = (): Promise<never> => {
      made++;
      return down();
    };
    await expect(executeWhenClosed(breaker, call)).rejects.toThrow("down");
    expect(made).toBe(1);
    await expect(executeWhenClosed(breaker, down, { fallback: (_e, { outcome }) => outcome?.kind })).resolves.toBe(
      "overloaded",
    );
  });

  it("waits on where it provably was not sent, though it was the probe, and so do those behind it", async () => {
    const { breaker, clock } = rig();
    await trip(breaker);
    let sent = 0;
    let isUp = false;
    const insert = async (): Promise<string> => {
      if (!isUp) throw Object.assign(new Error("connect"), { code: "ECONNREFUSED", syscall: "connect" });
      return `${++sent}`;
    };
    const waits = Array.from({ length: 20 }, () => executeWhenClosed(breaker, insert, { maxWait: "10m", retry: {} }));
    await clock.advance(20_000); // several probes
    isUp = true;
    await clock.advance(120_000);
    expect((await Promise.all(waits)).length).toBe(20);
    expect(sent).toBe(20);
  });

  it("waits on where it was refused for a rate limit: it was not carried out", async () => {
    const { breaker, clock } = rig();
    let asked = 0;
    const call = async (): Promise<string> => {
      if (++asked === 1) throw Object.assign(new Error("429"), { status: 429, headers: { "retry-after": "3" } });
      return "answer";
    };
    const note = noted(clock, executeWhenClosed(breaker, call, { maxWait: "10s" }));
    const startMs = clock.now();
    await clock.advance(10_000);
    expect([asked, note.end, note.atMs - startMs >= 3_000]).toEqual([2, "go", true]);
  });

  it("that may have been carried out has its end, unless it does no harm to make it again", async () => {
    for (const idempotent of [false, true]) {
      const { breaker, clock } = rig();
      await trip(breaker);
      let made = 0;
      const call = (): Promise<string> => (++made === 1 ? down() : Promise.resolve("answer"));
      const end = executeWhenClosed(breaker, call, { maxWait: "10m", idempotent }).catch(
        (error: unknown) => (error as Error).message,
      );
      await clock.advance(60_000);
      expect([await end, made]).toEqual(idempotent ? ["answer", 2] : ["down", 1]);
    }
  });

  it("says after maxWait what its last request had come to, and that it was made", async () => {
    const { breaker, clock } = rig();
    await trip(breaker);
    const options = { maxWait: "5s", idempotent: true } as const;
    const rejected = executeWhenClosed(breaker, down, options).catch((error: unknown) => error);
    const told = executeWhenClosed(breaker, down, { ...options, fallback: (_error, info) => info });
    await clock.advance(6_000);
    expect(await rejected).toMatchObject({ code: "ERR_CIRCUIT_OPEN", cause: { status: 503 } });
    expect((await told).open).toMatchObject({ reason: "open" });
  });

  it("that is shed does not wait", async () => {
    const { breaker } = rig({ shed: { maxInFlight: 1, adaptive: false } });
    void breaker.execute(() => new Promise(() => {}));
    const rejected = await executeWhenClosed(breaker, async () => 1).catch((error: unknown) => error);
    expect(ShedError.is(rejected)).toBe(true);
  });

  it("is not made again when it was given up at a trip: what became of it nobody knows", async () => {
    const { breaker, clock } = rig();
    await breaker.execute(down).catch(() => {});
    let made = 0;
    const hang = (): Promise<never> => {
      made++;
      return new Promise(() => {});
    };
    const given = executeWhenClosed(breaker, hang, { maxWait: "1m" }).catch((error: unknown) => error);
    await clock.advance(10);
    for (let i = 0; i < 2; i++) await breaker.execute(down).catch(() => {});
    expect(await given).toMatchObject({ code: "ERR_CIRCUIT_OPEN", inFlight: true });
    await clock.advance(60_000);
    expect(made).toBe(1);
  });

  it("goes before the others where somebody was faster than it", async () => {
    const { breaker, clock } = rig();
    const line = new WaitingLine(breaker);
    const order: string[] = [];
    const wait = { maxWaitMs: 60_000, maxWaiting: 9, signal: undefined };
    await trip(breaker);
    const rejection = CircuitOpenError.from(await breaker.execute(down).catch((error: unknown) => error));
    await breaker.reset({ by: "test" });
    void line.enter(wait, null).then(() => order.push("waits"));
    void line.enter(wait, rejection).then(() => order.push("was faster than it"));
    await clock.advance(5_000);
    expect(order).toEqual(["was faster than it", "waits"]);
  });

  it("is refused for a bad option, which is named", async () => {
    const { breaker } = rig();
    await expect(executeWhenClosed(breaker, async () => 1, { maxWait: 0 })).rejects.toThrow(
      "maxWait: expected a duration",
    );
    await expect(executeWhenClosed(breaker, async () => 1, { maxwait: 1 } as never)).rejects.toThrow(
      "maxwait: expected",
    );
    await expect(executeWhenClosed(breaker, async () => 1, { idempotent: 1 } as never)).rejects.toThrow(
      "idempotent: expected",
    );
    await expect(waitUntilClosed(breaker, { maxWaiting: 0 })).rejects.toThrow("maxWaiting: expected a whole number");
    await expect(waitUntilClosed({} as never)).rejects.toThrow("breaker: expected what createBreaker()");
  });

  it("has the type T | F", () => {
    const { breaker } = rig();
    expectTypeOf(executeWhenClosed(breaker, async () => 1)).resolves.toEqualTypeOf<number>();
    expectTypeOf(executeWhenClosed(breaker, async () => 1, { fallback: () => "x" })).resolves.toEqualTypeOf<
      number | string
    >();
  });
});

describe("A process", () => {
  it("stays alive while somebody waits, and ends by itself when nobody does", async () => {
    const child = await runChild(`
      import { createBreaker } from "./packages/recloser/src/index.ts";
      import { executeWhenClosed, waitUntilClosed } from "./packages/recloser/src/fallback/index.ts";
      const breaker = createBreaker({ failureThreshold: 1, cooldown: { initial: 200 } });
      await breaker.execute(() => Promise.reject(new Error("down"))).catch(() => {});
      const gone = new AbortController();
      const left = waitUntilClosed(breaker, { maxWait: "1h", signal: gone.signal }).catch((reason) => reason);
      const answer = executeWhenClosed(breaker, async () => "answer", { maxWait: "1h" });
      gone.abort("gone");
      console.log(await left, await answer);`);
    expect(child).toEqual({ code: 0, out: ["gone answer"] });
  });
});
