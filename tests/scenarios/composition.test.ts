import { CircuitOpenError } from "recloser";
import type { Classifier, FallbackInfo } from "recloser";
import { describe, expect, test } from "vitest";

import { atFourFailures, down, httpError, openRig, rigOf, watch } from "./support.ts";
import type { Rig } from "./support.ts";

describe("around an inner limit", () => {
  const full = (): Error => Object.assign(new Error("no free slot"), { name: "ShedError", code: "ERR_SHED" });

  const withBulkhead = async (rig: Rig): Promise<{ errors: unknown[]; reached: number }> => {
    let [inFlight, reached] = [0, 0];
    const errors: unknown[] = [];
    const guarded = (): Promise<unknown> =>
      rig.breaker.execute(() => {
        if (inFlight === 2) throw full();
        inFlight++;
        reached++;
        return new Promise(() => {});
      });
    watch(guarded());
    watch(guarded());
    for (let i = 0; i < 4; i++) errors.push(await guarded().catch((error: unknown) => error));
    return { errors, reached };
  };

  test("R1 what an inner bulkhead refuses is not counted", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 3 });
    const { errors, reached } = await withBulkhead(rig);
    expect(reached).toBe(2);
    expect(errors.map((error) => (error as { code: string }).code)).toEqual([
      "ERR_SHED",
      "ERR_SHED",
      "ERR_SHED",
      "ERR_SHED",
    ]);
    expect(rig.breaker.state).toBe("closed");
  });

  test("R1 unless the user's rule says so: then the sixth call meets an open circuit", async () => {
    const classify: Classifier = ({ error }) =>
      (error as { code?: string } | undefined)?.code === "ERR_SHED" ? "overloaded" : undefined;
    const { errors } = await withBulkhead(rigOf({ ...atFourFailures, failureThreshold: 3, classify }));
    expect(errors.map((error) => (error as { code: string }).code)).toEqual([
      "ERR_SHED",
      "ERR_SHED",
      "ERR_SHED",
      "ERR_CIRCUIT_OPEN",
    ]);
  });

  test("an inner breaker's rejection does not count against the outer one", async () => {
    const inner = await openRig({ name: "inner" });
    const outer = rigOf({ ...atFourFailures, failureThreshold: 1, name: "outer" });
    for (let i = 0; i < 5; i++) await outer.breaker.execute(() => inner.breaker.execute(() => "never")).catch(() => {});
    const sdk = new Error("Connection error.", { cause: await inner.rejection() });
    await outer.fails(5, sdk);
    expect(outer.breaker.state).toBe("closed");
  });
});

