import { getEventListeners } from "node:events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { caught, Failure, failing, neverTrips, RetryRig, twice } from "../../../tests/support/retry-rig.ts";
import type { StreamOptions } from "./api.ts";
import { CallTimeoutError, CircuitOpenError } from "./errors.ts";
import { seededRandom } from "./testing/seeded-random.ts";

/** What each try gives: chunks, then the error it breaks with; `"hangs"` after the chunks where it does. */
type Script = readonly (readonly (string | Error)[])[];

interface Read {
  readonly chunks: string[];
  /** What the read ended with; undefined: whole. */
  readonly ended: Promise<unknown>;
}

function read(rig: RetryRig, script: Script, options: StreamOptions<string> = {}): Read {
  const stream = rig.breaker.stream<string>(
    async function* ({ attempt, signal }): AsyncGenerator<string> {
      rig.tries.push({ atMs: rig.nowMs, attempt, probe: false });
      for (const next of script[Math.min(attempt, script.length) - 1] ?? []) {
        if (next instanceof Error) throw next;
        if (next === "hangs") await rig.clock.sleep(3_600_000, { signal });
        yield next;
      }
    },
    { retry: twice, ...options },
  );
  const chunks: string[] = [];
  const ended = (async () => {
    for await (const chunk of stream) chunks.push(chunk);
  })().catch((error: unknown) => error);
  return { chunks, ended };
}

