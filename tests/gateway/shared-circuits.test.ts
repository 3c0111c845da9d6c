/** Gateways in processes of their own that share a real Redis: what one has learnt, all know. */
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Caller, callerOf, type Ending } from "../support/asked-gateway.ts";
import { type PlainServer, plainServer, type Received } from "../support/plain-server.ts";
import { hasRedis, redisServer, type RedisServer, startRedis } from "../support/servers/redis.ts";
import { type ServedGateway, servedGateway } from "../support/served-gateway.ts";

const ANSWER = JSON.stringify({
  id: "1",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
});
const FAILS = { "x-test-status": "503" } as const;
// The caller's own mistake says nothing of the provider: whoever is told so was not served, and did not fail.
const SAYS_NOTHING = { "x-test-status": "400" } as const;
const BY_COUNT = { failureThreshold: 3, failureRate: false, consecutiveFailures: false, shed: { adaptive: false } };

function good(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json" }).end(ANSWER);
}

/** Answers a request with the status that it asks for; else 200. */
function asAsked(response: ServerResponse, { headers }: Received): void {
  const status = Number(headers["x-test-status"] ?? 200);
  if (status === 200) good(response);
  else response.writeHead(status, { "content-type": "application/json" }).end('{"error":{"message":"as asked"}}');
}

const isFirst = ({ body }: Received): boolean => body.includes('"first"');

let redis: RedisServer;
let count = 0;

interface Gateway {
  readonly served: ServedGateway;
  readonly caller: Caller;
}

// They are started for each test, two or three.
const PROCESSES = { timeout: 90_000 } as const;
const PROVIDERS = 10;
const nameAt = (at: number): string => `of-provider-${at}`;

/**
 * Gateways of one namespace. A server stands for many providers, each with a model of its own: of one, further models are
 * taken for dead when a few of them are.
 */
function fleet(provider: PlainServer, breaker: object, store = redis): () => Promise<Gateway> {
  const names = Array.from({ length: PROVIDERS }, (_, at) => nameAt(at));
  const target = { format: "openai", baseUrl: `${provider.url}/v1`, key: "k", allowPrivate: true };
  const config = {
    targets: Object.fromEntries(["one", ...names].map((name) => [name, target])),
    routes: [...names.map((name) => ({ name, models: [name], targets: [name] })), { name: "others", targets: ["one"] }],
    store: { url: store.url, namespace: `fleet-${++count}` },
    retry: { perTarget: 0 },
    drain: "200ms",
    breaker,
  };
  return async () => {
    const served = await servedGateway(config);
    const caller = callerOf(served.url);
    // The first request compiles the code of all others.
    await caller.ask({ model: "first" });
    return { served, caller };
  };
}

async function trip({ caller }: Gateway, model: string): Promise<Ending> {
  for (let i = 0; i < 3; i++) await caller.ask({ model, headers: FAILS });
  return rejection(caller, model);
}

/** Asks until the circuit rejects. */
async function rejected(caller: Caller, model: string, withinMs: number): Promise<Ending | null> {
  const untilMs = performance.now() + withinMs;
  while (performance.now() < untilMs) {
    const ending = await caller.ask({ model, headers: SAYS_NOTHING });
    if (ending.code === "circuit_open") return ending;
  }
  return null;
}

/** The same where it must come. */
async function rejection(caller: Caller, model: string): Promise<Ending> {
  const ending = await rejected(caller, model, 10_000);
  if (ending === null) throw new Error(`${model} was not rejected within 10 s`);
  return ending;
}

