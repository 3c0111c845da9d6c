import { createHash } from "node:crypto";
import { simulatedProvider } from "recloser/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../support/cli.ts";
import { type OpenRequest, openRaw, post, sendRaw } from "../support/raw-http.ts";
import { rawServer } from "../support/raw-server.ts";
import { ownTarget, type ServeProcess, serveProcess } from "../support/serve-process.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/servers/redis.ts";

const canRun = await hasRedis();
const PATH = "/v1/chat/completions";
const ask = { model: "gpt-5", messages: [{ role: "user", content: "hello" }] };
const SOON = { timeout: 30_000 };
let redis: RedisServer;
let names = 0;

beforeAll(async () => {
  if (canRun) redis = await startRedis();
});
afterAll(() => redis?.kill());

function configOf(baseUrl: string, other: object = {}): object {
  return {
    workers: 2,
    store: { url: redis.url, namespace: `workers-${++names}` },
    targets: { one: ownTarget(baseUrl) },
    drain: "10s",
    ...other,
  };
}

/** The workers that have answered, by their numbers; each connection goes to the next one. */
async function answeredBy(gateway: ServeProcess, requests: number): Promise<number[]> {
  const before = gateway.lines("request").length;
  for (let i = 0; i < requests; i++) await sendRaw(gateway.url, post(PATH, ask));
  await gateway.logged("request", before + requests);
  const workers = gateway
    .lines("request")
    .slice(before)
    .map(({ worker }) => Number(worker));
  return [...new Set(workers)].toSorted((a, b) => a - b);
}

async function scraped(gateway: ServeProcess, series: string): Promise<number> {
  const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  const line = text.split("\n").find((one) => one.startsWith(series));
  return Number(line?.slice(line.lastIndexOf(" ") + 1));
}

const inFlightOf = (gateway: ServeProcess): Promise<number> =>
  scraped(gateway, 'recloser_gateway_in_flight{client="team"}');

const served = (gateway: ServeProcess): Promise<number> =>
  scraped(gateway, 'recloser_gateway_requests_total{route="openai",target="one",status="200"');

