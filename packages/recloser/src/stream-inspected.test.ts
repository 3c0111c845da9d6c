/** What a stream says of itself: failures that come as chunks, and ends that are none. */
import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { HandFedSource } from "../../../tests/support/hand-fed-source.ts";
import type { Breaker } from "./api.ts";
import { StreamTruncatedError } from "./errors.ts";
import { outcomeOf } from "./outcome.ts";
import type { PolicyOptions } from "./policy.ts";
import { createBreaker } from "./recloser.ts";
import type { StreamInspector } from "./streams/inspector.ts";
import { type ManualClock, manualClock } from "./testing/manual-clock.ts";

// Chunks name what they show: "failure", "end", "opening"; all others are content.
function words(): StreamInspector {
  let whole = false;
  return {
    see(chunk) {
      if (chunk === "failure") return outcomeOf("server-error");
      whole ||= chunk === "end";
      return chunk === "end" || chunk === "opening" ? chunk : "content";
    },
    end: () => (whole ? "whole" : "cut"),
  };
}

interface Read {
  readonly chunks: unknown[];
  end: unknown;
}

function setUp(options: PolicyOptions = {}): { clock: ManualClock; breaker: Breaker; source: HandFedSource } {
  const clock = manualClock();
  const policy = { failureThreshold: 3, failureRate: false, consecutiveFailures: false, ...options } as const;
  return { clock, source: new HandFedSource(), breaker: createBreaker({ clock, ...policy }) };
}

function readAll(stream: AsyncIterable<unknown>): Read {
  const read: Read = { chunks: [], end: null };
  void (async () => {
    try {
      for await (const chunk of stream) read.chunks.push(chunk);
      read.end = "ended";
    } catch (error) {
      read.end = error;
    }
  })();
  return read;
}

async function feed(clock: ManualClock, source: HandFedSource, ...chunks: string[]): Promise<void> {
  for (const chunk of chunks) {
    await clock.advance(0);
    source.gives(chunk);
    await clock.advance(0);
  }
}

const counts = (breaker: Breaker): [number, number, number] => {
  const { window, inFlight } = breaker.snapshot();
  return [window.successes, window.failures, inFlight];
};

describe("A chunk that shows a failure", () => {
  test("counts at once, reaches its consumer, and so does what follows", async () => {
    const { clock, breaker, source } = setUp();
    const read = readAll(breaker.stream(() => source, { inspect: words }));
    await feed(clock, source, "opening", "failure");
    expect(counts(breaker)).toEqual([0, 1, 0]);
    await feed(clock, source, "more");
    source.ends();
    await clock.advance(0);
    expect(read).toEqual({ chunks: ["opening", "failure", "more"], end: "ended" });
    expect(counts(breaker)).toEqual([0, 1, 0]);
  });

  test("takes back the success that content was", async () => {
    const { clock, breaker, source } = setUp();
    const read = readAll(breaker.stream(() => source, { inspect: words }));
    await feed(clock, source, "a", "failure");
    expect(counts(breaker)).toEqual([0, 1, 0]);
    source.ends();
    await clock.advance(0);
    expect(read.end).toBe("ended");
  });

  test("counts once, whatever comes behind it", async () => {
    const { clock, breaker, source } = setUp();
    readAll(breaker.stream(() => source, { inspect: words }));
    await feed(clock, source, "failure", "failure");
    source.fails(new Error("cut"));
    await clock.advance(0);
    expect(counts(breaker)).toEqual([0, 1, 0]);
  });

  test("of another kind than a failure says so: a rate limit holds", async () => {
    const { clock, breaker, source } = setUp();
    const inspect = (): StreamInspector => ({
      see: () => outcomeOf("rate-limited", { retryAfterMs: 5_000 }),
      end: () => "whole",
    });
    readAll(breaker.stream(() => source, { inspect }));
    await feed(clock, source, "a");
    expect(breaker.snapshot().holds).toHaveLength(1);
    expect(counts(breaker)).toEqual([0, 0, 0]);
  });

  test("leaves the consumer its deadlines and its own abort", async () => {
    for (const end of ["deadline", "abort"] as const) {
      const { clock, breaker, source } = setUp();
      const caller = new AbortController();
      const options = { inspect: words, signal: caller.signal, timeout: 1_000 };
      let work: AbortSignal | undefined;
      const read = readAll(
        breaker.stream(({ signal }) => {
          work = signal;
          return source;
        }, options),
      );
      await feed(clock, source, "failure");
      if (end === "deadline") await clock.advance(1_001);
      else caller.abort(new Error("enough"));
      await clock.advance(0);
      expect(read).toMatchObject({
        chunks: ["failure"],
        end: end === "deadline" ? { code: "ERR_CALL_TIMEOUT", phase: "total" } : { message: "enough" },
      });
      expect(work?.aborted).toBe(true);
      expect(getEventListeners(caller.signal, "abort")).toEqual([]);
      expect(counts(breaker)).toEqual([0, 1, 0]);
    }
  });

  test("and then a break releases everything", async () => {
    const { clock, breaker, source } = setUp();
    const caller = new AbortController();
    const options = { inspect: words, signal: caller.signal, timeout: 60_000 };
    const reader = breaker.stream(() => source, options)[Symbol.asyncIterator]();
    const first = reader.next();
    await feed(clock, source, "failure");
    expect((await first).value).toBe("failure");
    await reader.return?.();
    expect(getEventListeners(caller.signal, "abort")).toEqual([]);
    expect(counts(breaker)).toEqual([0, 1, 0]);
  });

  test("fails a probe", async () => {
    const { clock, breaker, source } = setUp({ failureThreshold: 1, cooldown: { initial: 1_000, jitter: 0 } });
    readAll(breaker.stream(() => source, { inspect: words }));
    await feed(clock, source, "failure");
    expect(breaker.state).toBe("open");
    await clock.advance(1_000);
    const probed = new HandFedSource();
    readAll(breaker.stream(() => probed, { inspect: words }));
    await feed(clock, probed, "opening", "failure");
    expect(breaker.snapshot()).toMatchObject({ state: "open", generation: 2 });
  });
});

