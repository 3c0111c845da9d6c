/** What may end a failover from outside, probes and retries on its way, and bad options. */
import { describe, expect, it } from "vitest";
import { runChild } from "../../../tests/support/child.ts";
import { caught, FailoverRig, hangs, NOTHING, throws } from "../../../tests/support/failover-rig.ts";
import { Failure } from "../../../tests/support/retry-rig.ts";
import { CallTimeoutError, InvalidOptionError } from "./errors.ts";
import type { AllRoutesFailedError, TriedRoute } from "./failover-error.ts";
import { failover } from "./failover.ts";
import { INTAKE_FROM } from "./intake.ts";
import { failoverStream } from "./failover-stream.ts";

const counts = (rig: FailoverRig, name: string): object => rig.breaker(name).snapshot().window.byKind;

describe("the deadline of a failover", () => {
  it("is shared: a later route has what is left, and what is cut short of its time counts for nothing", async () => {
    const rig = new FailoverRig();
    const slow = async (): Promise<never> => {
      await rig.clock.sleep(700);
      throw new Failure("overloaded");
    };
    const answer = failover([rig.route("a", slow), rig.route("b", hangs)], { timeout: 1_000, ...rig.listening });
    const end = caught(answer);
    await rig.clock.advance(999);
    expect(rig.made).toEqual(["a", "b"]);
    await rig.clock.advance(1);
    expect(await end).toMatchObject({ code: "ERR_CALL_TIMEOUT", phase: "total", afterMs: 1_000, key: "a → b" });
    expect(rig.failed).toMatchObject([{ route: "a" }, { route: "b", outcome: { kind: "cancelled" }, durationMs: 300 }]);
    expect([counts(rig, "a"), counts(rig, "b")]).toEqual([{ overloaded: 1 }, {}]);
    expect([rig.outstanding(), rig.clock.sleeping]).toEqual([NOTHING, 0]);
  });

  it("counts against the route that has had all of it, also where others were passed over before", async () => {
    const rig = new FailoverRig();
    await rig.trip(rig.breaker("a"));
    const end = caught(failover([rig.route("a", () => 1), rig.route("b", hangs)], { timeout: 1_000 }));
    await rig.clock.advance(1_000);
    expect(CallTimeoutError.is(await end)).toBe(true);
    expect(counts(rig, "b")).toEqual({ timeout: 1 });
  });

  it("leaves time for the second route where the first one's share is bounded", async () => {
    const rig = new FailoverRig();
    const routes = [rig.route("a", hangs), { ...rig.route("b", hangs), timeout: 200 }, rig.route("c", () => "c")];
    const answer = failover(routes, { timeout: 5_000, routeTimeout: 400, ...rig.listening });
    await rig.clock.advance(600);
    expect(await answer).toBe("c");
    expect(rig.failed).toMatchObject([
      { route: "a", durationMs: 400, error: { code: "ERR_CALL_TIMEOUT", key: "a" } },
      { route: "b", durationMs: 200 },
    ]);
    expect([counts(rig, "a"), counts(rig, "b")]).toEqual([{ timeout: 1 }, { timeout: 1 }]);
  });

  it("may run out in a route's queue: then no call was made, and another may be at any moment", async () => {
    const rig = new FailoverRig({ shed: { maxInFlight: 1, queue: {} } });
    void failover([rig.route("a", hangs)]).catch(() => {});
    const end = caught(failover([rig.route("a", hangs)], { routeTimeout: "1s" }));
    await rig.clock.advance(1_000);
    const error = (await end) as AllRoutesFailedError;
    expect(error).toMatchObject({ retryAfterMs: 0, tried: [{ made: false, outcome: null }] });
    expect(error.message).toBe('no route of "a" answered: "a" rejected (queue-expired)');
    const response = error.toResponse();
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
  });

  it("leaves the deadlines of the breakers' policies in force", async () => {
    const rig = new FailoverRig();
    const answer = failover([rig.route("a", hangs, { timeouts: { total: 300 } }), rig.route("b", () => 2)]);
    await rig.clock.advance(300);
    expect(await answer).toBe(2);
  });

  it("is answered by the fallback", async () => {
    const rig = new FailoverRig();
    const answer = failover([rig.route("a", hangs)], { timeout: 100, fallback: (error) => CallTimeoutError.is(error) });
    await rig.clock.advance(100);
    expect(await answer).toBe(true);
  });
});

