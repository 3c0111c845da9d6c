/** A provider that hangs, and who ends it: our deadline, the caller, the caller's time limit, the SDK's. */
import { setTimeout as sleep } from "node:timers/promises";
import { getEventListeners } from "node:events";
import { CallTimeoutError } from "recloser";
import { describe, expect, test } from "vitest";
import { until } from "../support/guarded-openai.ts";
import { answer } from "./answers.ts";
import { failing, guarded, untilReleased } from "./guarded.ts";
import type { Guarded } from "./guarded.ts";
import { SET } from "./sdks.ts";
import { nameOf, SDK_WAYS } from "./ways.ts";
import type { Way } from "./ways.ts";

const LIMIT_MS = 50;
const WAYS = SDK_WAYS.map((way) => [nameOf(way), way] as const);
const STREAMS = WAYS.filter(([, way]) => way.streams);

function causes(error: unknown): unknown[] {
  const found: unknown[] = [];
  for (let next = error; next instanceof Error && found.length < 8; next = next.cause) found.push(next);
  return found;
}

// These make their own error of whatever fetch threw that speaks of a timeout, and drop what it was.
const DROPS_THE_CAUSE = new Set([
  ...(SET === "root" ? ["openai", "openai, AzureOpenAI"] : []),
  "@anthropic-ai/sdk",
  "groq-sdk",
  "@langchain/openai",
  "langchain",
]);

/** Whether the caller finds our error, or at least one that says what it was. */
function told({ sdk }: Way, error: unknown): "ours" | "the SDK's" | "nothing" {
  if (causes(error).some((cause) => CallTimeoutError.is(cause))) return "ours";
  const { name, constructor } = error as Error;
  return DROPS_THE_CAUSE.has(sdk) && /TimeoutError/.test(`${name} ${constructor.name}`) ? "the SDK's" : "nothing";
}

async function expectCounted(made: Guarded, byKind: object): Promise<void> {
  await untilReleased(made);
  const { window, state } = made.breaker.snapshot();
  expect([window.byKind, state]).toEqual([byKind, "closed"]);
  for (const signal of made.signals) expect(getEventListeners(signal, "abort"), "left on fetch's signal").toEqual([]);
}

interface Hang {
  readonly made: Guarded;
  readonly error: unknown;
}

/** A call that hangs until `end` ends it. An SDK's first call may take longer than a short limit: then once more, longer. */
async function hang(end: (limitMs: number) => Promise<{ made: Guarded; call: Promise<unknown> }>): Promise<Hang> {
  for (let limitMs = LIMIT_MS; ; limitMs *= 4) {
    const startMs = performance.now();
    const { made, call } = await end(limitMs);
    const { error } = await failing(call);
    if (made.provider.received.length === 0 && limitMs < 1_000) continue;
    expect(performance.now() - startMs).toBeGreaterThan(limitMs - 10);
    return { made, error };
  }
}

describe("Our deadline below an SDK", () => {
  test.each(WAYS)("ends a hang of %s, and counts as a timeout", async (_, way) => {
    const { made, error } = await hang(async (total) => {
      const begun = await guarded({ policy: { timeouts: { total } } });
      return { made: begun, call: (await way.client({ ...begun, maxRetries: 0 }))() };
    });
    expect(told(way, error)).toBe(DROPS_THE_CAUSE.has(way.sdk) ? "the SDK's" : "ours");
    await expectCounted(made, { timeout: 1 });
  });

  test.each(STREAMS)("ends a stall of %s after the first text, and counts as a timeout", async (_, way) => {
    const policy = { timeouts: { idle: LIMIT_MS } };
    const made = await guarded({ policy, answer: (response, asked) => answer(response, asked, "first text") });
    const { error } = await failing((await way.client({ ...made, maxRetries: 0 }))());
    expect(causes(error).some((cause) => CallTimeoutError.is(cause))).toBe(true);
    await expectCounted(made, { timeout: 1 });
  });
});

describe("A caller above an SDK", () => {
  test.each(WAYS)("who leaves %s is cancelled, even by a timer of his own", async (_, way) => {
    const { made } = await hang(async (limitMs) => {
      const begun = await guarded();
      const ask = await way.client(begun);
      const caller = new AbortController();
      setTimeout(() => caller.abort(), limitMs);
      return { made: begun, call: ask(caller.signal) };
    });
    await expectCounted(made, {});
    expect(made.breaker.snapshot().window.calls).toBe(0);
    expect(made.tries()).toBe(1);
  });

  test.each(WAYS)("whose AbortSignal.timeout ends %s makes a timeout", async (_, way) => {
    const { made } = await hang(async (limitMs) => {
      const begun = await guarded();
      const ask = await way.client(begun);
      return { made: begun, call: ask(AbortSignal.timeout(limitMs)) };
    });
    await expectCounted(made, { timeout: 1 });
    expect(made.tries()).toBe(1);
  });

  test.each(WAYS)("whose time limit is one of several signals makes a timeout of %s as well", async (_, way) => {
    const { made } = await hang(async (limitMs) => {
      const begun = await guarded();
      const ask = await way.client(begun);
      const wish = new AbortController();
      return { made: begun, call: ask(AbortSignal.any([wish.signal, AbortSignal.timeout(limitMs)])) };
    });
    await expectCounted(made, { timeout: 1 });
  });
});

describe("An SDK's own time limit", () => {
  test.each(WAYS)("makes a timeout of %s", async (_, way) => {
    const { made } = await hang(async (timeout) => {
      const begun = await guarded();
      return { made: begun, call: (await way.client({ ...begun, maxRetries: 0, timeout }))() };
    });
    await expectCounted(made, { timeout: 1 });
  });

  test.each(STREAMS)("longer than the first text says nothing about a reader of %s who leaves", async (_, way) => {
    const made = await guarded({ answer: (response, asked) => answer(response, asked, "first text") });
    const caller = new AbortController();
    const call = failing((await way.client({ ...made, maxRetries: 0, timeout: 1_000 }))(caller.signal));
    await until(() => made.breaker.snapshot().window.successes === 1, "the first text");
    await sleep(20);
    caller.abort();
    await call.catch(() => {}); // some end a stream that was aborted as if it were whole
    await untilReleased(made);
    expect(made.breaker.snapshot().window).toMatchObject({ failures: 0 });
  });
});
