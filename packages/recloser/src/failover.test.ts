import { describe, expect, expectTypeOf, it } from "vitest";
import { caught, FailoverRig, hangs, NOTHING, throws } from "../../../tests/support/failover-rig.ts";
import { Failure } from "../../../tests/support/retry-rig.ts";
import type { Breaker, ExecuteOptions } from "./api.ts";
import { CircuitOpenError, ShedError } from "./errors.ts";
import { failover } from "./failover.ts";
import { AllRoutesFailedError } from "./failover-error.ts";
import type { OutcomeKind } from "./outcome.ts";

const COUNTS: Readonly<Record<Exclude<OutcomeKind, "success">, boolean>> = {
  "server-error": true,
  overloaded: true,
  timeout: true,
  network: true,
  "stream-error": true,
  unknown: true,
  "rate-limited": true,
  "quota-exhausted": true,
  auth: true,
  "caller-error": false,
  "content-filtered": false,
  cancelled: false,
};

describe("a failover", () => {
  it("gives the answer of the first route, and asks no other", async () => {
    const rig = new FailoverRig();
    const answer = await failover([rig.route("a", async () => "one"), rig.route("b", () => 2)], rig.listening);
    expectTypeOf(answer).toEqualTypeOf<string | number>();
    expect([answer, rig.made]).toEqual(["one", ["a"]]);
    expect(rig.reports).toEqual([{ route: "a", index: 0, tried: [], durationMs: 0 }]);
    expect(rig.failed).toEqual([]);
  });

  it("takes any number of routes that were made elsewhere", async () => {
    const rig = new FailoverRig();
    const routes = ["a", "b", "c"].map((name) => rig.route(name, name === "c" ? () => 3 : throws(new Error("down"))));
    const answer = await failover(routes);
    expectTypeOf(answer).toEqualTypeOf<number>();
    expect(answer).toBe(3);
    expect(rig.made).toEqual(["a", "b", "c"]);
  });

  it("tells which route has answered, and what those before it have said", async () => {
    const rig = new FailoverRig();
    const down = new Failure("overloaded");
    const late = async (): Promise<never> => {
      await rig.clock.sleep(300);
      throw down;
    };
    await rig.trip(rig.breaker("a"));
    const routes = [rig.route("a", () => 1), { name: "spare", ...rig.route("b", late) }, rig.route("c", () => 3)];
    const answer = failover(routes, rig.listening);
    await rig.clock.advance(300);
    expect(await answer).toBe(3);
    const tried = [
      { route: "a", index: 0, made: false, outcome: null, error: expect.any(CircuitOpenError) as Error, durationMs: 0 },
      {
        ...{ route: "spare", index: 1, made: true, error: down, durationMs: 300 },
        outcome: expect.objectContaining({ kind: "overloaded" }) as object,
      },
    ];
    expect(rig.failed).toEqual(tried);
    expect(rig.reports).toEqual([{ route: "c", index: 2, tried, durationMs: 300 }]);
  });

  it.each(Object.entries(COUNTS))("after the failure %s asks the next route: %s", async (kind, goesOn) => {
    const rig = new FailoverRig();
    const error = new Failure(kind as OutcomeKind);
    const end = await caught(failover([rig.route("a", throws(error)), rig.route("b", () => 2)]));
    expect(end).toEqual(goesOn ? { answered: 2 } : error);
    expect(rig.made).toEqual(goesOn ? ["a", "b"] : ["a"]);
    expect(rig.outstanding()).toEqual(NOTHING);
  });

  it("throws a programming error as it came", async () => {
    const rig = new FailoverRig();
    const bug = new TypeError("x is not a function");
    const broken = (): never => {
      throw bug;
    };
    expect(await caught(failover([rig.route("a", broken), rig.route("b", () => 2)]))).toBe(bug);
  });

  it("throws what a later route says to the caller as it came", async () => {
    const rig = new FailoverRig();
    const mistake = new Failure("caller-error");
    const routes = [rig.route("a", throws(new Failure("network"))), rig.route("b", throws(mistake))];
    expect(await caught(failover(routes, rig.listening))).toBe(mistake);
    expect(rig.failed.map(({ route }) => route)).toEqual(["a", "b"]);
  });
});