describe("a process", () => {
  it("ends with its last call, though the deadline of the failover lay far ahead", async () => {
    const child = await runChild(`
      import { createBreaker, failover, failoverStream } from "./packages/recloser/src/index.ts";
      const breaker = createBreaker();
      console.log(await failover([{ breaker, run: async () => 1 }], { timeout: "60s", routeTimeout: "50s" }));
      const run = async function* () { yield 2; };
      for await (const chunk of failoverStream([{ breaker, run }], { timeout: "60s" })) console.log(chunk);`);
    expect(child).toEqual({ code: 0, out: ["1", "2"] });
  });
});

describe("the caller's abort", () => {
  it("ends all routes at once, with its reason, and counts for none", async () => {
    const rig = new FailoverRig();
    const caller = new AbortController();
    let seen: unknown;
    const deaf = ({ signal }: { signal: AbortSignal }): Promise<never> => {
      signal.addEventListener("abort", () => (seen = signal.reason));
      return new Promise(() => {});
    };
    const routes = [rig.route("a", throws(new Failure("network"))), rig.route("b", deaf), rig.route("c", () => 3)];
    const end = caught(failover(routes, { signal: caller.signal, timeout: "1m", fallback: () => "no" }));
    await rig.clock.advance(10);
    const reason = new Error("the user left");
    caller.abort(reason);
    expect([await end, seen]).toEqual([reason, reason]);
    expect(rig.made).toEqual(["a", "b"]);
    expect([counts(rig, "b"), rig.outstanding(caller.signal)]).toEqual([{}, NOTHING]);
    await rig.clock.advance(60_000);
    expect(rig.clock.sleeping).toBe(0);
  });

  it("is the end also where whoever is told of the last route gives up", async () => {
    const rig = new FailoverRig();
    const caller = new AbortController();
    const reason = new Error("the user left");
    const full = Array.from({ length: INTAKE_FROM }, () =>
      failover([rig.route("z", throws(new Failure("network"))), rig.route("b", hangs)]),
    );
    for (const call of full) call.catch(() => {});
    await rig.clock.advance(0);
    const options = {
      signal: caller.signal,
      onRouteFailed: ({ route }: TriedRoute) => (route === "b" ? caller.abort(reason) : undefined),
      fallback: () => "no",
    };
    expect(
      await caught(failover([rig.route("a", throws(new Failure("network"))), rig.route("b", hangs)], options)),
    ).toBe(reason);
  });

  it("lets go of an answer that had failed, though the next route has made no call yet", async () => {
    const rig = new FailoverRig({ shed: { maxInFlight: 1, queue: {} } });
    let isCancelled = false;
    const cancel = (): void => void (isCancelled = true);
    const busy = (): Response => new Response(new ReadableStream({ cancel }), { status: 503 });
    void failover([rig.route("b", hangs)]).catch(() => {});
    const caller = new AbortController();
    const end = caught(failover([rig.route("a", busy), rig.route("b", hangs)], { signal: caller.signal }));
    await rig.clock.advance(0);
    expect(isCancelled).toBe(false);
    caller.abort("left");
    expect([await end, isCancelled]).toEqual(["left", true]);
  });

  it("counts by AbortSignal.timeout against the first route as its slowness, and against a later one not", async () => {
    const rig = new FailoverRig();
    const late = (): unknown => new DOMException("late", "TimeoutError");
    for (const [names, expected] of [
      [["a"], { timeout: 1 }],
      [["b", "c"], {}],
    ] as const) {
      const caller = new AbortController();
      const routes = names.map((name) => rig.route(name, name === "b" ? throws(new Failure("network")) : hangs));
      const end = caught(failover(routes, { signal: caller.signal, fallback: () => "late" }));
      await rig.clock.advance(10);
      caller.abort(late());
      expect(await end).toEqual({ answered: "late" });
      expect(counts(rig, names.at(-1) as string)).toEqual(expected);
    }
  });

  it("from before makes no call", async () => {
    const rig = new FailoverRig();
    const reason = new Error("gone");
    const asked = { signal: AbortSignal.abort(reason), fallback: () => 0 };
    expect(await caught(failover([rig.route("a", () => 1)], asked))).toBe(reason);
    expect(rig.made).toEqual([]);
  });

  it("has one listener at the signal, however many calls share it", async () => {
    const rig = new FailoverRig();
    const caller = new AbortController();
    const ends = Array.from({ length: 20 }, () =>
      caught(failover([rig.route("a", hangs)], { signal: caller.signal, timeout: "1m" })),
    );
    expect(rig.outstanding(caller.signal)).toMatchObject({ listeners: 1 });
    await rig.clock.advance(60_000);
    await Promise.all(ends);
    expect(rig.outstanding(caller.signal)).toEqual(NOTHING);
  });
});