describe("fallback", () => {
  const run = async (rig: Rig, call: () => unknown, signal?: AbortSignal) => {
    const infos: { error: unknown; info: FallbackInfo }[] = [];
    const answer = await rig.breaker
      .execute(call, {
        ...(signal === undefined ? {} : { signal }),
        timeout: "1s",
        fallback: (error, info) => {
          infos.push({ error, info });
          return "fallback";
        },
      })
      .catch((error: unknown) => ({ thrown: error }));
    return { answer, infos };
  };
  const throwing = (error: unknown) => () => {
    throw error;
  };

  test("R5 it runs once, for a rejection, and is told so", async () => {
    const rig = await openRig();
    const { answer, infos } = await run(rig, () => "never");
    expect(answer).toBe("fallback");
    expect(infos).toHaveLength(1);
    expect(infos[0]?.info.open).toBeInstanceOf(CircuitOpenError);
    expect(infos[0]?.info.open).toBe(infos[0]?.error);
    expect(infos[0]?.info.open?.reason).toBe("open");
    expect(infos[0]?.info.outcome).toBeNull();
  });

  test.each([
    ["a failure", httpError(500), "server-error"],
    ["a plain error", new Error("db down"), "unknown"],
    ["a rate limit", httpError(429), "rate-limited"],
    ["a rejected key", httpError(401), "auth"],
  ])("R5 it runs once for %s, with the outcome", async (_, error, kind) => {
    const { answer, infos } = await run(rigOf(), throwing(error));
    expect(answer).toBe("fallback");
    expect(infos).toHaveLength(1);
    expect(infos[0]?.error).toBe(error);
    expect(infos[0]?.info.open).toBeNull();
    expect(infos[0]?.info.outcome?.kind).toBe(kind);
  });

  test("R5 it runs when the call timed out", async () => {
    const rig = rigOf();
    const running = run(rig, () => new Promise(() => {}));
    await rig.clock.advance(1_000);
    const { answer, infos } = await running;
    expect(answer).toBe("fallback");
    expect(infos).toHaveLength(1);
    expect(infos[0]?.error).toMatchObject({ code: "ERR_CALL_TIMEOUT" });
    expect(infos[0]?.info.outcome?.kind).toBe("timeout");
  });

  test.each([
    ["a caller's error", httpError(400)],
    ["filtered content", httpError(400, {}, { code: "content_filter" })],
    ["a programming error", new TypeError("x is not a function")],
  ])("R5 it does not run for %s, which is thrown as it came", async (_, error) => {
    const { answer, infos } = await run(rigOf(), throwing(error));
    expect(infos).toHaveLength(0);
    expect((answer as { thrown: unknown }).thrown).toBe(error);
  });

  test("R5 it does not run when the caller went away", async () => {
    const rig = rigOf();
    const caller = new AbortController();
    const running = run(rig, () => new Promise(() => {}), caller.signal);
    await rig.clock.advance(0);
    caller.abort("user left");
    const { answer, infos } = await running;
    expect(infos).toHaveLength(0);
    expect((answer as { thrown: unknown }).thrown).toBe("user left");
  });

  test("R5 it does not run for a success", async () => {
    const { answer, infos } = await run(rigOf(), () => "good");
    expect(answer).toBe("good");
    expect(infos).toHaveLength(0);
  });

  test("R5 its own failure is thrown with the first error as cause, and does not count", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 2 });
    const [first, second] = [down(), new Error("cache is empty")];
    const failing = (): Promise<unknown> =>
      rig.breaker.execute(throwing(first), {
        fallback: () => {
          throw second;
        },
      });
    const error = await failing().catch((e: unknown) => e);
    expect(error).toBe(second);
    expect((error as Error).cause).toBe(first);
    expect(rig.breaker.state).toBe("closed");
    await failing().catch(() => {});
    expect(rig.breaker.state).toBe("open");
  });

  test("R5 a fallback may ask a second breaker, whose circuit is its own", async () => {
    const primary = rigOf({ ...atFourFailures, name: "primary" });
    const secondary = rigOf({ ...atFourFailures, name: "secondary" });
    const ask = (): Promise<unknown> =>
      primary.breaker.execute(throwing(down()), { fallback: () => secondary.breaker.execute(throwing(down())) });
    for (let i = 0; i < 4; i++) await ask().catch(() => {});
    expect([primary.breaker.state, secondary.breaker.state]).toEqual(["open", "open"]);
    await primary.clock.advance(10_000);
    await primary.succeeds(1);
    expect([primary.breaker.state, secondary.breaker.state]).toEqual(["closed", "open"]);
    const error = await ask().catch((e: unknown) => e);
    expect((error as CircuitOpenError).key).toBe("secondary");
    expect(primary.breaker.state).toBe("closed");
  });

  test("a promise from a fallback is awaited", async () => {
    const rig = await openRig();
    expect(await rig.breaker.execute(() => "never", { fallback: () => Promise.resolve("later") })).toBe("later");
  });
});

describe("wrap", () => {
  test("a wrapped function takes its arguments, gives a promise of its result and is guarded", async () => {
    const rig = rigOf(atFourFailures);
    let invocations = 0;
    const divide = rig.breaker.wrap((a: number, b: number) => {
      invocations++;
      if (b === 0) throw down();
      return a / b;
    });
    const promise = divide(6, 3);
    expect(promise).toBeInstanceOf(Promise);
    expect(await promise).toBe(2);
    for (let i = 0; i < 4; i++) await expect(divide(1, 0)).rejects.toMatchObject({ status: 500 });
    await expect(divide(6, 3)).rejects.toMatchObject({ code: "ERR_CIRCUIT_OPEN" });
    expect(invocations).toBe(5);
  });

  test("a wrapped method keeps its object", async () => {
    const rig = rigOf();
    const counter = {
      n: 41,
      next: rig.breaker.wrap(function (this: { n: number }) {
        return ++this.n;
      }),
    };
    expect(await counter.next()).toBe(42);
  });

  test("a wrapped async function gives what it resolves to, and options hold for every call", async () => {
    const rig = rigOf();
    const hang = rig.breaker.wrap(
      (label: string) => new Promise<string>((resolve) => label === "quick" && resolve(label)),
      { timeout: "1s" },
    );
    expect(await hang("quick")).toBe("quick");
    const slow = watch(hang("slow"));
    await rig.clock.advance(1_000);
    expect(slow.error).toMatchObject({ code: "ERR_CALL_TIMEOUT" });
  });
});
