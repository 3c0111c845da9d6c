import { describe, expect, it } from "vitest";
import { HandFedSource } from "../../../tests/support/hand-fed-source.ts";
import { createBreaker } from "./recloser.ts";
import { CallTimeoutError, CircuitOpenError, ShedError } from "./errors.ts";
import { answerInstead, deservesFallback, type FallbackInfo } from "./fallback.ts";
import { outcomeOf, type OutcomeKind } from "./outcome.ts";
import { manualClock } from "./testing/manual-clock.ts";

const KINDS: readonly [OutcomeKind, boolean][] = [
  ["server-error", true],
  ["overloaded", true],
  ["timeout", true],
  ["network", true],
  ["stream-error", true],
  ["unknown", true],
  ["rate-limited", true],
  ["quota-exhausted", true],
  ["auth", true],
  ["caller-error", false],
  ["content-filtered", false],
  ["cancelled", false],
];

describe("what deserves a fallback", () => {
  it.each(KINDS)("%s: %s", (kind, deserves) => {
    expect(deservesFallback(new Error("x"), outcomeOf(kind))).toBe(deserves);
  });

  it("is a programming error not", () => {
    expect(deservesFallback(new TypeError("x"), outcomeOf("unknown", { track: "none" }))).toBe(false);
  });
});

describe("a fallback that fails too", () => {
  const first = new Error("first");

  it("is thrown with the first error as its cause", async () => {
    const second = new Error("second");
    const failing = answerInstead(() => Promise.reject(second), first, null);
    await expect(failing).rejects.toBe(second);
    expect(second.cause).toBe(first);
  });

  it("is thrown as it is where a cause cannot be added: not an error, frozen, the same error again, one with a cause", async () => {
    const cause = new Error("its own");
    for (const thrown of ["text", null, Object.freeze(new Error("frozen")), first, new Error("second", { cause })]) {
      const failing = answerInstead(
        () => {
          throw thrown as Error;
        },
        first,
        null,
      );
      await expect(failing).rejects.toBe(thrown);
    }
    expect(first.cause).toBeUndefined();
  });
});

describe("a breaker's fallback", () => {
  const clock = manualClock();
  const policy = { clock, failureThreshold: 1, cooldown: { initial: 1_000, jitter: 0 } };

  it("answers for a failure and is told how it was counted", async () => {
    const seen: FallbackInfo[] = [];
    const error = new Error("db down");
    const answer = await createBreaker(policy).execute(() => Promise.reject(error), {
      fallback: (given, info) => {
        seen.push(info);
        return given === error ? "instead" : "wrong error";
      },
    });
    expect(answer).toBe("instead");
    expect(seen).toEqual([{ open: null, outcome: outcomeOf("unknown") }]);
  });

  it("answers for a rejection and is told of the circuit", async () => {
    const breaker = createBreaker(policy);
    await expect(breaker.execute(() => Promise.reject(new Error("x")))).rejects.toThrow("x");
    const answer = await breaker.execute(() => "never", { fallback: (error, info) => [error, info] as const });
    const [error, info] = answer as readonly [unknown, FallbackInfo];
    expect(error).toBeInstanceOf(CircuitOpenError);
    expect(info).toEqual({ open: error, outcome: null });
  });

  it("answers for a call that is shed, and for one that ran out of time", async () => {
    const breaker = createBreaker({ ...policy, failureThreshold: 9, shed: { maxInFlight: 1 } });
    const slow = breaker.execute(() => new Promise(() => {}), { timeout: 50, fallback: (error) => error });
    expect(await breaker.execute(() => 1, { fallback: (error) => error })).toBeInstanceOf(ShedError);
    await clock.advance(50);
    expect(await slow).toBeInstanceOf(CallTimeoutError);
  });

  it("stays silent for the caller's own mistake and the caller's own abort", async () => {
    const breaker = createBreaker(policy);
    const mistake = Object.assign(new Error("bad request"), { status: 400 });
    const fallback = (): string => "instead";
    await expect(breaker.execute(() => Promise.reject(mistake), { fallback })).rejects.toBe(mistake);
    const controller = new AbortController();
    const call = breaker.execute(() => new Promise(() => {}), { signal: controller.signal, fallback });
    const reason = new Error("changed my mind");
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
  });

  it("is not asked when the call succeeds, whatever it answers", async () => {
    const asked = (): never => {
      throw new Error("asked");
    };
    expect(await createBreaker(policy).execute(() => undefined, { fallback: asked })).toBeUndefined();
  });
});

describe("a stream's fallback", () => {
  const clock = manualClock();
  const policy = { clock, failureThreshold: 1 };

  it("takes over before anything was delivered, as a stream, a list or one answer", async () => {
    for (const answer of [
      ["x", "y"],
      (async function* () {
        yield* ["x", "y"];
      })(),
    ]) {
      const breaker = createBreaker(policy);
      const seen: unknown[] = [];
      const failing = breaker.stream(
        (): HandFedSource => {
          throw new Error("down");
        },
        { fallback: () => answer },
      );
      for await (const chunk of failing) seen.push(chunk);
      expect(seen).toEqual(["x", "y"]);
    }
  });

  it("does not take over half an answer", async () => {
    const breaker = createBreaker(policy);
    const source = new HandFedSource();
    const reader = breaker.stream(() => source, { fallback: () => ["instead"] })[Symbol.asyncIterator]();
    const first = reader.next();
    await clock.advance(0);
    source.gives("half");
    await first;
    const second = reader.next();
    await clock.advance(0);
    source.fails(new Error("cut"));
    await expect(second).rejects.toThrow("cut");
  });

  it("is closed when the consumer stops while it is being made", async () => {
    const breaker = createBreaker(policy);
    const source = new HandFedSource();
    let make: (stream: HandFedSource) => void = () => {};
    const failing = breaker.stream(
      (): HandFedSource => {
        throw new Error("down");
      },
      {
        fallback: () => new Promise<HandFedSource>((resolve) => (make = resolve)),
      },
    );
    const reader = failing[Symbol.asyncIterator]();
    const pending = reader.next();
    await clock.advance(0);
    await reader.return?.();
    make(source);
    expect(await pending).toEqual({ done: true, value: undefined });
    await clock.advance(0);
    expect([source.returns, source.pulls]).toEqual([1, 0]);
  });
});