describe("a probe", () => {
  it("that fails costs its user no error, and is made once on its route", async () => {
    const rig = new FailoverRig({ failureThreshold: 1 });
    const attempts: [boolean, number][] = [];
    const run = ({ probe, attempt }: { probe: boolean; attempt: number }): Promise<never> => {
      attempts.push([probe, attempt]);
      return Promise.reject(new Failure("server-error"));
    };
    const routes = [{ ...rig.route("a", run), retry: { on: "idempotent" as const } }, rig.route("b", () => "b")];
    await rig.fails(rig.breaker("a"));
    await rig.clock.advance(10_000);
    expect(rig.breaker("a").state).toBe("half-open");
    expect(await failover(routes, rig.listening)).toBe("b");
    expect(attempts).toEqual([[true, 1]]);
    expect([rig.breaker("a").state, rig.failed[0]?.made]).toEqual(["open", true]);
  });

  it("that hangs leaves its user to the next route after the route's time", async () => {
    const rig = new FailoverRig({ failureThreshold: 1 });
    await rig.fails(rig.breaker("a"));
    await rig.clock.advance(10_000);
    const answer = failover([rig.route("a", hangs), rig.route("b", () => "b")], { routeTimeout: 500 });
    await rig.clock.advance(500);
    expect([await answer, rig.breaker("a").state]).toEqual(["b", "open"]);
    expect(rig.outstanding()).toEqual(NOTHING);
  });

  it("that passes closes the first route's circuit, and calls return to it by its ramp", async () => {
    const rig = new FailoverRig({ failureThreshold: 1, ramp: { from: 1 } });
    await rig.fails(rig.breaker("a"));
    await rig.clock.advance(10_000);
    const slow = async (): Promise<string> => rig.clock.sleep(100).then(() => "a");
    const routes = [rig.route("a", slow), rig.route("b", () => "b")] as const;
    const probe = failover(routes);
    await rig.clock.advance(100);
    expect(await probe).toBe("a");
    const answers = [1, 2, 3].map(() => failover(routes));
    await rig.clock.advance(100);
    expect(await Promise.all(answers)).toEqual(["a", "b", "b"]);
  });
});

