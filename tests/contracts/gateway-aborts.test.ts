/**
 * A caller who leaves, through a gateway in a process of its own: each SDK's abort reaches the provider, before anything came and
 * in the middle of a stream, and says nothing of the provider. From a caller's connection being closed to the provider's being
 * closed it is 50 ms at most; what comes before is the SDK's. That no timer is in between: tests/gateway/aborts.test.ts.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { until } from "../support/guarded-openai.ts";
import { type PlainServer, startPlainServer } from "../support/plain-server.ts";
import { type ServedGateway, startServed } from "../support/served-gateway.ts";
import { type WatchedRelay, watchedRelay } from "../support/watched-relay.ts";
import { answer } from "./answers.ts";
import { GATEWAY_WAYS, oneRouteEach } from "./gateway.ts";
import { nameOf } from "./ways.ts";
import type { Way } from "./ways.ts";

// The promise, for the gateway's part. A machine with other things to do may be in the way of most of them, not of all: a
// process that gets no core is late by its own waiting. For the whole way there is slack.
const PROMISED_MS = 50;
const AT_MOST_MS = 2_000;
const MOSTLY_MS = 250;

interface Left {
  readonly isWhole: boolean;
  readonly atMs: number;
}

let provider: PlainServer & { close(): void };
let gateway: ServedGateway;
let relay: WatchedRelay;
let saysSomething = false;
const left: Left[] = [];
const tookMs: number[] = [];
const gatewayTookMs: number[] = [];

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
  relay = await watchedRelay(gateway.url);
});
afterAll(async () => {
  relay.close();
  await gateway.kill();
  provider.close();
});
beforeEach(() => {
  provider.received.length = left.length = relay.closedAtMs.length = 0;
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
  const [closedMs = Infinity] = relay.closedAtMs;
  const leftMs = left[0]?.atMs ?? Infinity;
  gatewayTookMs.push(leftMs - closedMs);
  const ms = leftMs - abortedMs;
  tookMs.push(ms);
  return ms;
}

describe("An abort through the gateway reaches the provider", () => {
  test.each(named(GATEWAY_WAYS))("before anything came: %s", async (_, way) => {
    const caller = new AbortController();
    const ask = await way.client({ fetch, url: relay.url });
    const call = ask(caller.signal);
    await until(() => provider.received.length === 1, "arrival");
    expect(await untilLeft(call, caller)).toBeLessThan(AT_MOST_MS);
  });

  test.each(named(GATEWAY_WAYS.filter(({ streams }) => streams)))("in the middle of a stream: %s", async (_, way) => {
    saysSomething = true;
    const caller = new AbortController();
    const stream = await way.streaming?.({ fetch, url: relay.url });
    let text = "";
    const call = (async () => {
      for await (const part of stream?.(caller.signal) ?? []) text += JSON.stringify(part);
    })();
    await until(() => text.includes("Hi"), "the first text");
    expect(await untilLeft(call, caller)).toBeLessThan(AT_MOST_MS);
  });

  test("at once", () => {
    const whole = spread(tookMs);
    const gateways = spread(gatewayTookMs);
    console.log(
      `from an abort to the provider's knowing: ${spreadText(whole)}; of which the gateway takes: ${spreadText(gateways)}`,
    );
    expect(gatewayTookMs.length).toBe(tookMs.length);
    expect(whole.median).toBeLessThan(MOSTLY_MS);
    expect(gateways.quarter).toBeLessThan(PROMISED_MS);
  });
});

interface Spread {
  readonly quarter: number;
  readonly median: number;
  readonly most: number;
}

function spread(ms: readonly number[]): Spread {
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? Infinity;
  return { quarter: at(0.25), median: at(0.5), most: at(1) };
}

function spreadText({ quarter, median, most }: Spread): string {
  return `a quarter within ${quarter.toFixed(1)} ms, median ${median.toFixed(1)} ms, most ${most.toFixed(1)} ms`;
}
