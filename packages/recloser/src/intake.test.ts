import { describe, expect, it } from "vitest";
import { caught, FailoverRig, hangs, NOTHING, throws } from "../../../tests/support/failover-rig.ts";
import { HandFedSource } from "../../../tests/support/hand-fed-source.ts";
import { Failure } from "../../../tests/support/retry-rig.ts";
import { ShedError } from "./errors.ts";
import { failover } from "./failover.ts";
import { AllRoutesFailedError } from "./failover-error.ts";
import { failoverStream } from "./failover-stream.ts";
import { Intake, intakeOf } from "./intake.ts";

/** An intake that has begun with 4, and is asked as often as it likes to be. */
function full(calls = 4): { intake: Intake; nowMs: number; ask(afterMs: number): boolean } {
  const intake = new Intake();
  const one = { intake, nowMs: 0, ask: (afterMs: number) => intake.admits(4, (one.nowMs += afterMs)) };
  for (let i = 0; i < calls && one.ask(0); i++) intake.began();
  return one;
}

describe("what a route takes over", () => {
  it("begins with some calls in flight beside those it has, and no more until something is seen", () => {
    const one = full();
    expect([one.intake.inFlight, one.ask(0), one.intake.limit]).toEqual([4, false, 4]);
    const busy = new Intake();
    for (let i = 0; i < 10; i++) busy.began();
    expect([busy.admits(4, 0), busy.limit]).toEqual([true, 14]);
  });

  it("doubles with each round of answers while it is met", () => {
    const one = full();
    one.ask(0);
    for (let i = 0; i < 4; i++) one.intake.answered();
    expect(one.intake.limit).toBe(8);
  });

  it("does not grow with answers to less than it may take", () => {
    const one = full(3);
    one.ask(0);
    for (let i = 0; i < 20; i++) one.intake.answered();
    expect(one.intake.limit).toBe(4);
  });

  it("grows by three tenths a second where answers take long, also if nobody asks in between", () => {
    const one = full();
    for (let i = 0; i < 100; i++) if (one.ask(100)) one.intake.began();
    expect(one.intake.limit).toBeGreaterThan(45);
    expect(one.intake.limit).toBeLessThanOrEqual(4 * 1.3 ** 9.9);
    const rare = full();
    rare.ask(0);
    rare.ask(60_000);
    expect(rare.intake.limit).toBe(5);
  });

  it("is what was in flight when the provider refused one", () => {
    const one = full();
    one.ask(0);
    for (let i = 0; i < 40; i++) one.intake.answered();
    while (one.ask(0)) one.intake.began();
    expect(one.intake.inFlight).toBe(44);
    for (const kind of ["overloaded", "rate-limited", "rate-limited"] as const) one.intake.ended(kind, one.nowMs);
    expect([one.intake.limit, one.ask(0)]).toEqual([41, false]);
    one.intake.ended("success", one.nowMs);
    expect([one.ask(0), one.intake.limit]).toEqual([true, 41]);
  });

  it("is not lowered by other failures, nor raised by a refusal", () => {
    const one = full();
    one.intake.ended("server-error", 0);
    one.intake.ended("timeout", 0);
    one.intake.ended(null, 0);
    expect(one.intake.limit).toBe(4);
    for (let i = 0; i < 20; i++) one.intake.began();
    one.intake.ended("overloaded", 0);
    expect(one.intake.limit).toBe(4);
  });

  it("after a refusal tries one more for twenty answers, and after a calm grows by time again", () => {
    const one = full();
    one.intake.ended("overloaded", 0);
    const answers = (n: number): void => {
      for (let i = 0; i < n; i++) {
        one.ask(0);
        one.intake.answered();
      }
    };
    expect(one.intake.limit).toBe(3);
    answers(19);
    expect(one.ask(9_000)).toBe(false);
    answers(2);
    expect(one.intake.limit).toBe(4);
    const secondsTo = (limit: number): number => {
      for (let seconds = 0; ; seconds++) {
        if (one.intake.limit >= limit) return seconds;
        if (one.ask(1_000)) one.intake.began();
      }
    };
    expect(secondsTo(8)).toBeGreaterThan(20);
    expect(secondsTo(16)).toBeLessThan(10);
  });

  it("asks a provider less and less often that refuses the only call, until it answers one", () => {
    const intake = new Intake();
    const refusedAtMs: number[] = [];
    for (let nowMs = 0; nowMs < 60_000; nowMs += 10) {
      if (!intake.admits(4, nowMs)) continue;
      intake.began();
      intake.ended("rate-limited", nowMs);
      refusedAtMs.push(nowMs);
    }
    expect(refusedAtMs.map((atMs, i) => atMs - (refusedAtMs[i - 1] ?? 0))).toEqual([
      0, 250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000, 10_000,
    ]);
    intake.began();
    intake.answered();
    intake.ended("success", 60_000);
    intake.began();
    intake.ended("overloaded", 60_000);
    expect([intake.admits(4, 60_240), intake.admits(4, 60_250)]).toEqual([false, true]);
  });

  it("keeps what it has learnt while somebody asks every minute, and begins anew after a rest", () => {
    const one = full();
    one.ask(0);
    for (let i = 0; i < 40; i++) one.intake.answered();
    for (let i = 0; i < 4; i++) one.intake.ended("success", 0);
    for (let i = 0; i < 10; i++) one.ask(60_000);
    expect(one.intake.limit).toBe(44);
    one.ask(90_001);
    expect(one.intake.limit).toBe(4);
  });
});

