/**
 * A caller who leaves, through a gateway in a process of its own: each SDK's abort reaches the provider within 50 ms, before
 * anything came and in the middle of a stream, and says nothing of the provider.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { until } from "../support/guarded-openai.ts";
import { type PlainServer, startPlainServer } from "../support/plain-server.ts";
import { type ServedGateway, startServed } from "../support/served-gateway.ts";
import { answer } from "./answers.ts";
import { GATEWAY_WAYS, oneRouteEach } from "./gateway.ts";
import { nameOf } from "./ways.ts";
import type { Way } from "./ways.ts";

// The promise is 50 ms; the rest is for a machine with other things to do, which may be in the way of any one of them.
const AT_MOST_MS = 2_000;
const MOSTLY_MS = 250;

interface Left {
  readonly isWhole: boolean;
  readonly atMs: number;
}

let provider: PlainServer & { close(): void };
let gateway: ServedGateway;
let saysSomething = false;
const left: Left[] = [];
const tookMs: number[] = [];

beforeAll(async () => {
  provider = await startPlainServer((response, received) => {
    response.on("close", () => left.push({ isWhole: response.writableFinished, atMs: performance.now() }));
    if (saysSomething) answer(response, received, "first text");
  });
  const { url } = provider;
  gateway = await startServed({
    ...oneRouteEach({ openai: `${url}/v1`, anthropic: url, gemini: url }),
    // One failure would open a circuit, and nobody would get to a provider any more.
    breaker: { failureThreshold: 1, cooldown: { initial: "10m", max: "10m" } },
  });
});
afterAll(async () => {
  await gateway.kill();
  provider.close();
});
beforeEach(() => {
  provider.received.length = left.length = 0;
});
afterEach(() => {
  saysSomething = false;
});

const named = (ways: readonly Way[]): (readonly [string, Way])[] => ways.map((way) => [nameOf(way), way] as const);

async function untilLeft(call: Promise<unknown>, caller: AbortController): Promise<number> {
  // The streams of some end then, as if nothing had happened.
  const ended = call.catch(() => {});
  const abortedMs = performance.now();
  caller.abort();
  await until(() => left.length > 0, "the provider knows");
  await ended;
  expect([left.length, left[0]?.isWhole, provider.received.length]).toEqual([1, false, 1]);
  const ms = (left[0]?.atMs ?? Infinity) - abortedMs;
  tookMs.push(ms);
  return ms;
}

describe("An abort through the gateway reaches the provider", () => {
  test.each(named(GATEWAY_WAYS))("before anything came: %s", async (_, way) => {
    const caller = new AbortController();
    const ask = await way.client({ fetch, url: gateway.url });
    const call = ask(caller.signal);
    await until(() => provider.received.length === 1, "arrival");
    expect(await untilLeft(call, caller)).toBeLessThan(AT_MOST_MS);
  });

  test.each(named(GATEWAY_WAYS.filter(({ streams }) => streams)))("in the middle of a stream: %s", async (_, way) => {
    saysSomething = true;
    const caller = new AbortController();
    const stream = await way.streaming?.({ fetch, url: gateway.url });
    let text = "";
    const call = (async () => {
      for await (const part of stream?.(caller.signal) ?? []) text += JSON.stringify(part);
    })();
    await until(() => text.includes("Hi"), "the first text");
    expect(await untilLeft(call, caller)).toBeLessThan(AT_MOST_MS);
  });

  test("at once", () => {
    const sorted = tookMs.toSorted((a, b) => a - b);
    const [median = Infinity, most] = [sorted[sorted.length >> 1], sorted.at(-1)];
    console.log(`from an abort to the provider's knowing: median ${median.toFixed(1)} ms, most ${most?.toFixed(1)} ms`);
    expect(median).toBeLessThan(MOSTLY_MS);
  });
});