/** Trips models until the other gateway has heard of one, which it names: a report that a busy machine delays is lost. */
async function tripShared(first: Gateway, second: Gateway): Promise<string> {
  for (let at = 0; at < PROVIDERS; at++) {
    const model = nameAt(at);
    await second.caller.ask({ model, headers: SAYS_NOTHING });
    await trip(first, model);
    if ((await rejected(second.caller, model, 2_000)) !== null) return model;
  }
  throw new Error("no trip was heard of");
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

describe.runIf(await hasRedis())("Two gateways on one Redis", PROCESSES, () => {
  beforeAll(async () => (redis = await startRedis()));
  afterAll(() => redis.kill());

  test("one trips, and the other rejects at once", async () => {
    const provider = await plainServer(asAsked);
    const start = fleet(provider, { ...BY_COUNT, cooldown: { initial: "5m", max: "5m" } });
    const [first, second] = await Promise.all([start(), start()]);
    const afterMs: number[] = [];
    for (let at = 0; at < PROVIDERS; at++) {
      const model = nameAt(at);
      await second.caller.ask({ model, headers: SAYS_NOTHING });
      const heard = rejected(second.caller, model, 2_000);
      const tripped = await trip(first, model);
      const other = await heard;
      if (other !== null) afterMs.push(other.atMs - tripped.atMs);
    }
    const sorted = afterMs.toSorted((a, b) => a - b).map((ms) => ms.toFixed(1));
    console.log(`from one gateway's first rejection to the other's, ms: ${sorted.join(" ")}`);
    // A report that a busy machine delays for longer than it may be under way is counted by nobody.
    expect(afterMs.length).toBeGreaterThan(PROVIDERS / 2);
    // The promise is 50 ms; the rest is for a machine with other things to do. Without a push it would be a second.
    expect(median(afterMs)).toBeLessThan(250);
  });

  test("five hundred callers at the end of the cooldown are one request to the provider", async () => {
    const probing: ServerResponse[] = [];
    const provider = await plainServer((response, received) => {
      if (received.headers["x-test-status"] === undefined && !isFirst(received)) probing.push(response);
      else asAsked(response, received);
    });
    const start = fleet(provider, { ...BY_COUNT, cooldown: { initial: "2s", jitter: 0 }, probe: { lease: "30s" } });
    const gateways = await Promise.all([start(), start()]);
    const [first, second] = gateways;
    for (let i = 0; i < 3; i++) await first.caller.ask({ model: "m", headers: FAILS });
    const { retryAfterMs } = await second.caller
      .ask({ model: "m", headers: FAILS })
      .then(() => rejection(second.caller, "m"));
    const before = provider.received.length;
    await sleep((retryAfterMs ?? 0) + 200);
    const endings: Ending[] = [];
    const asked = Array.from({ length: 500 }, (_, at) =>
      (gateways[at % 2] as Gateway).caller.ask({ model: "m" }).then((ending) => void endings.push(ending)),
    );
    await expect.poll(() => endings.length, { timeout: 20_000 }).toBe(499);
    expect(provider.received.length - before).toBe(1);
    expect(new Set(endings.map(({ status, code }) => `${status} ${code}`))).toEqual(new Set(["503 circuit_open"]));
    for (const response of probing) good(response);
    await Promise.all(asked);
    expect(endings.at(-1)?.status).toBe(200);
  });

  test("a prober that is killed is replaced within its lease, while traffic goes on", async () => {
    const probing: ServerResponse[] = [];
    let isWell = false;
    const provider = await plainServer((response, received) => {
      if (received.headers["x-test-status"] !== undefined) asAsked(response, received);
      else if (isWell) good(response);
      else if (isFirst(received)) good(response);
      else probing.push(response);
    });
    const start = fleet(provider, { ...BY_COUNT, cooldown: { initial: "1s", jitter: 0 }, probe: { lease: "2s" } });
    const [prober, other] = await Promise.all([start(), start()]);
    await other.caller.ask({ model: "m", headers: FAILS });
    for (let i = 0; i < 2; i++) await prober.caller.ask({ model: "m", headers: FAILS });
    await rejection(other.caller, "m");
    // Its callers are those that find the cooldown over.
    const asking = setInterval(() => void prober.caller.ask({ model: "m" }), 50);
    await expect.poll(() => probing.length, { timeout: 10_000, interval: 5 }).toBe(1);
    clearInterval(asking);
    isWell = true;
    const killedMs = performance.now();
    await prober.served.kill();
    const seen: Ending[] = [];
    while (seen.at(-1)?.status !== 200) {
      seen.push(await other.caller.ask({ model: "m" }));
      await sleep(20);
    }
    const tookMs = (seen.at(-1)?.atMs ?? 0) - killedMs;
    console.log(`recovered ${Math.round(tookMs)} ms after the prober's end, with a lease of 2000 ms`);
    expect(seen.slice(0, -1).every(({ code }) => code === "circuit_open")).toBe(true);
    // The lease runs from the last time it was renewed.
    expect(tookMs).toBeLessThan(2_000 + 2_000);
  });

  test("a prober that is stopped gives its lease back", async () => {
    const probing: ServerResponse[] = [];
    let isWell = false;
    const provider = await plainServer((response, received) => {
      if (received.headers["x-test-status"] !== undefined) asAsked(response, received);
      else if (isWell) good(response);
      else if (isFirst(received)) good(response);
      else probing.push(response);
    });
    const start = fleet(provider, { ...BY_COUNT, cooldown: { initial: "1s", jitter: 0 }, probe: { lease: "5m" } });
    const [prober, other] = await Promise.all([start(), start()]);
    await other.caller.ask({ model: "m", headers: FAILS });
    for (let i = 0; i < 2; i++) await prober.caller.ask({ model: "m", headers: FAILS });
    await rejection(other.caller, "m");
    const asking = setInterval(() => void prober.caller.ask({ model: "m" }), 50);
    await expect.poll(() => probing.length, { timeout: 10_000, interval: 5 }).toBe(1);
    clearInterval(asking);
    isWell = true;
    expect(await prober.served.stop()).toBe(0);
    await expect
      .poll(async () => (await other.caller.ask({ model: "m" })).status, { timeout: 10_000, interval: 20 })
      .toBe(200);
  });

  test("one that is started again while the circuit is open finds it open", async () => {
    const provider = await plainServer(asAsked);
    const start = fleet(provider, { ...BY_COUNT, cooldown: { initial: "5m", max: "5m" } });
    const [first, second] = await Promise.all([start(), start()]);
    const model = await tripShared(first, second);
    await first.served.stop();
    const again = await start();
    const before = provider.received.length;
    const endings = [await again.caller.ask({ model }), await again.caller.ask({ model })];
    expect(endings.map(({ code }) => code)).toEqual(["circuit_open", "circuit_open"]);
    expect(provider.received.length).toBe(before);
  });
});

describe.runIf(await hasRedis())("Gateways whose Redis fails under load", PROCESSES, () => {
  const PER_SECOND = 40;

  test("fail no request, and make none wait", async () => {
    const provider = await plainServer(asAsked);
    const own = await redisServer();
    const start = fleet(provider, { ...BY_COUNT, cooldown: { initial: "5m", max: "5m" } }, own);
    const gateways = await Promise.all([start(), start()]);
    const endings = new Map<string, Ending[]>();
    let phase = "";
    const underWay = new Set<Promise<void>>();
    const timer = setInterval(() => {
      for (const { caller } of gateways) {
        const into = endings.get(phase) ?? [];
        endings.set(phase, into);
        const asked = caller.ask({ model: "load" }).then((ending) => {
          into.push(ending);
          underWay.delete(asked);
        });
        underWay.add(asked);
      }
    }, 1_000 / PER_SECOND);
    const during = async (name: string, act: () => unknown, ms = 1_500): Promise<void> => {
      phase = name;
      await act();
      await sleep(ms);
    };
    await during("well", () => {});
    await during("stopped", () => own.pause());
    await during("continued", () => own.resume());
    await during("killed", () => own.kill());
    await during("started again, empty", () => own.restart());
    clearInterval(timer);
    await Promise.all(underWay);
    const medians = [...endings].map(([name, all]) => [name, median(all.map(({ tookMs }) => tookMs))] as const);
    const told = [...endings].map(([name, all], at) => {
      const most = Math.max(...all.map(({ tookMs }) => tookMs));
      return `${name}: ${all.length} requests, median ${medians[at]?.[1].toFixed(1)} ms, most ${most.toFixed(0)} ms`;
    });
    console.log(told.join("\n"));
    expect([...endings.values()].flat().filter(({ status }) => status !== 200)).toEqual([]);
    // Whatever waited for Redis would wait for its deadline, 200 ms and more, in every request.
    for (const [name, ms] of medians) expect(ms, name).toBeLessThan((medians[0]?.[1] ?? 0) + 100);

    // And they share again.
    const [first, second] = gateways;
    expect(await tripShared(first, second)).toMatch(/^of-provider/);
  });
});