describe.runIf(canRun)("Two workers", () => {
  test("share the port, and their metrics are one's, also when one of them is gone", async () => {
    await using provider = await simulatedProvider();
    await using gateway = await serveProcess(configOf(provider.baseUrl));
    expect(await answeredBy(gateway, 6)).toEqual([1, 2]);
    expect(await served(gateway)).toBe(6);
    const [pid] = pidsOf(gateway);
    process.kill(pid as number, "SIGKILL");
    expect(await gateway.logged("worker-ended")).toMatchObject({ worker: 1, signal: "SIGKILL", restartsInMs: 100 });
    // The one that is left answers, and nothing that was counted is lost.
    expect(await answeredBy(gateway, 2)).toEqual([2]);
    expect(await served(gateway)).toBe(8);
    expect((await fetch(`${gateway.adminUrl}/readyz`)).status).toBe(200);
    await gateway.logged("worker-started");
    expect(await answeredBy(gateway, 6)).toEqual([1, 2]);
    expect(await served(gateway)).toBe(14);
  });

  test("are replicas of one circuit: what one learns the other knows, and the admin listener shows it", async () => {
    await using provider = await simulatedProvider({ fault: { kind: "status", status: 503 } });
    const breaker = { minimumCalls: 3, cooldown: { initial: "60s" } };
    await using gateway = await serveProcess(configOf(provider.baseUrl, { breaker, retry: { perTarget: 0 } }));
    for (let i = 0; i < 4; i++) await sendRaw(gateway.url, post(PATH, ask));
    await gateway.logged("transition");
    await expect
      .poll(async () => {
        const before = provider.stats().requests;
        for (let i = 0; i < 4; i++) await sendRaw(gateway.url, post(PATH, ask));
        return provider.stats().requests - before;
      }, SOON)
      .toBe(0);
    await expect
      .poll(async () => {
        const { breakers } = (await (await fetch(`${gateway.adminUrl}/api/v1/breakers`)).json()) as {
          breakers: { key: string; state: string }[];
        };
        return breakers.map(({ key, state }) => `${key} ${state}`);
      }, SOON)
      .toEqual(["openai:gpt-5@one open"]);
    // One circuit, whoever looks at it.
    expect(await scraped(gateway, 'recloser_state{record="openai:gpt-5",state="open"}')).toBe(1);
  });

  test("let a client have as many requests under way as it may, wherever they come in", async () => {
    const provider = await rawServer(() => {});
    const keySha256 = createHash("sha256").update("key-of-the-team").digest("hex");
    const clients = [{ id: "team", keySha256, maxInFlight: 3 }];
    const config = configOf(provider.url, { clients, drain: "100ms" });
    await using gateway = await serveProcess(config);
    const request = post(PATH, ask, { authorization: "Bearer key-of-the-team" });
    const open: OpenRequest[] = [];
    const another = async (): Promise<void> => {
      const before = provider.asked.length;
      open.push(openRaw(gateway.url, request));
      await expect.poll(() => provider.asked.length, SOON).toBe(before + 1);
    };
    const refused = async (): Promise<void> => {
      for (let i = 0; i < 4; i++) expect((await sendRaw(gateway.url, request)).status).toBe(429);
    };
    for (let i = 0; i < 3; i++) await another();
    await refused();
    // Each one's place is free for the next one, which the other worker may get.
    for (let i = 0; i < 4; i++) {
      const leaving = open.shift();
      leaving?.socket.destroy();
      await expect.poll(async () => inFlightOf(gateway), SOON).toBe(2);
      await another();
      await refused();
    }
    // What a worker had that ends is free, too.
    process.kill(pidsOf(gateway)[0] as number, "SIGKILL");
    await gateway.logged("worker-started");
    await expect.poll(async () => inFlightOf(gateway), SOON).toBeLessThan(3);
    while ((await inFlightOf(gateway)) < 3) await another();
    await refused();
    for (const { socket } of open) socket.destroy();
  });

  test("have one simulated provider, which the parent's switches change for both", async () => {
    const { targets: _, ...config } = configOf("http://127.0.0.1:1") as { targets: object };
    await using gateway = await serveProcess(config);
    const simulated = post("/sim/v1/chat/completions", ask);
    expect((await sendRaw(gateway.url, simulated)).status).toBe(200);
    const body = '{"kind":"bad-request"}';
    const headers = { "recloser-csrf": "1" };
    await fetch(`${gateway.adminUrl}/sim/sim/fault`, { method: "PUT", headers, body });
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await sendRaw(gateway.url, simulated)).status);
    expect(statuses).toEqual([400, 400, 400, 400]);
  });

  test("take over another configuration one after the other, with nothing lost", async () => {
    await using before = await simulatedProvider();
    await using after = await simulatedProvider();
    const config = configOf(before.baseUrl) as Record<string, unknown>;
    await using gateway = await serveProcess(config);
    const over = new AbortController();
    const statuses = new Set<number>();
    const load = (async () => {
      while (!over.signal.aborted) statuses.add((await sendRaw(gateway.url, post(PATH, ask))).status);
    })();
    gateway.rewrite({ ...config, targets: { two: ownTarget(after.baseUrl) } });
    gateway.child.kill("SIGHUP");
    await gateway.logged("reloaded", 3); // each worker's, and the parent's
    over.abort();
    await load;
    const targets = new Set<string | undefined>();
    for (let i = 0; i < 4; i++) targets.add((await sendRaw(gateway.url, post(PATH, ask))).headers["x-recloser-target"]);
    expect([[...statuses], [...targets]]).toEqual([[200], ["two"]]);
  });

  test("drain and end with their parent, in good order or not", async () => {
    await using provider = await simulatedProvider({ latency: { answer: 500 } });
    await using first = await serveProcess(configOf(provider.baseUrl));
    const underWay = [1, 2].map(() => sendRaw(first.url, post(PATH, ask)));
    await expect.poll(() => provider.requests.length, SOON).toBe(2);
    first.child.kill("SIGTERM");
    expect((await Promise.all(underWay)).map(({ status }) => status)).toEqual([200, 200]);
    expect(await first.ended).toEqual({ code: 0, signal: null });

    await using second = await serveProcess(configOf(provider.baseUrl));
    const pids = pidsOf(second);
    second.child.kill("SIGKILL");
    await expect.poll(() => pids.filter(isAlive), SOON).toEqual([]);
  });

  test("do not end by a signal that a terminal sends to all of them", async () => {
    await using provider = await simulatedProvider({ latency: { answer: 500 } });
    await using gateway = await serveProcess(configOf(provider.baseUrl));
    const pids = pidsOf(gateway);
    const open = openRaw(gateway.url, post(PATH, ask));
    await expect.poll(() => provider.requests.length, SOON).toBe(1);
    for (const pid of pids) process.kill(pid, "SIGINT");
    gateway.child.kill("SIGINT");
    await open.seen("HTTP/1.1 200");
    expect(await gateway.ended).toEqual({ code: 130, signal: null });
  });
});

test("Several workers without a store that they share are refused, with what is needed", async () => {
  const { code, stderr } = await run(["serve", "--workers", "2"], { RECLOSER_STORE: "memory:" });
  expect(code).toBe(1);
  expect(stderr).toMatch(/workers: expected 1, or a store that processes share \(store\.url: redis:/);
});

function pidsOf(gateway: ServeProcess): number[] {
  return gateway.lines("listening").find(({ worker }) => worker === undefined)?.["workers"] as number[];
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
