/** Faults of the process itself: a listener for errors that nobody set, an event loop that is blocked. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runChild } from "../support/child.ts";
import { recordFault } from "../support/faults/record.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/servers/redis.ts";
import { type TcpProxy, tcpProxy } from "../support/servers/tcp-proxy.ts";
import { replicaUnderLoad, until } from "../support/store-faults.ts";

let server: RedisServer;
let proxy: TcpProxy;
let namespace = "";
let tests = 0;
const canRun = await hasRedis();
beforeAll(async () => {
  server = await startRedis();
});
beforeEach(async () => {
  proxy = await tcpProxy(server.port);
  namespace = `test ${++tests}`;
});
afterEach(async () => {
  await proxy.close();
});
afterAll(() => server.kill());

describe.runIf(canRun)("A process", () => {
  test("whose client of node-redis has no listener for errors lives through its server's death", async () => {
    const child = runChild(`
      import { createClient } from "redis";
      import { createRecloser } from "recloser";
      import { fromNodeRedis, redisStore } from "recloser/redis";
      const client = createClient({ url: ${JSON.stringify(proxy.url())} });
      const recloser = createRecloser({ store: redisStore({ client: fromNodeRedis(client) }), namespace: ${JSON.stringify(namespace)} });
      await client.connect();
      const is = async (mode) => {
        while (recloser.storeHealth().mode !== mode) await new Promise((resolve) => setTimeout(resolve, 10));
      };
      await is("shared");
      await is("local");
      console.log(await recloser.breaker("openai").execute(async () => "answered"));
      await recloser.close();
      client.destroy();
    `);
    await until("its connections", () => proxy.taken >= 2, 20_000);
    await sleep(500);
    proxy.set({ kind: "reset" });
    expect(await child).toEqual({ code: 0, out: ["answered"] });
  });
});

describe.runIf(canRun)("An event loop that is blocked for two seconds", () => {
  test("times no healthy call out, trips nothing, and shares on", async () => {
    const replica = await replicaUnderLoad(server.url, namespace, 100);
    const { breaker, calls, recloser } = replica;
    await until("shared", () => recloser.storeHealth().mode === "shared", 5_000);
    await sleep(300);
    calls.look();
    const blockedMs = performance.now();
    while (performance.now() - blockedMs < 2_000);
    const awakeMs = performance.now();
    await until("shared again", () => recloser.storeHealth().mode === "shared", 4_500);
    const tookMs = performance.now() - awakeMs;
    await sleep(500);
    const span = calls.look();
    expect(span.ends).toEqual({ ok: span.calls });
    expect(breaker.state).toBe("closed");
    recordFault({ table: "bound", fault: "event loop blocked 2 s", what: "shared after it", tookMs, boundMs: 4_500 });
  });
});
