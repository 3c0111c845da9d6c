/** The network to Redis, and Redis as a machine: gone, hung, slow, reset, half there. Nobody's call may notice. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Recloser } from "recloser";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { held } from "../support/memory.ts";
import { freePort, hasRedis, type RedisServer, startRedis } from "../support/servers/redis.ts";
import { type TcpProxy, tcpProxy } from "../support/servers/tcp-proxy.ts";
import {
  assertCheap,
  failOnce,
  isProtected,
  KEY,
  startReplica,
  replicaUnderLoad,
  expectSurvival,
  until,
} from "../support/store-faults.ts";

const FLAPS_FOR_S = Number(process.env["RECLOSER_FLAP_SECONDS"] ?? 10);

let server: RedisServer;
let proxy: TcpProxy;
// A replica that the proxy's faults do not reach.
let others: Recloser;
let namespace = "";
let tests = 0;
const canRun = await hasRedis();
beforeAll(async () => {
  server = await startRedis();
});
beforeEach(async () => {
  proxy = await tcpProxy(server.port);
  namespace = `test ${++tests}`;
  others = startReplica(server.url, namespace);
});
afterEach(() => proxy.close());
afterAll(async () => {
  await server.kill();
});

const isShared = ({ recloser }: { readonly recloser: Recloser }) => recloser.storeHealth().mode === "shared";

describe.runIf(canRun)("No call fails or waits, and the fleet is whole again within seconds, when the network", () => {
  test.each([
    ["loses everything for a while", { kind: "blackhole" }, /no answer within/],
    ["forgets its connections without a word", { kind: "half-open" }, /no answer within/],
    ["loses the answers", { kind: "deaf" }, /no answer within/],
    ["resets every connection", { kind: "reset" }, /ECONNRESET|closed/i],
    ["takes 500 ms", { kind: "latency", ms: 500 }, /no answer within/],
    ["brings bytes that are no answer", { kind: "garbage" }, /./],
    ["brings answers to other questions", { kind: "garbage", bytes: ":1\r\n" }, /./],
  ] as const)("%s", async (name, fault, says) => {
    const replica = await replicaUnderLoad(proxy.url(), namespace);
    const injected = `proxy: ${fault.kind}`;
    const [begin, end] = [() => proxy.set(fault), () => proxy.set(null)];
    await expectSurvival(replica, { name: `the network ${name}`, injected, begin, end, says }, others);
  });

  test.each([
    ["takes 40 ms", { kind: "latency", ms: 40 }],
    ["brings a byte at a time", { kind: "drip" }],
  ] as const)("%s: then all is shared as before, but slower", async (_name, fault) => {
    proxy.set(fault);
    const replica = await replicaUnderLoad(proxy.url(), namespace);
    await until("shared", () => isShared(replica), 5_000);
    await sleep(500);
    const generation = (recloser: Recloser) => recloser.breaker(KEY).snapshot().generation;
    // On a machine that stalls a report may come to nothing, as it may where the store is slower still: then once more.
    for (let outage = 0; outage < 4 && generation(others) < 2; outage++) {
      assertCheap((await isProtected(replica)).span);
      await sleep(1_300);
    }
    expect(generation(others), "trips and closes that the other knows of").toBeGreaterThanOrEqual(2);
    await until("the same generation", () => generation(others) === generation(replica.recloser), 3_000);
    await until("shared", () => isShared(replica), 5_000);
    expect(replica.recloser.storeHealth()).toMatchObject({ mode: "shared" });
  });
});

describe.runIf(canRun)("No call fails or waits, and the fleet is whole again within seconds, when Redis", () => {
  test("is stopped under 500 calls a second, and continued", async () => {
    const replica = await replicaUnderLoad(server.url, namespace, 500);
    const fault = { name: "hung, under 500 calls a second", injected: "SIGSTOP", says: /no answer within/ };
    await expectSurvival(replica, { ...fault, begin: () => server.pause(), end: () => server.resume() }, others);
  });

  test("is killed, and started again with nothing", async () => {
    const replica = await replicaUnderLoad(server.url, namespace);
    const fault = { name: "killed, restarted empty", injected: "SIGKILL", says: /ECONNREFUSED|closed/i };
    await expectSurvival(replica, { ...fault, begin: () => server.kill(), end: () => server.restart() }, others);
  });

  test("is killed behind a network that tells of it late", async () => {
    proxy.set({ kind: "slow-close", ms: 700 });
    const replica = await replicaUnderLoad(proxy.url(), namespace);
    const fault = { name: "killed, and told of it 700 ms later", injected: "SIGKILL, proxy: slow-close", says: /./ };
    await expectSurvival(replica, { ...fault, begin: () => server.kill(), end: () => server.restart() }, others);
  });

  test.each(["down", "hung"] as const)(
    "is %s at the start: nothing is thrown or waited for, and it is joined later",
    async (how) => {
      const port = await freePort();
      if (how === "hung") proxy.set({ kind: "half-open" });
      const url = how === "hung" ? proxy.url() : `redis://127.0.0.1:${port}`;
      const beganMs = performance.now();
      startReplica(url, namespace).breaker(KEY);
      expect(performance.now() - beganMs, "a store that is not there delays nothing").toBeLessThan(200);
      const replica = await replicaUnderLoad(url, namespace);
      const { recloser, calls, storeEvents } = replica;
      await recloser.ready();
      // The provider is started in this time, too.
      expect(performance.now() - beganMs, "ready() is bounded").toBeLessThan(1_500);
      expect(recloser.storeHealth().mode).toBe("local");
      await until("an error", () => recloser.storeHealth().lastError !== null, 1_000);
      await sleep(300);
      const before = calls.look();
      expect(before.ends).toEqual({ ok: before.calls });
      assertCheap(before);
      assertCheap((await isProtected(replica)).span);
      expect(storeEvents).toMatchObject([{ mode: "local", error: expect.any(Error) }]);
      const late = how === "hung" ? null : await startRedis({ port: String(port) });
      proxy.set(null);
      try {
        await until("joined", () => isShared(replica), 4_500);
        expect(storeEvents.map(({ mode }) => mode)).toEqual(["local", "shared"]);
        const after = calls.look();
        expect(after.ends).toEqual({ ok: after.calls });
      } finally {
        await recloser.close();
        await late?.kill();
      }
    },
  );
});

describe.runIf(canRun)("A claim that meets a store that hangs", () => {
  test("costs its caller 50 ms, once, and then this process probes for itself", async () => {
    const replica = await replicaUnderLoad(proxy.url(), namespace);
    const { breaker, provider, calls, recloser } = replica;
    await until("shared", () => isShared(replica), 5_000);
    await provider.setFault({ kind: "status", status: 503 });
    await until("open", () => breaker.state === "open", 3_000);
    await until("open for all", () => others.breaker(KEY).state === "open", 3_000);
    proxy.set({ kind: "blackhole" });
    await provider.setFault(null);
    calls.look();
    await until("closed by a probe of its own", () => breaker.state === "closed", 5_000);
    await sleep(50);
    const span = calls.look();
    expect(recloser.storeHealth().mode).toBe("local");
    expect(
      Object.keys(span.ends).filter((end) => !/^(?:ok|provider: 503|rejected: (?:open|probing))$/.test(end)),
    ).toEqual([]);
    expect(span.worstExtraMs, "somebody waited for a claim").toBeGreaterThan(45);
    assertCheap(span);
    proxy.set(null);
    await until("shared again", () => isShared(replica), 4_500);
  });
});

describe.runIf(canRun)("A store that comes and goes every second", () => {
  test(
    `for ${FLAPS_FOR_S} s fails no call, tells little, and leaves nothing behind`,
    async () => {
      const replica = await replicaUnderLoad(proxy.url(), namespace);
      const { recloser, breaker, calls, storeEvents } = replica;
      await until("shared", () => isShared(replica), 5_000);
      calls.look();
      let modes = 0;
      let last = "shared";
      const watch = setInterval(() => {
        const { mode } = recloser.storeHealth();
        if (mode !== last) modes++;
        last = mode;
      }, 5);
      const flap = async (seconds: number): Promise<void> => {
        for (let second = 0; second < seconds; second++) {
          proxy.set({ kind: "reset" });
          await failOnce(breaker); // a failure is reported at once, and so finds the store gone
          await sleep(300);
          proxy.set(null);
          await sleep(700);
        }
      };
      await flap(3);
      const early = await held();
      await flap(FLAPS_FOR_S - 3);
      clearInterval(watch);
      const late = await held();
      const span = calls.look();
      expect(span.ends).toEqual({ ok: span.calls });
      assertCheap(span);
      expect(modes, "changes of mode").toBeGreaterThan(FLAPS_FOR_S);
      expect(storeEvents.length, `events of ${modes} changes`).toBeLessThanOrEqual(7 + FLAPS_FOR_S / 10);
      expect(late.heapMb - early.heapMb, "growth of the heap, MB").toBeLessThan(4);
      expect(late.timers, "timers").toBeLessThanOrEqual(early.timers + 3);
      expect(proxy.open, "connections to the store").toBeLessThanOrEqual(4);
      await until("shared again", () => isShared(replica), 4_500);
      assertCheap((await isProtected(replica)).span);
      // What it has come to is told, however much was not.
      await until("told", () => storeEvents.at(-1)?.mode === "shared", 11_000);
    },
    (FLAPS_FOR_S + 40) * 1_000,
  );
});