describe("a route that cannot be asked", () => {
  it("is passed over at once where it is open, held, ramping, full or probing", async () => {
    const rig = new FailoverRig({ failureThreshold: 1 });
    const open = rig.route("open", () => 0);
    await rig.fails(open.breaker);
    const held = rig.route("held", () => 0);
    await caught(held.breaker.execute(throws(new Failure("rate-limited"))));
    const full = rig.route("full", () => 0, { shed: { maxInFlight: 1 } });
    const permit = await full.breaker.acquire();
    const probing = rig.route("probing", () => 0);
    await rig.fails(probing.breaker);
    await probing.breaker.probeNow({ by: "test" });
    const probe = probing.breaker.tryAcquire();
    const ramping = rig.route("ramping", () => 0, { ramp: { from: 1 } });
    await rig.fails(ramping.breaker);
    await ramping.breaker.probeNow({ by: "test" });
    await ramping.breaker.execute(() => 0);
    const slot = ramping.breaker.tryAcquire();
    const answer = failover([open, held, full, probing, ramping, rig.route("last", () => "ok")], rig.listening);
    expect(await answer).toBe("ok");
    expect(rig.made).toEqual(["last"]);
    const reasons = rig.failed.map(({ error }) => (error as CircuitOpenError | ShedError).reason);
    expect(reasons).toEqual(["open", "rate-limited", "concurrency", "probing", "ramping"]);
    for (const one of [permit, probe, slot]) one?.ignore();
    expect(rig.outstanding()).toEqual(NOTHING);
  });

  it("is also one that takes its own breaker inside the call", async () => {
    const rig = new FailoverRig();
    const inner = rig.breaker("inner");
    await rig.trip(inner);
    const routes = [rig.route("a", () => inner.execute(() => 1)), rig.route("b", () => 2)];
    expect(await failover(routes)).toBe(2);
    expect(rig.breaker("a").snapshot().window.failures).toBe(0);
  });

  it("is left by a call that is given up when its circuit trips", async () => {
    const rig = new FailoverRig({ failureThreshold: 2, silence: "5s" });
    const answers = [1, 2].map(() => failover([rig.route("a", hangs), rig.route("b", () => "b")], rig.listening));
    await rig.clock.advance(10_000);
    expect(await Promise.all(answers)).toEqual(["b", "b"]);
    expect(rig.failed).toMatchObject([1, 2].map(() => ({ made: true, outcome: null, error: { inFlight: true } })));
    expect(rig.breaker("a").state).toBe("open");
  });
});

describe("the priority of a call", () => {
  it("is that of each route: a batch call leaves the last places to others", async () => {
    const rig = new FailoverRig({ shed: { maxInFlight: 5 } });
    const permits = await Promise.all([1, 2, 3, 4].map(() => rig.breaker("a").acquire()));
    const routes = [rig.route("a", () => "a"), rig.route("b", () => "b")];
    expect(await failover(routes, { priority: "batch" })).toBe("b");
    expect(await failover(routes)).toBe("a");
    for (const permit of permits) permit.ignore();
  });
});

describe("what goes on", () => {
  it("is what failOn says, which is given the outcome and the error", async () => {
    const rig = new FailoverRig();
    const asked: unknown[] = [];
    const [filtered, down] = [new Failure("content-filtered"), new Failure("server-error")];
    const failOn = ({ kind }: { kind: OutcomeKind }, error: unknown): boolean => {
      asked.push(kind, error);
      return kind === "content-filtered";
    };
    const routes = [rig.route("a", throws(filtered)), rig.route("b", throws(down)), rig.route("c", () => 3)];
    expect(await caught(failover(routes, { failOn }))).toBe(down);
    expect(asked).toEqual(["content-filtered", filtered, "server-error", down]);
  });

  it("is not asked of a rejection", async () => {
    const rig = new FailoverRig();
    await rig.trip(rig.breaker("a"));
    expect(await failover([rig.route("a", () => 1), rig.route("b", () => 2)], { failOn: () => false })).toBe(2);
  });

  it("is the default where failOn throws, and nothing but true is a yes", async () => {
    const rig = new FailoverRig();
    const routes = [rig.route("a", throws(new Failure("network"))), rig.route("b", () => 2)];
    const confused = (): never => {
      throw new Error("no idea");
    };
    expect(await failover(routes, { failOn: confused, name: "confused" })).toBe(2);
    const promised = (async () => true) as unknown as () => boolean;
    expect(await caught(failover(routes, { failOn: promised }))).toBeInstanceOf(Failure);
  });
});

