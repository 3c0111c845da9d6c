import { getEventListeners } from "node:events";

import { CallTimeoutError } from "recloser";
import { describe, expect, test } from "vitest";

import { atFourFailures, rigOf, watch } from "./support.ts";

const never = (): Promise<never> => new Promise(() => {});

describe("what a call is given and gives", () => {
  test("the context carries the key, a signal and whether this is a probe", async () => {
    const rig = rigOf({ name: "openai" });
    const call = await rig.starts();
    expect(call.context).toMatchObject({ key: "openai", probe: false, attempt: expect.any(Number) });
    expect(call.context?.signal).toBeInstanceOf(AbortSignal);
    expect(call.context?.signal.aborted).toBe(false);
    await call.succeed(42);
    expect(call.result.value).toBe(42);
  });

  test("what the callback throws is rethrown as the same object", async () => {
    const rig = rigOf();
    const error = new Error("db down");
    await expect(rig.breaker.execute(() => Promise.reject(error))).rejects.toBe(error);
    expect(Object.keys(error)).toEqual([]);
  });

  test("a frozen error is rethrown as it is", async () => {
    const error = Object.freeze(new Error("frozen"));
    await expect(rigOf().breaker.execute(() => Promise.reject(error))).rejects.toBe(error);
  });
});

describe("our deadline", () => {
  test("a call past its total time rejects with CallTimeoutError, is told to stop, and counts as a timeout", async () => {
    const rig = rigOf(atFourFailures);
    for (let i = 0; i < 4; i++) {
      expect(rig.breaker.state).toBe("closed");
      const call = await rig.starts({ timeout: "1s" });
      await rig.clock.advance(999);
      expect(call.result.status).toBe("pending");
      await rig.clock.advance(1);
      expect(call.result.error).toBeInstanceOf(CallTimeoutError);
      expect(call.result.error).toMatchObject({ code: "ERR_CALL_TIMEOUT", phase: "total" });
      expect(call.context?.signal.aborted).toBe(true);
    }
    expect(rig.breaker.state).toBe("open");
    expect((await rig.rejection()).lastFailure?.kind).toBe("timeout");
  });

  test("the policy's total time holds where the call names none", async () => {
    const rig = rigOf({ timeouts: { total: "2s" } });
    const call = await rig.starts();
    const shorter = await rig.starts({ timeout: "1s" });
    await rig.clock.advance(1_000);
    expect(call.result.status).toBe("pending");
    expect(shorter.result.error).toMatchObject({ code: "ERR_CALL_TIMEOUT" });
    await rig.clock.advance(1_000);
    expect(call.result.error).toMatchObject({ code: "ERR_CALL_TIMEOUT", phase: "total" });
  });

  test("without a time limit a call may take as long as it likes", async () => {
    const rig = rigOf();
    const call = await rig.starts();
    await rig.clock.advance(24 * 3_600_000);
    expect(call.result.status).toBe("pending");
    await call.succeed("at last");
    expect(call.result.value).toBe("at last");
  });

  test("a callback that answers after its deadline is counted once, as a timeout", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 2 });
    const call = await rig.starts({ timeout: "1s" });
    await rig.clock.advance(1_000);
    await call.fail();
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });

  test("deadlines leave no sleeper behind when calls end in time", async () => {
    const rig = rigOf();
    const call = await rig.starts({ timeout: "1h" });
    await call.succeed();
    await rig.clock.advance(3_600_000);
    expect(call.result.value).toBe("ok");
    expect(rig.breaker.state).toBe("closed");
  });
});

describe("the caller's abort", () => {
  test("rejects with the caller's reason at once, though the callback never listens", async () => {
    const rig = rigOf();
    const caller = new AbortController();
    const call = await rig.starts({ signal: caller.signal });
    const reason = { why: "tab closed" };
    caller.abort(reason);
    await rig.clock.advance(0);
    expect(call.result.error).toBe(reason);
    expect(call.context?.signal.aborted).toBe(true);
    expect(call.context?.signal.reason).toBe(reason);
  });

  test("a signal that is already aborted rejects with its reason", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 1 });
    const error = await rig.breaker.execute(never, { signal: AbortSignal.abort("gone") }).catch((e: unknown) => e);
    expect(error).toBe("gone");
    expect(rig.breaker.state).toBe("closed");
  });

  test("whichever came first decides: the caller before the deadline", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 1 });
    const caller = new AbortController();
    const call = await rig.starts({ signal: caller.signal, timeout: "1s" });
    await rig.clock.advance(500);
    caller.abort("user left");
    await rig.clock.advance(1_000);
    expect(call.result.error).toBe("user left");
    expect(rig.breaker.state).toBe("closed");
  });

  test("whichever came first decides: the deadline before the caller", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 1 });
    const caller = new AbortController();
    const call = await rig.starts({ signal: caller.signal, timeout: "1s" });
    await rig.clock.advance(1_000);
    caller.abort("user left");
    await rig.clock.advance(0);
    expect(call.result.error).toBeInstanceOf(CallTimeoutError);
    expect(rig.breaker.state).toBe("open");
  });

  test("an abort after the answer changes nothing", async () => {
    const rig = rigOf();
    const caller = new AbortController();
    const call = await rig.starts({ signal: caller.signal });
    await call.succeed("answer");
    caller.abort();
    await rig.clock.advance(0);
    expect(call.result.value).toBe("answer");
    expect(call.context?.signal.aborted).toBe(false);
  });

  test("one signal may serve many calls, one after another and at once", async () => {
    const rig = rigOf();
    const caller = new AbortController();
    for (let i = 0; i < 50; i++) expect(await rig.breaker.execute(() => i, { signal: caller.signal })).toBe(i);
    const calls = [await rig.starts({ signal: caller.signal }), await rig.starts({ signal: caller.signal })];
    caller.abort("all of them");
    await rig.clock.advance(0);
    expect(calls.map((call) => call.result.error)).toEqual(["all of them", "all of them"]);
  });

  test("no call leaves a listener on the caller's signal, however it ended", async () => {
    const rig = rigOf(atFourFailures);
    const { signal } = new AbortController();
    for (let i = 0; i < 20; i++) await rig.breaker.execute(() => i, { signal, timeout: "1s" });
    for (let i = 0; i < 4; i++) {
      const call = await rig.starts({ signal, timeout: "1s" });
      await rig.clock.advance(1_000);
      expect(call.result.status).toBe("rejected");
    }
    const rejected = await rig.starts({ signal });
    expect(rejected.result.error).toMatchObject({ code: "ERR_CIRCUIT_OPEN" });
    for await (const chunk of rigOf().breaker.stream(
      async function* () {
        yield 1;
      },
      { signal, idle: "1s" },
    ))
      expect(chunk).toBe(1);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  test("acquire with an aborted signal rejects with its reason and takes no probe", async () => {
    const rig = rigOf(atFourFailures);
    await rig.fails(4);
    await rig.clock.advance(10_000);
    const error = await rig.breaker.acquire({ signal: AbortSignal.abort("gone") }).catch((e: unknown) => e);
    expect(error).toBe("gone");
    expect(rig.breaker.tryAcquire()?.kind).toBe("probe");
  });

  test("a rejection by the breaker wins over nothing: an open circuit rejects a caller that did not abort", async () => {
    const rig = rigOf(atFourFailures);
    await rig.fails(4);
    const call = watch(rig.breaker.execute(never, { signal: new AbortController().signal, timeout: "1s" }));
    await rig.clock.advance(0);
    expect(call.error).toMatchObject({ code: "ERR_CIRCUIT_OPEN" });
  });
});
