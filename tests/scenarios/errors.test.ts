import { CallTimeoutError, CircuitOpenError, InvalidOptionError, createBreaker } from "recloser";
import { describe, expect, test } from "vitest";

import { atFourFailures, down, fleetOf, halfOpenRig, openRig, rigOf, textOf } from "./support.ts";

const openError = async (): Promise<CircuitOpenError> => (await openRig({ name: "openai:gpt-5" })).rejection();

describe("CircuitOpenError", () => {
  test("it says which circuit, since when, why, and for how long", async () => {
    const rig = await openRig({ name: "openai:gpt-5" });
    const openedAtMs = rig.clock.now();
    await rig.clock.advance(4_000);
    const error = await rig.rejection();
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      code: "ERR_CIRCUIT_OPEN",
      key: "openai:gpt-5",
      state: "open",
      reason: "open",
      retryAfterMs: 6_000,
      openedAtMs,
      lastFailure: { kind: "server-error", atMs: openedAtMs },
    });
    expect(error.generation).toEqual(expect.any(Number));
  });

  test("its message names no timeout, even when timeouts were the evidence", async () => {
    const rig = rigOf({ ...atFourFailures, name: "slow" });
    for (let i = 0; i < 4; i++) {
      const call = await rig.starts({ timeout: "1s" });
      await rig.clock.advance(1_000);
      expect(call.result.status).toBe("rejected");
    }
    const error = await rig.rejection();
    expect(error.message).not.toMatch(/time(d )?-?out/i);
    expect(error.lastFailure?.kind).toBe("timeout");
    await rig.clock.advance(10_000);
    await rig.starts();
    expect((await rig.rejection()).message).not.toMatch(/time(d )?-?out/i);
  });

  test("it is found beneath what was wrapped around it", async () => {
    const error = await openError();
    const wrapped = new Error("Connection error.", { cause: new TypeError("fetch failed", { cause: error }) });
    expect(CircuitOpenError.is(error)).toBe(true);
    expect(CircuitOpenError.is(wrapped)).toBe(true);
    expect(CircuitOpenError.is(Object.assign(new Error("Failed after 3 attempts"), { lastError: wrapped }))).toBe(true);
    expect(
      CircuitOpenError.is({ name: "CircuitOpenError", code: "ERR_CIRCUIT_OPEN", message: "from another copy" }),
    ).toBe(true);
    expect(
      CircuitOpenError.is(Object.assign(new Error("503"), { status: 503, error: { code: "ERR_CIRCUIT_OPEN" } })),
    ).toBe(true);
  });

  test("it is found in the body of the response it makes, as an SDK would show it", async () => {
    const response = (await openError()).toResponse();
    expect(response.status).toBeGreaterThanOrEqual(400);
    const text = await response.text();
    const body = JSON.parse(text) as { error?: object };
    const { status } = response;
    expect(CircuitOpenError.is(Object.assign(new Error("503"), { status, error: body }))).toBe(true);
    // openai, anthropic and groq keep the body's `error` field only; the AI SDK and others keep its text.
    expect(CircuitOpenError.is(Object.assign(new Error("503"), { status, error: body.error }))).toBe(true);
    expect(CircuitOpenError.is(Object.assign(new Error("503"), { statusCode: status, responseBody: text }))).toBe(true);
  });

  test("nothing else is taken for it, and no shape makes the question hang or throw", () => {
    const circle: { cause?: unknown } = {};
    circle.cause = { cause: circle };
    const trap = {
      get cause() {
        throw new Error("a getter that throws");
      },
    };
    for (const thing of [
      null,
      undefined,
      0,
      "ERR_CIRCUIT_OPEN",
      Symbol("x"),
      () => 1,
      {},
      down(),
      new Error("x", { cause: down() }),
      circle,
      trap,
    ]) {
      expect(CircuitOpenError.is(thing)).toBe(false);
    }
    expect(CircuitOpenError.is(new CallTimeoutErrorLike())).toBe(false);
  });

  test("rethrowing it through many layers does not grow its stack", async () => {
    const rig = await openRig();
    const layer = async (depth: number): Promise<unknown> => {
      if (depth === 0) return rig.breaker.execute(() => "never");
      return layer(depth - 1).catch((error: unknown) => {
        throw error;
      });
    };
    const error = (await layer(50).catch((e: unknown) => e)) as CircuitOpenError;
    expect(CircuitOpenError.is(error)).toBe(true);
    expect((error.stack ?? "").split("\n").length).toBeLessThan(15);
  });

  test("every reason comes with a retryAfterMs that is a number and not negative", async () => {
    const seen = new Map<string, number>();
    const note = (error: CircuitOpenError): void => void seen.set(error.reason, error.retryAfterMs);
    const rig = await openRig({ ramp: { from: 2 } });
    note(await rig.rejection());
    await rig.clock.advance(10_000);
    const probe = await rig.starts();
    note(await rig.rejection());
    await probe.succeed();
    await rig.starts();
    await rig.starts();
    note(await rig.rejection());
    await rig.breaker.forceOpen({ by: "ops", reason: "drill" });
    note(await rig.rejection());
    const held = rigOf();
    await held.fails(1, Object.assign(new Error("slow down"), { status: 429 }));
    note(await held.rejection());
    expect([...seen.keys()].toSorted()).toEqual(["open", "override", "probing", "ramping", "rate-limited"]);
    for (const ms of seen.values()) {
      expect(ms).toEqual(expect.any(Number));
      expect(ms).toBeGreaterThanOrEqual(0);
    }
  });

  test("while probing, retryAfterMs is the lease's rest", async () => {
    const rig = await halfOpenRig({ probe: { lease: "8s" } });
    const permit = rig.breaker.tryAcquire();
    await rig.clock.advance(3_000);
    expect((await rig.rejection()).retryAfterMs).toBe(5_000);
    permit?.ignore();
  });

  test("no prompt, key or body of a failed call is in it or in an event", async () => {
    const secret = "sk-live-4242";
    const rig = rigOf();
    const texts: string[] = [];
    for (const event of ["transition", "rejected", "probe", "hold"] as const)
      rig.breaker.on(event, (e) => texts.push(textOf(e)));
    const error = Object.assign(new Error(`bad thing with ${secret}`), {
      status: 500,
      body: secret,
      headers: new Headers({ authorization: secret }),
    });
    await rig.fails(4, error);
    const rejection = await rig.rejection();
    texts.push(textOf(rejection), await rejection.toResponse().text(), JSON.stringify(rig.breaker.snapshot()));
    expect(texts.length).toBeGreaterThan(3);
    for (const text of texts) expect(text).not.toContain(secret);
  });
});

class CallTimeoutErrorLike extends Error {
  readonly code = "ERR_CALL_TIMEOUT";
}

describe("the other errors", () => {
  test("each class knows its own", async () => {
    const rig = rigOf();
    const call = await rig.starts({ timeout: "1s" });
    await rig.clock.advance(1_000);
    const timeout = call.result.error;
    expect(CallTimeoutError.is(timeout)).toBe(true);
    expect(CircuitOpenError.is(timeout)).toBe(false);
    expect(InvalidOptionError.is(timeout)).toBe(false);

    const invalid = (() => {
      try {
        return createBreaker({ failureRate: 2 });
      } catch (error) {
        return error;
      }
    })();
    expect(InvalidOptionError.is(invalid)).toBe(true);
    expect(CallTimeoutError.is(invalid)).toBe(false);
  });

  test("a rejection of a structured key names a key of the call's own", async () => {
    const rig = fleetOf().rig({ provider: "openai", model: "gpt-5" });
    await rig.fails(4);
    expect((await rig.rejection()).key).toMatch(/^openai/);
  });
});