describe("an answer that counts as a failure", () => {
  const response = (status: number): Response => new Response("body", { status });

  it("is followed by the next route, and given back unread", async () => {
    const rig = new FailoverRig();
    const busy = response(503);
    const answer = await failover([rig.route("a", () => busy), rig.route("b", () => response(200))], rig.listening);
    expect([answer.status, busy.bodyUsed]).toEqual([200, true]);
    expect(rig.failed).toMatchObject([{ route: "a", made: true, error: null, outcome: { kind: "overloaded" } }]);
    expect(rig.breaker("a").snapshot().window.byKind).toEqual({ overloaded: 1 });
  });

  it("is the caller's, whole, where no other call is made", async () => {
    const rig = new FailoverRig();
    await rig.trip(rig.breaker("b"));
    const answer = await failover([rig.route("a", () => response(503)), rig.route("b", () => response(200))]);
    expect([answer.status, await answer.text()]).toEqual([503, "body"]);
  });

  it("is nobody's any more where a later call was made, and failed", async () => {
    const rig = new FailoverRig();
    const routes = [rig.route("a", () => response(503)), rig.route("b", throws(new Failure("network")))];
    expect(AllRoutesFailedError.is(await caught(failover(routes)))).toBe(true);
  });

  it("is the caller's where it is of the last route, or about the caller", async () => {
    const rig = new FailoverRig();
    const failing = rig.route("a", throws(new Failure("network")));
    expect((await failover([failing, rig.route("b", () => response(500))])).status).toBe(500);
    expect((await failover([rig.route("c", () => response(400)), failing])).status).toBe(400);
  });
});

describe("where no route answers", () => {
  it("the error carries what each has said, and as its cause what was thrown last", async () => {
    const rig = new FailoverRig();
    const [first, second] = [new Failure("overloaded"), new Failure("timeout")];
    await rig.trip(rig.breaker("c"));
    const routes = [rig.route("a", throws(first)), rig.route("b", throws(second)), rig.route("c", () => 3)];
    const error = (await caught(failover(routes))) as AllRoutesFailedError;
    expect(AllRoutesFailedError.is(error)).toBe(true);
    expect(error).toMatchObject({
      ...{ code: "ERR_ALL_ROUTES_FAILED", key: "a → b → c", retryAfterMs: null, cause: second },
      tried: [{ error: first }, { error: second }, { made: false }],
      message: 'no route of "a → b → c" answered: "a" failed, "b" failed, "c" rejected (override)',
    });
    expect(CircuitOpenError.is(error)).toBe(false); // a call was made
  });

  it("and none could be asked, it is found as the rejection of the one that can be asked again first", async () => {
    const rig = new FailoverRig({ failureThreshold: 1 });
    const routes = ["a", "b", "c"].map((name) => rig.route(name, () => 1));
    await rig.fails(rig.breaker("a"));
    await rig.clock.advance(4_000);
    await rig.fails(rig.breaker("b"));
    await rig.trip(rig.breaker("c"));
    const error = (await caught(failover(routes))) as AllRoutesFailedError;
    expect(CircuitOpenError.from(error)).toMatchObject({ key: "a", retryAfterMs: 6_000 });
    expect(error.retryAfterMs).toBe(6_000);
    const response = error.toResponse();
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "6"]);
    expect(await response.json()).toMatchObject({ code: "ERR_CIRCUIT_OPEN", key: "a" });
    expect(error.stack?.split("\n")).toHaveLength(1);
  });

  it("and some were shed, it says when a call may be made", async () => {
    const rig = new FailoverRig({ failureThreshold: 1, shed: { maxInFlight: 1 } });
    await rig.fails(rig.breaker("a"));
    const permit = await rig.breaker("b").acquire();
    const error = await caught(failover([rig.route("a", () => 1), rig.route("b", () => 2)]));
    const response = (error as AllRoutesFailedError).toResponse();
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await response.json()).toMatchObject({
      code: "ERR_ALL_ROUTES_FAILED",
      routes: [
        { route: "a", said: "open" },
        { route: "b", said: "concurrency" },
      ],
    });
    permit.ignore();
  });

  it.each([
    [["timeout", "timeout"], 504],
    [["timeout", "auth"], 502],
  ] as const)("after %j the answer to whoever asked is %i", async (kinds, status) => {
    const rig = new FailoverRig();
    const error = await caught(failover(kinds.map((kind, i) => rig.route(`r${i}`, throws(new Failure(kind))))));
    const response = (error as AllRoutesFailedError).toResponse();
    expect([response.status, response.headers.get("retry-after")]).toEqual([status, null]);
  });

  it("its message never has the words in which an SDK reads a fault of transport", async () => {
    const rig = new FailoverRig();
    const routes = [{ name: "time-out", ...rig.route("a", throws(new Failure("timeout"))) }];
    const error = (await caught(failover(routes, { name: "timeouts" }))) as Error;
    expect(error.message).toBe("no route of this failover answered: a route failed");
  });

  it("a breaker around it counts nothing where no call was made, and else the failure", async () => {
    const rig = new FailoverRig();
    const outer = rig.breaker("outer");
    await rig.trip(rig.breaker("a"));
    await caught(outer.execute(() => failover([rig.route("a", () => 1)])));
    expect(outer.snapshot().window).toMatchObject({ failures: 0 });
    const down = Object.assign(new Error("no"), { status: 503 });
    await caught(outer.execute(() => failover([rig.route("b", throws(down))])));
    expect(outer.snapshot().window.byKind).toEqual({ overloaded: 1 });
  });

  it("the fallback answers, and is told so", async () => {
    const rig = new FailoverRig();
    const given: unknown[] = [];
    const fallback = (error: unknown, { open, outcome }: { open: unknown; outcome: unknown }): string =>
      given.push(AllRoutesFailedError.is(error), open, outcome) > 0 ? "sorry" : "";
    const answer = await failover([rig.route("a", throws(new Failure("network")))], { fallback });
    expectTypeOf(answer).toEqualTypeOf<string>();
    expect([answer, given]).toEqual(["sorry", [true, null, expect.objectContaining({ kind: "network" })]]);
    await rig.trip(rig.breaker("b"));
    await failover([rig.route("b", () => 1)], { fallback });
    expect(given.slice(3)).toEqual([true, expect.any(CircuitOpenError), null]);
    const mistake = new Failure("caller-error");
    expect(await caught(failover([rig.route("c", throws(mistake))], { fallback }))).toBe(mistake);
  });
});