describe("a retry of a route", () => {
  it("is made before the next route, and within its breaker's budget", async () => {
    const rig = new FailoverRig();
    const retry = { on: "idempotent", attempts: 2, budget: { ratio: 0, floorPerSecond: 0.1 } } as const;
    const routes = [{ ...rig.route("a", throws(new Failure("network"))), retry }, rig.route("b", () => "b")];
    const first = failover(routes);
    await rig.clock.advance(1_000);
    expect([await first, rig.made]).toEqual(["b", ["a", "a", "b"]]);
    expect(await failover(routes)).toBe("b");
    expect(rig.made).toEqual(["a", "a", "b", "a", "b"]);
    expect(rig.breaker("a").snapshot().retries).toEqual({ waiting: 0, made: 1, overBudget: 1 });
  });

  it("that succeeds is an answer, though the try before had failed", async () => {
    const rig = new FailoverRig();
    let tries = 0;
    const run = (): Promise<string> => (tries++ === 0 ? Promise.reject(new Failure("network")) : Promise.resolve("a"));
    const answer = failover([{ ...rig.route("a", run), retry: { on: "idempotent" } }, rig.route("b", () => "b")]);
    await rig.clock.advance(1_000);
    expect(await answer).toBe("a");
  });

  it("ends with the caller's abort during its wait", async () => {
    const rig = new FailoverRig();
    const caller = new AbortController();
    const a = { ...rig.route("a", throws(new Failure("network"))), retry: { on: "idempotent" as const } };
    const end = caught(failover([a, rig.route("b", () => "b")], { signal: caller.signal }));
    await rig.clock.advance(0);
    const reason = new Error("left");
    caller.abort(reason);
    expect([await end, rig.made]).toEqual([reason, ["a"]]);
    expect(rig.outstanding(caller.signal)).toEqual(NOTHING);
  });

  it("is asked of an answer, too, whose last one is the route's failure", async () => {
    const rig = new FailoverRig();
    const busy = (): Response => new Response("", { status: 503 });
    const a = { ...rig.route("a", busy), retry: { on: "idempotent" as const, attempts: 2 } };
    const answer = failover([a, rig.route("b", () => new Response("ok"))]);
    await rig.clock.advance(1_000);
    expect([(await answer).status, rig.made]).toEqual([200, ["a", "a", "b"]]);
  });
});

describe("bad options", () => {
  const { breaker } = new FailoverRig().route("a", () => 1);
  const run = (): number => 1;
  const good = { breaker, run };
  it.each([
    ["routes", [], {}],
    ["routes", good, {}],
    ["routes[1]", [good, null], {}],
    ["routes[0].breaker", [{ run, breaker: {} }], {}],
    ["routes[0].run", [{ breaker }], {}],
    ["routes[0].name", [{ ...good, name: " " }], {}],
    ["routes[0].timeout", [{ ...good, timeout: "soon" }], {}],
    ["routes[0].firstToken", [{ ...good, firstToken: "1s" }], {}],
    ["routes[0].ramp.from", [{ ...good, ramp: { from: 0 } }], {}],
    ["routes[0].ramp.to", [{ ...good, ramp: { to: 1 } }], {}],
    ["routes[0].classify", [{ ...good, classify: "caller-error" }], {}],
    ["retry.attempts", [{ ...good, retry: { attempts: 0 } }], {}],
    ["signal", [good], { signal: {} }],
    ["priority", [good], { priority: "high" }],
    ["timeout", [good], { timeout: -1 }],
    ["routeTimeout", [good], { routeTimeout: "x" }],
    ["failOn", [good], { failOn: ["overloaded"] }],
    ["fallback", [good], { fallback: "sorry" }],
    ["onAnswer", [good], { onAnswer: {} }],
    ["onRouteFailed", [good], { onRouteFailed: {} }],
    ["name", [good], { name: "" }],
    ["firstToken", [good], { firstToken: "1s" }],
  ] as [string, never, object][])("%s is named, and no call is made: %o %o", async (option, routes, options) => {
    const error = await caught(failover(routes, options));
    expect(InvalidOptionError.is(error)).toBe(true);
    expect(error).toMatchObject({ option });
  });

  it("of a stream are thrown at once", () => {
    const stream = { breaker, run: async function* () {} };
    const both = { ...stream, isEnd: () => true, inspect: () => ({ see: () => "end", end: () => "whole" }) };
    expect(() => failoverStream([both as never])).toThrow(/inspect/);
    expect(() => failoverStream([{ ...stream, timeout: "1s" } as never])).toThrow(/routes\[0\]\.timeout/);
    expect(() => failoverStream([stream], { routeTimeout: "1s" } as never)).toThrow(/routeTimeout/);
  });
});
