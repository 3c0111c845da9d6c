import { CircuitOpenError } from "recloser";
import type { CallContext, StreamOptions } from "recloser";
import { describe, expect, test } from "vitest";

import { atFourFailures, down, halfOpenRig, httpError, openRig, rigOf, scenarioPolicy, watch } from "./support.ts";
import type { Rig, Watched } from "./support.ts";

interface Reading {
  readonly got: string[];
  readonly result: Watched<void>;
}

/** Reads a guarded stream to its end. */
const read = async (
  rig: Rig,
  source: (c: CallContext) => AsyncIterable<string>,
  options?: StreamOptions,
): Promise<Reading> => {
  const got: string[] = [];
  const stream = rig.breaker.stream(source, options);
  const reading = async (): Promise<void> => {
    for await (const chunk of stream) got.push(chunk);
  };
  const result = watch(reading());
  await rig.clock.advance(0);
  return { got, result };
};

/** A source that yields what is listed: text is a chunk, a number a pause in ms, an Error is thrown, "hang" never ends. */
const source = (rig: Rig, steps: readonly (string | number | Error)[]) =>
  async function* (): AsyncGenerator<string> {
    for (const step of steps) {
      if (step instanceof Error) throw step;
      else if (typeof step === "number") await rig.clock.sleep(step);
      else if (step === "hang") await new Promise(() => {});
      else yield step;
    }
  };

const reset = (): Error => Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });

describe("a stream as a call", () => {
  test("chunks come through in order, as they were, and the end is a success", async () => {
    const rig = rigOf(atFourFailures);
    const { got, result } = await read(rig, source(rig, ["a", "b", "c"]));
    expect(got).toEqual(["a", "b", "c"]);
    expect(result.status).toBe("resolved");
  });

  test("a promise of a stream will do", async () => {
    const rig = rigOf();
    const got: string[] = [];
    for await (const chunk of rig.breaker.stream(async () => source(rig, ["a", "b"])())) got.push(chunk);
    expect(got).toEqual(["a", "b"]);
  });

  test("L1 a connection reset before the first token is a failure", async () => {
    const rig = rigOf(atFourFailures);
    const error = reset();
    for (let i = 0; i < 4; i++) {
      expect(rig.breaker.state).toBe("closed");
      const { got, result } = await read(rig, source(rig, [error]));
      expect(got).toEqual([]);
      expect(result.error).toBe(error);
    }
    expect(rig.breaker.state).toBe("open");
  });

  test("L1 so is a call that fails before it has a stream at all", async () => {
    const rig = rigOf(atFourFailures);
    const error = httpError(503);
    for (let i = 0; i < 4; i++) {
      const { result } = await read(rig, () => {
        throw error;
      });
      expect(result.error).toBe(error);
    }
    expect(rig.breaker.state).toBe("open");
  });

  test("a stream that breaks after content is a failure; what had come was delivered", async () => {
    const rig = rigOf(atFourFailures);
    const error = reset();
    for (let i = 0; i < 4; i++) {
      const { got, result } = await read(rig, source(rig, ["a", "b", error]));
      expect(got).toEqual(["a", "b"]);
      expect(result.error).toBe(error);
    }
    expect(rig.breaker.state).toBe("open");
  });

  test("a stream that ends without its end mark is a failure", async () => {
    const rig = rigOf(atFourFailures);
    const isEnd = (chunk: unknown): boolean => chunk === "[DONE]";
    for (let i = 0; i < 10; i++) await read(rig, source(rig, ["a", "[DONE]"]), { isEnd });
    expect(rig.breaker.state).toBe("closed");
    for (let i = 0; i < 4; i++) await read(rig, source(rig, ["a"]), { isEnd });
    expect(rig.breaker.state).toBe("open");
  });

  test("L11 while open the source is never asked, and nothing is held", async () => {
    const rig = await openRig();
    let asked = 0;
    for (let i = 0; i < 20; i++) {
      const { got, result } = await read(rig, async function* () {
        asked++;
        yield "never";
      });
      expect(got).toEqual([]);
      expect(result.error).toBeInstanceOf(CircuitOpenError);
    }
    expect(asked).toBe(0);
    await rig.clock.advance(10_000);
    expect((await read(rig, source(rig, ["a"]))).got).toEqual(["a"]);
    expect(rig.breaker.state).toBe("closed");
  });

  test("a reader that leaves early lets the source clean up and is no failure", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 1 });
    let cleaned = 0;
    for (let i = 0; i < 5; i++) {
      const stream = rig.breaker.stream(async function* () {
        try {
          for (;;) yield "chunk";
        } finally {
          cleaned++;
        }
      });
      for await (const chunk of stream) {
        expect(chunk).toBe("chunk");
        break;
      }
    }
    await rig.clock.advance(0);
    expect(cleaned).toBe(5);
    expect(rig.breaker.state).toBe("closed");
  });
});

