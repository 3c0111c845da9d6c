/** No call asks the store, by the count of the server: a real Redis, a thousand calls a second. */
import { setTimeout as sleep } from "node:timers/promises";
import { simulatedProvider, type SimulatedProvider } from "recloser/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Replica, ReplicaFleet } from "../support/replicas/fleet.ts";
import { CommandCounter } from "../support/replicas/round-trips.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/servers/redis.ts";

const REPLICAS = 4;
const SPAN_MS = 4_000;
const POLL_LEAST_MS = 800;
const REPORT_LEAST_MS = 1_000;
// In any span there is one more of what comes at least so long after the other.
const timesIn = (spanMs: number, leastMs: number): number => Math.floor(spanMs / leastMs) + 1;

describe.runIf(await hasRedis())(`Redis, which ${REPLICAS} replicas share that make 1000 calls a second`, () => {
  let redis: RedisServer;
  let dead: SimulatedProvider;
  let fleet: ReplicaFleet;
  let counter: CommandCounter;

  beforeAll(async () => {
    redis = await startRedis();
    dead = await simulatedProvider({ fault: { kind: "status", status: 503 } });
    fleet = await ReplicaFleet.start({ url: redis.url, processes: 2, here: 2, isQuiet: true });
    counter = new CommandCounter(redis.url);
  }, 120_000);
  afterAll(async () => {
    await fleet.end();
    counter.end();
    await dead.close();
    await redis.kill();
  });

  const calls = async (): Promise<number> =>
    (await Promise.all(fleet.replicas.map((replica) => replica.counters()))).reduce((sum, { ended }) => sum + ended, 0);

  /** Calls of all replicas together for a while, answered in the process. Gives how many were made, and scripts asked for. */
  async function loaded(key: string, perSecond: number): Promise<{ calls: number; scripts: number; spanMs: number }> {
    const startedMs = Date.now();
    const before = await calls();
    const scripts = await counter.during(async () => {
      for (const replica of fleet.replicas) await replica.load({ key, provider: null }, perSecond / REPLICAS);
      await sleep(SPAN_MS);
      await Promise.all(fleet.replicas.map((replica) => replica.rest()));
    });
    return { calls: (await calls()) - before, scripts, spanMs: Date.now() - startedMs };
  }

  // Both rates are held to one bound, which knows nothing of calls.
  test.each([100, 1_000])(
    "is asked for one poll of each replica and nothing more while it is closed: %d calls/s",
    async (perSecond) => {
      const key = `closed ${perSecond}`;
      await fleet.use(key, {});
      const load = await loaded(key, perSecond);
      expect(load.calls).toBeGreaterThan((perSecond * SPAN_MS) / 1_000 / 2);
      expect(load.scripts).toBeLessThanOrEqual(REPLICAS * timesIn(load.spanMs, POLL_LEAST_MS));
    },
  );

  test.each([100, 1_000])(
    "is sent one report a second beside that where a call had failed: %d calls/s",
    async (perSecond) => {
      const key = `failed once ${perSecond}`;
      await fleet.use(key, {});
      await (fleet.replicas[0] as Replica).burst({ key, provider: dead.url }, 1);
      await sleep(1_500);
      const load = await loaded(key, perSecond);
      expect(load.calls).toBeGreaterThan((perSecond * SPAN_MS) / 1_000 / 2);
      const each = timesIn(load.spanMs, POLL_LEAST_MS) + timesIn(load.spanMs, REPORT_LEAST_MS);
      expect(load.scripts).toBeLessThanOrEqual(REPLICAS * each);
      // And it is: what is counted in a process is known to all.
      expect(load.scripts).toBeGreaterThan(REPLICAS * 2);
    },
  );

  test.each([100, 1_000])(
    "is asked for one poll, which reads the record too, while it is open: %d calls/s",
    async (perSecond) => {
      const key = `open ${perSecond}`;
      await fleet.use(key, { failureThreshold: 3, cooldown: { initial: "5m", max: "5m" } });
      await (fleet.replicas[0] as Replica).burst({ key, provider: dead.url }, 3);
      await sleep(1_500);
      for (const replica of fleet.replicas) expect((await replica.look(key)).view.shared).toBe("open");
      const before = await Promise.all(fleet.replicas.map((replica) => replica.counters()));
      const load = await loaded(key, perSecond);
      const after = await Promise.all(fleet.replicas.map((replica) => replica.counters()));
      expect(load.calls).toBeGreaterThan((perSecond * SPAN_MS) / 1_000 / 2);
      expect(load.scripts).toBeLessThanOrEqual(2 * REPLICAS * timesIn(load.spanMs, POLL_LEAST_MS));
      for (const [nth, { answered }] of after.entries()) expect(answered).toBe(before[nth]?.answered);
    },
  );
});
