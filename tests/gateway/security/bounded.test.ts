/** What callers can make up without end takes no more memory, and no more of the store, than a bounded number of it. */
import { Redis } from "ioredis";
import { createRecloser } from "recloser";
import { redisStore } from "recloser/redis";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { gatewayConfig, target } from "../../support/gateway-config.ts";
import { held } from "../../support/memory.ts";
import { plainServer } from "../../support/plain-server.ts";
import { post, sendRaw } from "../../support/raw-http.ts";
import { startGateway } from "../../support/running-gateway.ts";
import { hasRedis, redisServer } from "../../support/servers/redis.ts";

const PATH = "/v1/chat/completions";
// RECLOSER_MODELS=100000 asks for as many as somebody who means it would.
const MODELS = Number(process.env["RECLOSER_MODELS"] ?? 1_000);

let isRedisThere = false;
beforeAll(async () => {
  isRedisThere = await hasRedis();
});

/** Asks for `count` models that nobody has. */
async function askForModels(url: string, count: number): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < count) {
      const body = JSON.stringify({ model: `made-up-${next++}-${"x".repeat(100)}`, messages: [] });
      await (await fetch(url + PATH, { method: "POST", body })).arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: 20 }, one));
}

describe("Models that nobody has", () => {
  test.each([
    ["are refused", 404],
    ["fail", 500],
  ])("and that %s have a bounded number of circuits", { timeout: 600_000 }, async (_name, status) => {
    const server = await plainServer((response) => {
      server.received.length = 0;
      response.writeHead(status, { "retry-after": "1" }).end('{"error":{"message":"no"}}');
    });
    const retry = { perTarget: 0 };
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)], retry }), {
      observe: () => {},
    });
    await askForModels(gateway.url, 1_100);
    const before = (await held()).heapMb;
    await askForModels(gateway.url, MODELS);
    expect([...gateway.gateway.recloser.breakers()].length).toBeLessThanOrEqual(1_001);
    expect((await held()).heapMb - before).toBeLessThan(10);
  });

  test("leave a bounded number of keys in Redis", { timeout: 600_000 }, async ({ skip }) => {
    skip(!isRedisThere, "there is no Redis");
    const { url } = await redisServer();
    const client = new Redis(url);
    onTestFinished(() => client.disconnect());
    const server = await plainServer((response) => {
      server.received.length = 0;
      response.writeHead(500).end('{"error":{"message":"no"}}');
    });
    await using recloser = createRecloser({ store: redisStore({ url }) });
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)] }), {
      recloser,
      observe: () => {},
    });
    const settled = async (): Promise<number> => {
      let before = -1;
      const size = async (): Promise<boolean> => before === (before = await client.dbsize());
      await expect.poll(size, { interval: 1_500, timeout: 60_000 }).toBe(true);
      return before;
    };
    await askForModels(gateway.url, MODELS + 500);
    const keys = await settled();
    await askForModels(gateway.url, MODELS + 500);
    expect((await settled()) - keys).toBeLessThan(20);
  });

  test("do not keep a model that somebody has from a circuit of its own", async () => {
    const server = await plainServer((response, { body }) => {
      const isReal = body.includes('"real"');
      response.writeHead(isReal ? 200 : 404, { "content-type": "application/json" });
      response.end(isReal ? '{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}]}' : '{"error":{}}');
    });
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)] }));
    await askForModels(gateway.url, 1_050);
    for (let i = 0; i < 2; i++) await sendRaw(gateway.url, post(PATH, { model: "real" }));
    const names = [...gateway.gateway.recloser.breakers()].map(({ name }) => name);
    expect(names.some((name) => name.includes("real"))).toBe(true);
  });
});