describe("listeners", () => {
  it("that throw or reject change nothing", async () => {
    const rig = new FailoverRig();
    const routes = [rig.route("a", throws(new Failure("network"))), rig.route("b", () => 2)];
    const onAnswer = (): never => {
      throw new Error("a bug");
    };
    const onRouteFailed = (): void => Promise.reject(new Error("a bug")) as unknown as undefined;
    expect(await failover(routes, { onAnswer, onRouteFailed })).toBe(2);
  });
});

describe("what a user has put around a breaker", () => {
  const around = (breaker: Breaker, passOn: (options: ExecuteOptions) => ExecuteOptions): Breaker =>
    Object.create(breaker, {
      execute: { value: (run: () => unknown, options: ExecuteOptions) => breaker.execute(run, passOn(options)) },
      stream: { value: () => {} },
      state: { get: () => breaker.state },
      name: { value: breaker.name },
    }) as Breaker;

  it("is a route like any other where it passes the options on, also without a clock of its own", async () => {
    const rig = new FailoverRig();
    const failing = rig.route("a", throws(new Failure("overloaded")));
    const routes = [{ ...failing, breaker: around(failing.breaker, (options) => options) }, rig.route("b", () => 2)];
    expect(await failover(routes, { timeout: "1m", ...rig.listening })).toBe(2);
    expect(rig.failed).toMatchObject([{ route: "a", made: true, outcome: { kind: "overloaded" } }]);
  });

  it("still goes on from a rejection where it does not, and from nothing else", async () => {
    const rig = new FailoverRig();
    const down = new Failure("overloaded");
    const failing = rig.route("a", throws(down));
    const bare = { ...failing, breaker: around(failing.breaker, ({ signal }) => ({ signal })) };
    expect(await caught(failover([bare, rig.route("b", () => 2)]))).toBe(down);
    await rig.trip(failing.breaker);
    expect(await failover([bare, rig.route("b", () => 2)])).toBe(2);
  });
});

describe("modes and overrides", () => {
  it("a route that observes is asked whatever its circuit says, and its failures go on", async () => {
    const rig = new FailoverRig({ failureThreshold: 1 });
    const a = rig.route("a", throws(new Failure("server-error")), { mode: "observe" });
    for (let i = 0; i < 3; i++) expect(await failover([a, rig.route("b", () => 2)])).toBe(2);
    expect([a.breaker.state, rig.made.length]).toEqual(["open", 6]);
  });

  it("so is one whose breaker is off, or held closed by an operator", async () => {
    const rig = new FailoverRig({ failureThreshold: 1 });
    const off = rig.route("off", throws(new Failure("server-error")), { mode: "off" });
    const forced = rig.route("forced", throws(new Failure("server-error")));
    await forced.breaker.forceClosed({ by: "test", reason: "drill" });
    for (let i = 0; i < 3; i++) expect(await failover([off, forced, rig.route("c", () => 3)])).toBe(3);
    expect(rig.made).toHaveLength(9);
  });

  it("a structured key's route is passed over when any of its records rejects", async () => {
    const rig = new FailoverRig();
    const of = (model: string) => rig.recloser.breaker({ provider: "p", model, credential: "c" });
    const run = throws(Object.assign(new Error("who"), { status: 401 }));
    await caught(of("m1").execute(run));
    const answer = failover([{ breaker: of("m2"), run: () => 1 }, rig.route("b", () => 2)], rig.listening);
    expect(await answer).toBe(2);
    expect(rig.failed).toMatchObject([{ made: false, error: { reason: "auth" } }]);
  });
});
