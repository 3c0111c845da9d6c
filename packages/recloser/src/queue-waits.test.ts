/** What is waited for beside a slot, and what is not. */
import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { tooMany } from "../../../tests/support/played-load.ts";
import { endOf, type Made, Rig } from "../../../tests/support/queue-rig.ts";
import { CircuitOpenError } from "./errors.ts";
import type { PolicyOptions } from "./policy.ts";
import { createBreaker, createRecloser } from "./recloser.ts";
import { manualClock } from "./testing/manual-clock.ts";

describe("who gives up in the moment the turn comes", () => {
  it("has the reason, and no permit that nobody would settle", async () => {
    const clock = manualClock();
    const breaker = createBreaker({ clock, shed: { maxInFlight: 1, queue: {} } });
    const first = breaker.tryAcquire();
    const { signal, abort } = giver();
    const second = breaker.acquire({ signal }).catch((error: unknown) => error);
    const third = breaker.acquire();
    first?.success();
    abort();
    expect(await second).toBe(signal.reason);
    expect((await third).kind).toBe("call"); // the place goes on to the next
    expect(breaker.snapshot().load.inFlight).toBe(1);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("makes no call", async () => {
    const rig = new Rig();
    const first = rig.call("first");
    const { signal, abort } = giver();
    const second = rig.call("second", { signal });
    const third = rig.call("third");
    rig.breaker.on("wait", () => abort());
    first.answer();
    expect(await endOf(second)).toBe(signal.reason);
    await rig.settle();
    expect(rig.made).toEqual(["first", "third"]);
    third.answer();
  });

  function giver(): { readonly signal: AbortSignal; readonly abort: () => void } {
    const controller = new AbortController();
    return { signal: controller.signal, abort: () => controller.abort(new Error("gone")) };
  }
});

describe("when the circuit opens", () => {
  const failing = async (rig: Rig, made: Made): Promise<void> => {
    made.fail(Object.assign(new Error("down"), { status: 503 }));
    await rig.settle();
  };

  it("everyone who waits is rejected at once, and holds nothing", async () => {
    const rig = new Rig({ failureThreshold: 1 });
    const first = rig.call("first");
    const waiting = [rig.call("b"), rig.call("c", { priority: "batch" })];
    await failing(rig, first);
    for (const made of waiting) {
      const error = await endOf(made);
      expect(error).toBeInstanceOf(CircuitOpenError);
      expect(error).toMatchObject({ reason: "open", state: "open", inFlight: false });
    }
    expect(rig.breaker.snapshot()).toMatchObject({
      inFlight: 0,
      load: { waiting: { interactive: 0, batch: 0 }, shed: {} },
    });
    expect(rig.made).toEqual(["first"]);
    expect(rig.waits.map(({ reason, result }) => [reason, result])).toEqual([
      ["open", "rejected"],
      ["open", "rejected"],
    ]);
  });

  it("so is whoever had just been given its turn, and leaves no listener with its caller's signal", async () => {
    const clock = manualClock();
    const recloser = createRecloser({ clock, defaults: { failureThreshold: 2, shed: { maxInFlight: 2, queue: {} } } });
    for (const form of ["execute", "stream"] as const) {
      const breaker = recloser.breaker(form);
      // Both deadlines are due in one go: the first end gives the turn, the second opens the circuit.
      const hung = [1, 2].map(() => breaker.execute(() => new Promise<void>(() => {}), { timeout: 300, retry: false }));
      for (const call of hung) call.catch(() => {});
      const { signal } = new AbortController();
      let made = 0;
      const called = async (): Promise<void> => {
        made++;
      };
      async function* opened(): AsyncIterable<void> {
        yield await called();
      }
      const late =
        form === "execute"
          ? breaker.execute(called, { signal, retry: false })
          : breaker.stream(opened, { signal, retry: false })[Symbol.asyncIterator]().next();
      const end = late.then(String, (error: unknown) => error);
      await clock.advance(300);
      expect(await end).toMatchObject({ code: "ERR_CIRCUIT_OPEN", inFlight: true });
      expect(made).toBe(0);
      expect(getEventListeners(signal, "abort")).toEqual([]);
      expect(breaker.snapshot().inFlight).toBe(0);
    }
    await clock.advance(600_000); // what a breaker that lies idle has to do for itself
    expect(clock.sleeping).toBe(0);
  });

  it("so it is when an operator opens it", async () => {
    const rig = new Rig();
    rig.call("first");
    const waiting = rig.call("b");
    await rig.breaker.forceOpen({ by: "ops", reason: "drill" });
    expect(await endOf(waiting)).toMatchObject({ code: "ERR_CIRCUIT_OPEN", reason: "override" });
  });

  it("nobody waits while it is open, nor for the verdict of a probe", async () => {
    const rig = new Rig(
      { failureThreshold: 2, cooldown: { initial: "1s", jitter: 0 }, onTrip: "let-run", ramp: false },
      3,
    );
    const [hung, a, b] = [rig.call("hung"), rig.call("a"), rig.call("b")];
    await failing(rig, a);
    await failing(rig, b);
    expect(await endOf(rig.call("x"))).toMatchObject({ reason: "open" });
    await rig.clock.advance(1_000);
    const probe = rig.call("probe");
    expect(await endOf(rig.call("y"))).toMatchObject({ reason: "probing" });
    expect(rig.made).toEqual(["hung", "a", "b", "probe"]);
    probe.answer();
    hung.answer();
    await rig.settle();
    expect(rig.breaker.state).toBe("closed");
  });

  it("a full breaker whose cooldown is over makes nobody wait: the next caller after a slot is free is the probe", async () => {
    const clock = manualClock();
    const recloser = createRecloser({
      clock,
      defaults: {
        ...{ failureThreshold: 1, cooldown: { initial: "1s", jitter: 0 }, onTrip: "let-run" },
        shed: { maxInFlight: 2, queue: {} },
      },
    });
    const breaker = recloser.breaker("k");
    const rig = new Rig();
    const [stays, fails] = [rig.call("stays", {}, breaker), rig.call("fails", {}, breaker)];
    fails.fail(new Error("down"));
    recloser.configure({ defaults: { shed: { maxInFlight: 1 } } });
    await clock.advance(1_000);
    expect(breaker.state).toBe("half-open");
    expect(await endOf(rig.call("x", {}, breaker))).toMatchObject({ reason: "concurrency" });
    expect(breaker.snapshot()).toMatchObject({ probing: false, load: { waiting: { interactive: 0, batch: 0 } } });
    stays.answer();
    await clock.advance(0);
    const probe = rig.call("probe", {}, breaker);
    expect(breaker.snapshot().probing).toBe(true);
    probe.answer();
    expect(await endOf(probe)).toBe("probe");
    expect(breaker.state).toBe("closed");
  });
});

describe("what else is waited for", () => {
  const closedAgain = async (rig: Rig): Promise<void> => {
    await rig.breaker.execute(() => Promise.reject(new Error("down"))).catch(() => {});
    await rig.clock.advance(1_000);
    expect(await rig.breaker.execute(() => "probe")).toBe("probe");
    expect(rig.breaker.snapshot().rampLimit).toBe(2);
  };
  const tripping = { failureThreshold: 1, cooldown: { initial: "1s", jitter: 0 } } as const;

  it("the ramp after closing: it lets in as many as it would, and the others wait", async () => {
    const rig = new Rig({ ...tripping, shed: { queue: { size: 9 } } }, 100);
    await closedAgain(rig);
    const calls = ["a", "b", "c", "d", "e", "f"].map((name) => rig.call(name));
    await rig.settle();
    expect(rig.made).toEqual(["a", "b"]);
    calls[0]?.answer();
    await rig.settle();
    expect(rig.made).toEqual(["a", "b", "c", "d", "e"]);
    expect(rig.breaker.snapshot().rampLimit).toBe(4);
    calls[1]?.answer();
    await rig.settle();
    expect(rig.made).toHaveLength(6);
  });

  it("the ramp, where a stream that has begun lets the next ones in", async () => {
    const rig = new Rig(tripping, 100);
    await closedAgain(rig);
    let speak = (): void => {};
    const stream = rig.breaker.stream(async function* () {
      await new Promise<void>((resolve) => (speak = resolve));
      yield "content";
      await new Promise(() => {});
    });
    const pulled = stream[Symbol.asyncIterator]().next();
    await rig.settle();
    for (const name of ["a", "b", "c"]) rig.call(name);
    expect(rig.made).toEqual(["a"]);
    speak();
    await pulled;
    expect(rig.made).toEqual(["a", "b", "c"]);
  });

  it("the ramp also where nobody answers for two seconds", async () => {
    const rig = new Rig(tripping, 100);
    await closedAgain(rig);
    for (const name of ["a", "b", "c"]) rig.call(name);
    await rig.clock.advance(1_999);
    expect(rig.made).toEqual(["a", "b"]);
    await rig.clock.advance(1_001);
    expect(rig.made).toEqual(["a", "b", "c"]);
  });

  it("a rate limit that ends in time: then one call goes, and the ramp takes it from there", async () => {
    const rig = new Rig({ shed: { queue: { size: 9, maxWait: "5s" } } }, 100);
    await rig.breaker.execute(() => Promise.reject(tooMany({ "retry-after": "3" }))).catch(() => {});
    const [a, b] = [rig.call("a"), rig.call("b")];
    expect(await endOf(rig.call("hasty", { timeout: "2s" }))).toMatchObject({ reason: "rate-limited" });
    await rig.clock.advance(2_999);
    expect(rig.made).toEqual([]);
    await rig.clock.advance(1);
    expect(rig.made).toEqual(["a"]);
    a.answer();
    await rig.settle();
    expect(rig.made).toEqual(["a", "b"]);
    b.answer();
  });

  it("no rate limit that ends too late, no quota and no refused key", async () => {
    const rig = new Rig({}, 100);
    const waiting = new Rig({ shed: { queue: { size: 9, maxWait: "5s" } } }, 1);
    await rig.breaker.execute(() => Promise.reject(tooMany({ "retry-after": "6" }))).catch(() => {});
    const late = (await endOf(rig.call("a"))) as CircuitOpenError;
    expect(late).toMatchObject({ code: "ERR_CIRCUIT_OPEN", reason: "rate-limited", retryAfterMs: 6_000 });
    const first = waiting.call("first");
    const second = waiting.call("second");
    first.fail(Object.assign(new Error("who are you"), { status: 401 }));
    expect(await endOf(second)).toMatchObject({ code: "ERR_CIRCUIT_OPEN", reason: "auth" });
  });

  it("who waits for a slot is rejected when a rate limit begins that outlasts its wait", async () => {
    const rig = new Rig();
    const first = rig.call("first");
    const second = rig.call("second");
    first.fail(tooMany({ "retry-after": "30" }));
    expect(await endOf(second)).toMatchObject({ reason: "rate-limited", retryAfterMs: 30_000 });
  });

  /** A provider's limit is found: about ten calls a second are let through. */
  const paced = async (policy: PolicyOptions = {}): Promise<Rig> => {
    const rig = new Rig({ ...policy, shed: { queue: { size: 50, maxWait: "1s" }, ...policy.shed } }, 1_000);
    rig.call("long");
    await rig.clock.advance(1_000);
    for (let i = 0; i < 24; i++) {
      const permit = rig.breaker.tryAcquire();
      if (i % 2 === 0) permit?.failure(tooMany());
      else permit?.success();
      await rig.clock.advance(50);
    }
    while (rig.breaker.tryAcquire() !== null); // what was saved up
    rig.made.length = rig.rejected.length = 0;
    return rig;
  };

  it("the pace of a rate limit: callers go at its rate, in their order, and so do those who come later", async () => {
    const rig = await paced();
    for (let i = 0; i < 5; i++) rig.call(`${i}`);
    for (let ms = 0; ms < 900; ms += 30) {
      await rig.clock.advance(30);
      if (ms === 450) rig.call("later");
    }
    expect(rig.made).toEqual(["0", "1", "2", "3", "4", "later"]);
    expect(rig.breaker.snapshot().pace?.perSecond).toBeGreaterThan(5);
  });

  it("nobody overtakes who waits for the pace, though the next call may just be made", async () => {
    const rig = await paced();
    rig.call("first");
    const waitMs = 1_000 / (rig.breaker.snapshot().pace?.perSecond ?? 0);
    // Its alarm has not rung: to the queue no time has passed.
    const shiftedMs = rig.clock.now() + waitMs + 1;
    Object.assign(rig.clock, { now: () => shiftedMs });
    expect(rig.breaker.tryAcquire()).toBeNull();
    rig.call("second");
    await Promise.resolve();
    await Promise.resolve();
    expect(rig.made).toEqual(["first"]);
  });

  it("nobody waits for a pace that is too slow for so many", async () => {
    const rig = await paced();
    const calls = Array.from({ length: 20 }, (_, i) => rig.call(`${i}`));
    const refused = rig.rejected.filter(({ reason }) => reason === "paced");
    expect(refused.length).toBeGreaterThan(5);
    expect(refused.length).toBeLessThan(20);
    await rig.clock.advance(1_100);
    // Nobody was let in to wait in vain.
    expect(rig.made.length + refused.length).toBe(calls.length);
    expect(rig.rejected.filter(({ reason }) => reason === "queue-expired")).toEqual([]);
  });
});