describe("A stream without its end marker", () => {
  test("ends with an error and counts as broken", async () => {
    const { clock, breaker, source } = setUp();
    const read = readAll(breaker.stream(() => source, { inspect: words }));
    await feed(clock, source, "a");
    source.ends();
    await clock.advance(0);
    expect(StreamTruncatedError.is(read.end)).toBe(true);
    expect(counts(breaker)).toEqual([0, 1, 0]);
  });

  test("ends as it came where the inspector says what it was", async () => {
    const { clock, breaker, source } = setUp();
    const inspect = (): StreamInspector => ({ see: () => "content", end: () => outcomeOf("overloaded") });
    const read = readAll(breaker.stream(() => source, { inspect }));
    await feed(clock, source, "a");
    source.ends();
    await clock.advance(0);
    expect(read).toEqual({ chunks: ["a"], end: "ended" });
    expect(counts(breaker)).toEqual([0, 1, 0]);
  });

  test("but filtered is nobody's failure", async () => {
    const { clock, breaker, source } = setUp();
    const inspect = (): StreamInspector => ({ see: () => "opening", end: () => outcomeOf("content-filtered") });
    const read = readAll(breaker.stream(() => source, { inspect }));
    await feed(clock, source, "a");
    source.ends();
    await clock.advance(0);
    expect(read.end).toBe("ended");
    expect(counts(breaker)).toEqual([0, 0, 0]);
  });
});

test("An end behind which there is content was none: what ends the stream then has cut it", async () => {
  const ends: unknown[] = [];
  for (const behind of [[], ["more"]]) {
    const { clock, breaker, source } = setUp();
    const read = readAll(breaker.stream(() => source, { inspect: words, idle: 1_000 }));
    await feed(clock, source, "a", "end", ...behind);
    await clock.advance(1_001);
    ends.push([read.end, counts(breaker)]);
  }
  expect(ends).toEqual([
    ["ended", [1, 0, 0]],
    [expect.objectContaining({ phase: "idle" }), [0, 1, 0]],
  ]);
});

test("An inspector that throws changes nothing for the stream", async () => {
  const { clock, breaker, source } = setUp();
  const bug = (): never => {
    throw new Error("a bug");
  };
  const read = readAll(breaker.stream(() => source, { inspect: () => ({ see: bug, end: bug }) }));
  await feed(clock, source, "a", "b");
  source.ends();
  await clock.advance(0);
  expect(read).toEqual({ chunks: ["a", "b"], end: "ended" });
  expect(counts(breaker)).toEqual([1, 0, 0]);
});

test("An inspector is made anew for each pass", async () => {
  const { clock, breaker } = setUp();
  let made = 0;
  const stream = breaker.stream(
    async function* () {
      yield "end";
    },
    {
      inspect: () => {
        made++;
        return words();
      },
    },
  );
  for (let pass = 0; pass < 2; pass++) for await (const chunk of stream) expect(chunk).toBe("end");
  await clock.advance(0);
  expect(made).toBe(2);
});

test("It stands alone: isContent and isEnd beside it are refused", () => {
  const { breaker, source } = setUp();
  expect(() => breaker.stream(() => source, { inspect: words, isEnd: () => true })).toThrow(
    expect.objectContaining({ code: "ERR_INVALID_OPTION", option: "inspect" }),
  );
});