describe("deadlines of a stream", () => {
  const phases: [string, StreamOptions, (string | number)[], string[], number][] = [
    ["first-token", { firstToken: "1s" }, ["hang"], [], 1_000],
    ["idle", { idle: "1s" }, ["a", "hang"], ["a"], 1_000],
    ["total", { timeout: "3s" }, ["a", 1_000, "b", 1_000, "c", 1_000, "d", 1_000], ["a", "b", "c"], 3_000],
  ];
  test.each(phases)(
    "%s: past it the reader has CallTimeoutError and the circuit a timeout",
    async (phase, options, steps, delivered, ms) => {
      const rig = rigOf(atFourFailures);
      for (let i = 0; i < 4; i++) {
        expect(rig.breaker.state).toBe("closed");
        const { got, result } = await read(rig, source(rig, steps), options);
        await rig.clock.advance(ms - 1);
        expect(result.status).toBe("pending");
        await rig.clock.advance(1);
        expect(result.error).toMatchObject({ code: "ERR_CALL_TIMEOUT", phase });
        expect(got.slice(0, delivered.length)).toEqual(delivered);
      }
      expect(rig.breaker.state).toBe("open");
      expect((await rig.rejection()).lastFailure?.kind).toBe("timeout");
    },
  );

  test("chunks that come in time keep an idle limit away, however long the whole takes", async () => {
    const rig = rigOf(atFourFailures);
    const steps = Array.from({ length: 60 }, () => [900, "x"] as const).flat();
    const { got, result } = await read(rig, source(rig, steps), { firstToken: "1s", idle: "1s" });
    await rig.clock.advance(60_000);
    expect(result.status).toBe("resolved");
    expect(got).toHaveLength(60);
  });

  test("a chunk without content is delivered but is no first token", async () => {
    const rig = rigOf(atFourFailures);
    const { got, result } = await read(rig, source(rig, ["role", "hang"]), {
      firstToken: "1s",
      isContent: (chunk) => chunk !== "role",
    });
    expect(got).toEqual(["role"]);
    await rig.clock.advance(1_000);
    expect(result.error).toMatchObject({ code: "ERR_CALL_TIMEOUT", phase: "first-token" });
  });

  test("the policy's limits hold where the call names none", async () => {
    const rig = rigOf({ ...atFourFailures, timeouts: { firstToken: "2s", idle: "3s" } });
    const slow = await read(rig, source(rig, ["hang"]));
    const stalled = await read(rig, source(rig, ["a", "hang"]));
    await rig.clock.advance(2_000);
    expect(slow.result.error).toMatchObject({ phase: "first-token" });
    await rig.clock.advance(1_000);
    expect(stalled.result.error).toMatchObject({ phase: "idle" });
  });

  test("L5 a reader that stops reading is not a slow provider", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 1, silence: "2s" });
    const got: string[] = [];
    const stream = rig.breaker.stream(source(rig, ["a", "b", "c"]), { firstToken: "1s", idle: "1s" });
    const reading = async (): Promise<void> => {
      for await (const chunk of stream) {
        got.push(chunk);
        await rig.clock.sleep(30_000);
      }
    };
    const result = watch(reading());
    await rig.clock.advance(100_000);
    expect(result.status).toBe("resolved");
    expect(got).toEqual(["a", "b", "c"]);
    expect(rig.breaker.state).toBe("closed");
  });

  test("L5 nor does a reader's pause count as a slow call", async () => {
    const rig = rigOf({ ...scenarioPolicy, failureRate: false, slowCall: { after: "5s", rate: 0.5 } });
    for (let i = 0; i < 4; i++) {
      const stream = rig.breaker.stream(source(rig, ["a", "b"]));
      const reading = async (): Promise<void> => {
        for await (const _ of stream) await rig.clock.sleep(30_000);
      };
      const result = watch(reading());
      await rig.clock.advance(60_000);
      expect(result.status).toBe("resolved");
    }
    expect(rig.breaker.state).toBe("closed");
  });

  test("the caller's abort ends the reading with the caller's reason, though the source hangs", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 1 });
    const caller = new AbortController();
    let signal: AbortSignal | undefined;
    const { got, result } = await read(
      rig,
      async function* (c) {
        signal = c.signal;
        yield "a";
        await new Promise(() => {});
      },
      { signal: caller.signal },
    );
    caller.abort("user left");
    await rig.clock.advance(0);
    expect(got).toEqual(["a"]);
    expect(result.error).toBe("user left");
    expect(signal?.aborted).toBe(true);
    expect(rig.breaker.state).toBe("closed");
  });
});

