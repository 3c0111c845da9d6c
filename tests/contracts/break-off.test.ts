/** A reader who stops in the middle of a stream: what it takes is given back. */
import { setTimeout as sleep } from "node:timers/promises";
import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { until } from "../support/guarded-openai.ts";
import { answer } from "./answers.ts";
import { guarded, untilReleased } from "./guarded.ts";
import type { Guarded } from "./guarded.ts";
import { nameOf, SDK_WAYS } from "./ways.ts";
import type { Way } from "./ways.ts";

// These do not pass a break on: the request runs on until its answer ends or the caller's signal aborts.
const KEEPS_ASKING = new Set(["@google/genai", "ai", "@langchain/openai"]);
const STREAMS = SDK_WAYS.filter(({ streams }) => streams);
const named = (ways: readonly Way[]): (readonly [string, Way])[] => ways.map((way) => [nameOf(way), way] as const);

const stallsAfterFirstText = (): Promise<Guarded> =>
  guarded({ answer: (response, asked) => answer(response, asked, "first text") });

async function breakAtFirstText(way: Way, made: Guarded, signal?: AbortSignal): Promise<void> {
  const stream = await way.streaming?.(made);
  if (stream === undefined) throw new Error(`${nameOf(way)} is no stream`);
  for await (const part of stream(signal)) if (JSON.stringify(part).includes("Hi")) return;
  throw new Error("the stream ended without its text");
}

function expectNothingLeft({ breaker, signals, provider }: Guarded): void {
  expect(provider.received).toHaveLength(1);
  expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 1, failures: 0 } });
  for (const signal of signals) expect(getEventListeners(signal, "abort")).toEqual([]);
}

describe("A break out of a stream", () => {
  test.each(named(STREAMS.filter(({ sdk }) => !KEEPS_ASKING.has(sdk))))(
    "of %s closes the connection and frees the slot",
    async (_, way) => {
      const made = await stallsAfterFirstText();
      await breakAtFirstText(way, made);
      await untilReleased(made);
      expectNothingLeft(made);
    },
  );

  test.each(named(STREAMS.filter(({ sdk }) => KEEPS_ASKING.has(sdk))))(
    "is kept by %s to itself, and the caller's signal closes the connection and frees the slot",
    async (_, way) => {
      const made = await stallsAfterFirstText();
      const caller = new AbortController();
      const left = breakAtFirstText(way, made, caller.signal);
      left.catch(() => {}); // LangChain's break waits for the next chunk, and ends with the abort
      await until(() => made.breaker.snapshot().window.successes === 1, "the first text");
      await sleep(20);
      expect(made.breaker.snapshot().inFlight, "as it is: the request is still being made").toBe(1);
      caller.abort();
      await untilReleased(made);
      expectNothingLeft(made);
    },
  );

  test.each(named(STREAMS.filter(({ sdk }) => KEEPS_ASKING.has(sdk))))(
    "is kept by %s to itself, and the answer's end frees the slot",
    async (_, way) => {
      const made = await guarded({ answer: (response, asked) => answer(response, asked) });
      await breakAtFirstText(way, made);
      await until(() => made.breaker.snapshot().inFlight === 0, "the slot free", 1_000);
      expectNothingLeft(made);
    },
  );
});