describe("a stream that is tried again", () => {
  it("is read whole from the try that works, and nobody sees the ones before", async () => {
    const rig = new RetryRig();
    const { chunks, ended } = read(rig, [[failing()], [new Failure("overloaded")], ["a", "b"]]);
    await rig.clock.advance(10_000);
    expect([await ended, chunks]).toEqual([undefined, ["a", "b"]]);
    expect(rig.tries.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(rig.breaker.snapshot()).toMatchObject({ inFlight: 0, window: { successes: 1, failures: 2 } });
  });

  it("is not tried again once anything was delivered, content or not", async () => {
    for (const isContent of [() => true, () => false]) {
      const rig = new RetryRig();
      const error = failing();
      const { chunks, ended } = read(rig, [["head", error], ["never"]], { isContent });
      await rig.clock.advance(10_000);
      expect([await ended, chunks, rig.tries.length]).toEqual([error, ["head"], 1]);
    }
  });

  it("may break before its first chunk, or end without its end marker", async () => {
    const rig = new RetryRig();
    const { chunks, ended } = read(rig, [[], ["a", "[end]"]], { isEnd: (chunk) => chunk === "[end]" });
    await rig.clock.advance(10_000);
    expect([await ended, chunks]).toEqual([undefined, ["a", "[end]"]]);
  });

  it("has its time to the first token in each try, and its total time once", async () => {
    const rig = new RetryRig();
    const { ended } = read(rig, [["hangs"]], { firstToken: "2s", timeout: "5s" });
    await rig.clock.advance(2_000);
    expect(rig.events).toMatchObject([{ attempt: 1, outcome: "timeout", delayMs: 500 }]);
    await rig.clock.advance(2_500);
    // The second try ran out of its 2 s at 4.5 s; a third would have waited past 5 s.
    expect(await ended).toBeInstanceOf(CallTimeoutError);
    expect([await ended, rig.atMs]).toMatchObject([{ phase: "first-token" }, [0, 2_500]]);
  });

  it("ends at its total time in whatever try that is", async () => {
    const rig = new RetryRig();
    const { ended } = read(rig, [[failing()], ["hangs"]], { timeout: "5s" });
    await rig.clock.advance(5_000);
    expect(await ended).toMatchObject({ phase: "total", afterMs: 5_000 });
  });

  it("ends with the rejection where the circuit has opened, and its cause; a fallback is told", async () => {
    const rig = new RetryRig({ ...neverTrips, failureThreshold: 3 });
    const error = failing();
    const thrown = read(rig, [[error]]);
    const covered = read(rig, [[error]], { fallback: (_, { open }) => [open?.reason ?? "not open"] });
    await rig.clock.advance(100);
    await caught(rig.breaker.execute(() => Promise.reject(failing())));
    await rig.clock.advance(1_000);
    expect(await thrown.ended).toBeInstanceOf(CircuitOpenError);
    expect(await thrown.ended).toMatchObject({ cause: error });
    expect([await covered.ended, covered.chunks]).toEqual([undefined, ["open"]]);
  });

  it("leaves the fallback to the last try", async () => {
    const rig = new RetryRig();
    const { chunks, ended } = read(rig, [[failing()]], { fallback: () => ["instead"] });
    await rig.clock.advance(10_000);
    expect([await ended, chunks, rig.tries.length]).toEqual([undefined, ["instead"], 3]);
  });

  it("is a call of its own in each iteration, with all its tries", async () => {
    const rig = new RetryRig();
    let made = 0;
    const stream = rig.breaker.stream<string>(
      () => {
        if (++made % 2 === 1) throw failing();
        return (async function* () {
          yield "a";
        })();
      },
      { retry: { ...twice, attempts: 2 } },
    );
    for (let i = 0; i < 2; i++) {
      const chunks = caught(collect(stream));
      await rig.clock.advance(10_000);
      expect(await chunks).toEqual({ answer: ["a"] });
    }
    expect(made).toBe(4);
  });
});

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const chunks: T[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

describe("leaving a stream that waits", () => {
  it("ends the read at once, makes no further try, and leaves nothing", async () => {
    const rig = new RetryRig();
    const { signal } = new AbortController();
    let made = 0;
    const stream = rig.breaker.stream<string>(
      () => {
        made++;
        throw failing();
      },
      { retry: twice, signal },
    );
    const reader = stream[Symbol.asyncIterator]();
    const pending = reader.next();
    await rig.clock.advance(100);
    expect(rig.breaker.snapshot()).toMatchObject({ inFlight: 0, retries: { waiting: 1 } });
    await reader.return?.();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await reader.next()).toEqual({ done: true, value: undefined });
    expect(rig.breaker.snapshot().retries.waiting).toBe(0);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    await rig.clock.advance(10_000);
    expect([made, rig.clock.sleeping]).toEqual([1, 0]);
  });

  it("by the caller's signal ends with its reason, and no fallback", async () => {
    const rig = new RetryRig();
    const controller = new AbortController();
    const { ended } = read(rig, [[failing()]], { signal: controller.signal, fallback: () => ["never"] });
    await rig.clock.advance(100);
    controller.abort("gone");
    expect(await ended).toBe("gone");
    expect(rig.tries).toHaveLength(1);
  });

  it("by a time limit of the caller's is a timeout, which has a fallback", async () => {
    const rig = new RetryRig();
    const controller = new AbortController();
    const fallback = (_: unknown, { outcome }: { outcome: { kind: string } | null }): string[] => [outcome?.kind ?? ""];
    const { chunks, ended } = read(rig, [[failing()]], { signal: controller.signal, fallback });
    await rig.clock.advance(100);
    controller.abort(new DOMException("too slow", "TimeoutError"));
    expect([await ended, chunks]).toEqual([undefined, ["timeout"]]);
  });
});

describe("whatever streams do", () => {
  it("what is read comes from one try, and no try follows one that delivered", async () => {
    const oneTry = fc.record({
      chunks: fc.nat({ max: 3 }),
      fails: fc.boolean(),
      kind: fc.constantFrom("server-error", "network", "caller-error", "stream-error"),
    });
    const plan = fc.record({
      seed: fc.nat(),
      tries: fc.array(oneTry, { minLength: 1, maxLength: 5 }),
      attempts: fc.integer({ min: 1, max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ seed, tries, attempts }) => {
        const rig = new RetryRig(neverTrips, seededRandom(seed));
        const script = tries.map(({ chunks, fails, kind }, index) => [
          ...Array.from({ length: chunks }, (_, at) => `${index + 1}:${at}`),
          ...(fails ? [new Failure(kind as "network")] : []),
        ]);
        const { chunks, ended } = read(rig, script, { retry: { ...twice, attempts } });
        await rig.clock.advance(1_000_000);
        await ended;
        const last = rig.tries.at(-1)?.attempt ?? 0;
        expect(rig.tries.map(({ attempt }) => attempt)).toEqual(Array.from({ length: last }, (_, at) => at + 1));
        expect(last).toBeLessThanOrEqual(attempts);
        expect(chunks.every((chunk) => chunk.startsWith(`${last}:`))).toBe(true);
        expect(rig.breaker.snapshot()).toMatchObject({ inFlight: 0, retries: { waiting: 0, made: last - 1 } });
      }),
      { numRuns: 300 },
    );
  });
});