describe("a stream as the probe", () => {
  test("L7 its first token closes the circuit while the rest still comes", async () => {
    const rig = await halfOpenRig();
    const { got, result } = await read(rig, source(rig, [2_000, "a", 60_000, "b"]));
    expect(rig.breaker.state).toBe("half-open");
    expect((await rig.rejection()).reason).toBe("probing");
    await rig.clock.advance(2_000);
    expect(got).toEqual(["a"]);
    expect(rig.breaker.state).toBe("closed");
    expect(await rig.succeeds(1)).toEqual(["ok"]);
    await rig.clock.advance(60_000);
    expect(result.status).toBe("resolved");
  });

  test("L7 a chunk without content is no verdict", async () => {
    const rig = await halfOpenRig();
    await read(rig, source(rig, ["role", 1_000, "Hello"]), { isContent: (chunk) => chunk !== "role" });
    expect(rig.breaker.state).toBe("half-open");
    await rig.clock.advance(1_000);
    expect(rig.breaker.state).toBe("closed");
  });

  test('L7 settleOn: "complete" waits for the end and renews its lease meanwhile', async () => {
    const rig = await halfOpenRig({ probe: { settleOn: "complete", lease: "1s", timeout: "30s" } });
    const steps = Array.from({ length: 20 }, () => ["x", 500] as const).flat();
    const { result } = await read(rig, source(rig, steps));
    for (let i = 0; i < 19; i++) {
      await rig.clock.advance(500);
      expect(rig.breaker.state).toBe("half-open");
      expect((await rig.rejection()).reason).toBe("probing");
    }
    await rig.clock.advance(500);
    expect(result.status).toBe("resolved");
    expect(rig.breaker.state).toBe("closed");
  });

  test('L7 settleOn: "complete" fails with a stream that breaks after content', async () => {
    const rig = await halfOpenRig({ probe: { settleOn: "complete" } });
    await read(rig, source(rig, ["a", down()]));
    expect(rig.breaker.state).toBe("open");
    expect((await rig.rejection()).retryAfterMs).toBe(20_000);
  });

  test("a probe that is a stream and shows nothing fails at the probe's own limit", async () => {
    const rig = await halfOpenRig({ probe: { timeout: "3s", lease: "1s" } });
    const { result } = await read(rig, source(rig, ["hang"]));
    await rig.clock.advance(2_900);
    expect(rig.breaker.state).toBe("half-open");
    await rig.clock.advance(100);
    expect(rig.breaker.state).toBe("open");
    expect(result.error).toMatchObject({ code: "ERR_CALL_TIMEOUT" });
  });

  test.each([
    { lease: "10s", timeout: "30s", contentAtMs: 28_000 },
    { lease: "30s", timeout: "5s", contentAtMs: 1_000 },
  ] as const)("the probe's limit is to its first byte only: $timeout with content after $contentAtMs ms", async (c) => {
    const rig = await halfOpenRig({ probe: { lease: c.lease, timeout: c.timeout } });
    const { got, result } = await read(rig, source(rig, [c.contentAtMs, "a", 60_000, "b"]));
    await rig.clock.advance(c.contentAtMs);
    expect(rig.breaker.state).toBe("closed");
    await rig.clock.advance(60_000);
    expect(got).toEqual(["a", "b"]);
    expect(result.status).toBe("resolved");
  });

  test("so too when the verdict waits for the end", async () => {
    const rig = await halfOpenRig({ probe: { lease: "10s", timeout: "5s", settleOn: "complete" } });
    const { result } = await read(rig, source(rig, [1_000, "a", 20_000, "b"]));
    await rig.clock.advance(20_000);
    expect(rig.breaker.state).toBe("half-open");
    await rig.clock.advance(1_000);
    expect(result.status).toBe("resolved");
    expect(rig.breaker.state).toBe("closed");
  });

  test("a reader that leaves the probe before its first token gives no verdict", async () => {
    const rig = await halfOpenRig();
    const reader = rig.breaker.stream(source(rig, ["hang"]))[Symbol.asyncIterator]();
    watch(reader.next());
    await rig.clock.advance(100);
    expect((await rig.rejection()).reason).toBe("probing");
    await reader.return?.();
    await rig.clock.advance(0);
    expect(rig.breaker.state).toBe("half-open");
    const next = await rig.starts();
    expect(next.context?.probe).toBe(true);
  });

  test("first content counts in the ramp: it doubles the limit before the stream ends", async () => {
    const rig = await halfOpenRig({ ramp: { from: 2 } });
    await rig.succeeds(1);
    const talking = await read(rig, source(rig, [1_000, "a", "hang"]));
    const other = await rig.starts();
    expect(other.result.status).toBe("pending");
    expect((await rig.rejection()).reason).toBe("ramping");
    await rig.clock.advance(1_000);
    expect(talking.got).toEqual(["a"]);
    const more = [await rig.starts(), await rig.starts()];
    expect(more.map((call) => call.result.status)).toEqual(["pending", "pending"]);
  });
});