describe("a failover to a route that takes over", () => {
  it("turns away what is above its step, with an error that says so", async () => {
    const rig = new FailoverRig();
    await rig.trip(rig.breaker("a"));
    const routes = [rig.route("a", () => 1), rig.route("b", hangs)];
    const ends = Array.from({ length: 6 }, () => caught(failover(routes, { timeout: 100, ...rig.listening })));
    await rig.clock.advance(0);
    expect(rig.made).toHaveLength(4);
    const shed = rig.failed.filter(({ error }) => ShedError.is(error));
    expect(shed).toMatchObject([5, 6].map(() => ({ route: "b", made: false, error: { reason: "intake", limit: 4 } })));
    await rig.clock.advance(100);
    await Promise.all(ends);
    expect(rig.outstanding()).toEqual(NOTHING);
  });

  it("turns away streams, too, however many are read in the same instant", async () => {
    const rig = new FailoverRig();
    await rig.trip(rig.breaker("a"));
    const routes = [rig.route("a", () => new HandFedSource()), rig.route("b", () => new HandFedSource())] as const;
    const readers = Array.from({ length: 50 }, () => failoverStream(routes)[Symbol.asyncIterator]());
    const reads = readers.map((reader) => caught(reader.next()));
    await rig.clock.advance(0);
    expect(rig.made).toHaveLength(4);
    for (const reader of readers) await reader.return?.();
    const ends = await Promise.all(reads);
    expect(ends.filter((end) => AllRoutesFailedError.is(end))).toHaveLength(46);
    expect(rig.outstanding()).toEqual(NOTHING);
  });

  it("counts calls that wait in the queue of a route's breaker", async () => {
    const rig = new FailoverRig();
    await rig.trip(rig.breaker("a"));
    const b = rig.route("b", hangs, { shed: { maxInFlight: 1, queue: { size: 10 } } });
    const ends = Array.from({ length: 6 }, () =>
      caught(failover([rig.route("a", () => 1), b], { timeout: 100, ...rig.listening })),
    );
    await rig.clock.advance(0);
    expect(rig.failed.filter(({ error }) => (error as { reason?: string }).reason === "intake")).toHaveLength(2);
    await rig.clock.advance(100);
    await Promise.all(ends);
    expect(rig.outstanding()).toEqual(NOTHING);
  });

  it("is one step for all failovers to a breaker, and none for the first route", async () => {
    const rig = new FailoverRig();
    await rig.trip(rig.breaker("a"));
    await rig.trip(rig.breaker("c"));
    const b = rig.route("b", hangs);
    const ends = Array.from({ length: 6 }, () => caught(failover([b], { timeout: 100 })));
    await rig.clock.advance(0);
    expect(intakeOf(b.breaker).inFlight).toBe(6);
    for (const name of ["a", "c"])
      for (let i = 0; i < 3; i++) ends.push(caught(failover([rig.route(name, () => 1), b], { timeout: 100 })));
    await rig.clock.advance(0);
    expect(rig.made).toHaveLength(10);
    await rig.clock.advance(100);
    await Promise.all(ends);
  });

  it("is as wide as a route says, or without bounds", async () => {
    for (const [ramp, made] of [
      [{ from: 2 }, 2],
      [false, 50],
    ] as const) {
      const rig = new FailoverRig();
      await rig.trip(rig.breaker("a"));
      const routes = [rig.route("a", () => 1), { ...rig.route("b", hangs), ramp }];
      const ends = Array.from({ length: 50 }, () => caught(failover(routes, { timeout: 100 })));
      await rig.clock.advance(0);
      expect(rig.made).toHaveLength(made);
      await rig.clock.advance(100);
      await Promise.all(ends);
    }
  });

  it("says that a route is open where it is, and lets its probe through, whatever is in flight", async () => {
    const rig = new FailoverRig({ failureThreshold: 1, onTrip: "let-run" });
    await rig.trip(rig.breaker("a"));
    const to = <T>(run: Parameters<typeof rig.route<T>>[1]) => ({ ...rig.route("b", run), ramp: { from: 1 } });
    const hanging = [rig.route("a", () => 1), to(hangs)];
    const ends = Array.from({ length: 4 }, () => caught(failover(hanging, { timeout: "1m" })));
    await rig.clock.advance(0);
    await rig.fails(rig.breaker("b"));
    const open = await caught(failover(hanging));
    expect(open).toMatchObject({ tried: [{}, { error: { code: "ERR_CIRCUIT_OPEN", reason: "open" } }] });
    await rig.clock.advance(10_000);
    expect(await failover([rig.route("a", () => 1), to(() => "probed")])).toBe("probed");
    await rig.clock.advance(60_000);
    await Promise.all(ends);
    expect(rig.outstanding()).toEqual(NOTHING);
  });

  it("says of a route that is held that it is, however many come in one instant", async () => {
    const rig = new FailoverRig();
    await rig.trip(rig.breaker("a"));
    await caught(rig.breaker("b").execute(throws(new Failure("rate-limited"))));
    const routes = [rig.route("a", () => 1), rig.route("b", () => 2)];
    await Promise.all(Array.from({ length: 20 }, () => caught(failover(routes, rig.listening))));
    const reasons = rig.failed.flatMap(({ route, error }) => (route === "b" ? [(error as ShedError).reason] : []));
    expect(reasons).toEqual(Array(20).fill("rate-limited"));
    expect(rig.outstanding()).toEqual(NOTHING);
  });

  it("counts a refusal that comes as an answer, and gives places back however a call ends", async () => {
    const rig = new FailoverRig();
    await rig.trip(rig.breaker("a"));
    const first = rig.route("a", () => new Response("ok"));
    await failover([first, rig.route("b", () => new Response("", { status: 503 }))]);
    const intake = intakeOf(rig.breaker("b"));
    expect([intake.inFlight, intake.limit]).toEqual([0, 1]);
    await rig.clock.advance(1_000);
    await caught(failover([first, rig.route("b", throws(new Failure("caller-error")))]));
    expect(rig.made).toEqual(["b", "b"]);
    expect(rig.outstanding()).toEqual(NOTHING);
  });
});
