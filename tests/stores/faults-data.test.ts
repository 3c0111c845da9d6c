/** What may happen to the data: lost, evicted, overwritten, damaged, written by another version, or by another clock. */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { type Clock, createRecloser, type Recloser } from "recloser";
import { fromIoredis, redisStore, type RedisPort, type Script } from "recloser/redis";
import { simulatedProvider, type SimulatedProvider } from "recloser/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { hasRedis, type RedisServer, startRedis } from "../support/servers/redis.ts";
import { steadyCalls, type SteadyCalls } from "../support/steady-calls.ts";
import { failOnce, KEY, POLICY, until } from "../support/store-faults.ts";
import { warningsHeard } from "../support/warnings.ts";
import "../support/unhandled-rejections.ts";

let server: RedisServer;
let admin: Redis;
let provider: SimulatedProvider;
let namespace = "";
let tests = 0;
const canRun = await hasRedis();
beforeAll(async () => {
  server = await startRedis();
  admin = new Redis(server.url);
  admin.on("error", () => {}); // its server is killed by some of the tests
});
beforeEach(async () => {
  namespace = `test ${++tests}`;
  provider = await simulatedProvider({ latency: { answer: 2, error: 2 } });
  onTestFinished(() => provider.close());
});
afterAll(async () => {
  admin.disconnect();
  await server.kill();
});

const recordKey = () => `rc1:{${namespace}}:b:${KEY}`;
const COOLDOWN_MS = 4_000;

interface Replica {
  readonly recloser: Recloser;
  readonly calls: SteadyCalls;
  readonly clock: Clock;
}

interface FleetOptions {
  readonly clocks?: readonly Clock[];
  readonly port?: () => RedisPort;
  readonly cooldownMs?: number;
}

const clockAhead = (aheadMs: number): Clock => ({
  now: () => performance.timeOrigin + performance.now() + aheadMs,
  sleep: (ms, options) => sleep(ms, undefined, options?.signal === undefined ? {} : { signal: options.signal }),
});

/** Three replicas, each with a connection of its own and 30 calls a second. */
async function fleet({ clocks = [], port, cooldownMs = COOLDOWN_MS }: FleetOptions = {}): Promise<Replica[]> {
  const replicas = [0, 1, 2].map((at): Replica => {
    const clock = clocks[at];
    const recloser = createRecloser({
      store: port === undefined ? redisStore({ url: server.url }) : redisStore({ client: port() }),
      namespace,
      ...(clock !== undefined && { clock }),
      defaults: { ...POLICY, cooldown: { initial: cooldownMs, max: cooldownMs, jitter: 0 } },
    });
    const calls = steadyCalls(recloser.breaker(KEY), provider, 30);
    return { recloser, calls, clock: clock ?? clockAhead(0) };
  });
  onTestFinished(async () => {
    await Promise.all(replicas.map(({ calls }) => calls.stop()));
    await Promise.all(replicas.map(({ recloser }) => recloser.close()));
  });
  await until("all shared", () => replicas.every(({ recloser }) => recloser.storeHealth().mode === "shared"), 5_000);
  return replicas;
}

const states = (replicas: readonly Replica[]) => replicas.map(({ recloser }) => recloser.breaker(KEY).state);
const all = (replicas: readonly Replica[], state: string) => () => states(replicas).every((one) => one === state);
/** How long each will go on being open, as it knows. */
const remaining = (replicas: readonly Replica[]) =>
  replicas.map(({ recloser, clock }) => (recloser.breaker(KEY).snapshot().openUntilMs ?? 0) - clock.now());

async function trip(replicas: readonly Replica[]): Promise<void> {
  await provider.setFault({ kind: "status", status: 503 });
  await until("all open", all(replicas, "open"), 3_000);
  await sleep(50);
}

function noCallFailed(replicas: readonly Replica[]): void {
  for (const { calls } of replicas) {
    const failed = Object.entries(calls.look().ends).filter(([end]) => end.startsWith("failed"));
    expect(failed).toEqual([]);
  }
}

describe.runIf(canRun)("An open circuit is put back, until the same instant and without one more call, after", () => {
  test.each([
    ["FLUSHALL", async () => void (await admin.flushall())],
    ["the eviction of its record", async () => void (await admin.del(recordKey()))],
    [
      "a SIGKILL of the server and a start with nothing",
      async () => {
        await server.kill();
        await sleep(700);
        await server.restart();
      },
    ],
  ])("%s", async (_what, lose) => {
    const replicas = await fleet({ cooldownMs: 8_000 });
    await trip(replicas);
    const generations = replicas.map(({ recloser }) => recloser.breaker(KEY).snapshot().generation);
    const before = remaining(replicas).map((ms) => performance.now() + ms);
    const asked = provider.stats().requests;
    await lose();
    await until("the record is there again", () => isThere(), 5_000);
    await until("all shared", () => replicas.every(({ recloser }) => recloser.storeHealth().mode === "shared"), 5_000);
    await sleep(1_300); // a poll of everybody
    const after = remaining(replicas).map((ms) => performance.now() + ms);
    for (const [at, ms] of after.entries()) expect(Math.abs(ms - (before[at] ?? 0)), "moved by").toBeLessThan(60);
    expect(states(replicas)).toEqual(["open", "open", "open"]);
    expect(replicas.map(({ recloser }) => recloser.breaker(KEY).snapshot().generation)).toEqual(generations);
    expect(provider.stats().requests, "calls to the dead provider").toBe(asked);
    await provider.setFault(null);
    for (const { recloser } of replicas) await recloser.breaker(KEY).probeNow({ by: "a test" });
    await until("closed", all(replicas, "closed"), 5_000);
    noCallFailed(replicas);
  });

  let there = false;
  function isThere(): boolean {
    void admin.exists(recordKey()).then(
      (count) => (there = count === 1),
      () => (there = false),
    );
    return there;
  }
});

describe.runIf(canRun)("No report is lost", () => {
  test("when the server forgets the scripts", async () => {
    const recloser = createRecloser({
      store: redisStore({ url: server.url }),
      namespace,
      defaults: { consecutiveFailures: false, failureRate: false, shed: { adaptive: false } },
    });
    onTestFinished(() => recloser.close());
    const breaker = recloser.breaker(KEY);
    await until("shared", () => recloser.storeHealth().mode === "shared", 5_000);
    for (let i = 0; i < 10; i++) {
      await admin.script("FLUSH");
      await failOnce(breaker);
      await sleep(40);
    }
    const failures = async (): Promise<number> => {
      const { records } = await redisStore({ client: fromIoredis(admin) }).read(namespace, [KEY]);
      const buckets = records.get(KEY)?.buckets ?? [];
      return buckets.flatMap((bucket) => Object.values(bucket.failures)).reduce((sum, count) => sum + count, 0);
    };
    expect(await failures()).toBe(10);
    expect(recloser.storeHealth()).toMatchObject({ mode: "shared", droppedReports: 0 });
  });
});

describe.runIf(canRun)("A rate limit that is told to a server that hangs", () => {
  test("holds nobody when the server comes back to it much later", async () => {
    const replicas = await fleet();
    const [one, ...rest] = replicas as [Replica, ...Replica[]];
    const tooMany = Object.assign(new Error("429"), { status: 429, headers: { "retry-after": "30" } });
    const wave = async (): Promise<void> => {
      await one.recloser
        .breaker(KEY)
        .execute(() => Promise.reject(tooMany))
        .catch(() => {});
    };
    const held = () => rest.map(({ recloser }) => recloser.breaker(KEY).snapshot().holds.length);
    server.pause();
    await wave();
    await sleep(500);
    expect(one.recloser.breaker(KEY).snapshot().holds).toHaveLength(1);
    server.resume();
    await until("all shared", () => replicas.every(({ recloser }) => recloser.storeHealth().mode === "shared"), 5_000);
    await sleep(1_300);
    expect(held()).toEqual([0, 0]);
  });
});

describe.runIf(canRun)("What is found under a record's key, and is none, is set aside and told once:", () => {
  test.each([
    ["a text", async () => void (await admin.set(recordKey(), "hello"))],
    ["a list", async () => void (await admin.lpush(recordKey(), "a", "b"))],
    ["a hash of somebody else", async () => void (await admin.hset(recordKey(), "name", "value"))],
    [
      "a record with more in it than a script can answer",
      async () => {
        const holds = Array.from({ length: 5_000 }, (_, at) => [`h:${at}`, "1|2|3"]);
        await admin.hset(recordKey(), { inc: 1, ver: 1, gen: 0, att: 0, cd: 0, ...Object.fromEntries(holds) });
      },
    ],
  ])("%s", async (_what, write) => {
    await expectSetAside(write);
  });

  // Of an open circuit, an override, a hold and a window.
  test.each([
    ["ver", "NaN"],
    ["ver", "0x1p3"],
    ["gen", null],
    ["ou", "Infinity"],
    ["op", null],
    ["why", null],
    ["ev", "nonsense"],
    ["ev", "a|1|2|3|4|x|"],
    ["ovBy", null],
    ["ovAt", ""],
    ["h:auth", "1|2"],
    ["h:auth", "a|b|c"],
    ["sk", "1|2|3"],
    ["sk", "1||2|3|4"],
    ["b:0", "|1|2|3|4|5|6|7|8|9"],
    ["b:0", "1|2|3|4|5|6|7|8|9|"],
    ["s1", "soon"],
    ["b:0", "1|2"],
  ] as const)("a record whose field %s is %o", async (field, value) => {
    await expectSetAside(async () => {
      const now = Date.now();
      const sound = {
        inc: now,
        ver: 3,
        gen: 2,
        att: 1,
        cd: 1_000,
        st: 1,
        op: now,
        ou: now + 1_000,
        why: "failure-rate",
      };
      const rest = { pa: 0, lo: 0, vo: 0, ov: "force-closed", ovBy: "ops", ovWhy: "x", ovAt: now, ovUntil: now + 100 };
      await admin.hset(recordKey(), { ...sound, ...rest });
      if (value === null) await admin.hdel(recordKey(), field);
      else await admin.hset(recordKey(), field, value);
    });
  });

  async function expectSetAside(write: () => Promise<void>): Promise<void> {
    await write();
    const warnings = warningsHeard();
    const replicas = await fleet({ cooldownMs: 300 });
    await trip(replicas);
    await provider.setFault(null);
    await until("closed", all(replicas, "closed"), 5_000);
    expect(await admin.type(recordKey())).toBe("hash");
    expect(await admin.exists(`rc1:{${namespace}}:q:${KEY}`), "kept aside").toBe(1);
    expect(await warnings("RECLOSER_STORE_QUARANTINE")).toHaveLength(1);
    for (const { recloser } of replicas) expect(recloser.storeHealth()).toMatchObject({ mode: "shared" });
    noCallFailed(replicas);
  }
});

describe.runIf(canRun)("A record that is damaged while it is open", () => {
  test("is put back by those who had read it", async () => {
    const replicas = await fleet();
    await trip(replicas);
    const asked = provider.stats().requests;
    await admin.hset(recordKey(), "ou", "NaN");
    await sleep(1_500);
    expect(states(replicas)).toEqual(["open", "open", "open"]);
    expect(provider.stats().requests).toBe(asked);
    expect(Number(await admin.hget(recordKey(), "ou"))).toBeGreaterThan(Date.now());
    await provider.setFault(null);
    await until("closed", all(replicas, "closed"), COOLDOWN_MS + 5_000);
    noCallFailed(replicas);
  });
});

describe.runIf(canRun)("Another version", () => {
  test("may have written fields of its own: they are kept", async () => {
    const replicas = await fleet({ cooldownMs: 300 });
    await failOnce(replicas[0]?.recloser.breaker(KEY) as never);
    await until(
      "a record",
      () => replicas.every(({ recloser }) => recloser.breaker(KEY).snapshot().window.calls > 0),
      2_000,
    );
    await sleep(100);
    await admin.hset(recordKey(), "zz", "of tomorrow");
    await trip(replicas);
    await provider.setFault(null);
    await until("closed", all(replicas, "closed"), 5_000);
    expect(await admin.hget(recordKey(), "zz")).toBe("of tomorrow");
  });

  test("of the whole layout goes on beside this one, each for itself", async () => {
    const next = (port: RedisPort): RedisPort => ({
      ...port,
      run: (script, keys, args) =>
        port.run(
          script,
          keys.map((key) => key.replace(/^rc1:/, "rc2:")),
          args,
        ),
    });
    const tomorrow = await fleet({ port: () => next(fromIoredis(admin)), cooldownMs: 300 });
    const today = await fleet({ cooldownMs: 300 });
    const op = { by: "a test", reason: "to see who hears of it" };
    await (tomorrow[0] as Replica).recloser.breaker(KEY).forceOpen(op);
    await until("heard by its own", all(tomorrow, "open"), 3_000);
    await sleep(1_300);
    expect(states(today)).toEqual(["closed", "closed", "closed"]);
    await (today[1] as Replica).recloser.breaker(KEY).forceClosed(op);
    await sleep(1_300);
    expect(states(tomorrow)).toEqual(["open", "open", "open"]);
    const kinds = [...(await admin.keys(`rc1:{${namespace}}:*`)), ...(await admin.keys(`rc2:{${namespace}}:*`))];
    expect(kinds.filter((key) => key.includes(":b:")).length).toBe(2);
  });
});

describe.runIf(canRun)("Clocks that differ", () => {
  test("by ten minutes, ahead and behind, change no deadline", async () => {
    const clocks = [clockAhead(600_000), clockAhead(0), clockAhead(-600_000)];
    const replicas = await fleet({ clocks, cooldownMs: 2_000 });
    await trip(replicas);
    const left = remaining(replicas);
    expect(Math.max(...left) - Math.min(...left), "between the deadlines").toBeLessThan(60);
    expect(Math.max(...left)).toBeLessThanOrEqual(2_000);
    expect(Math.min(...left)).toBeGreaterThan(1_000);
    const asked = provider.stats().requests;
    await sleep(Math.min(...left) - 100);
    expect(provider.stats().requests, "calls before the deadline").toBe(asked);
    await provider.setFault(null);
    await until("closed", all(replicas, "closed"), 4_000);
    noCallFailed(replicas);
  });

  test.each([
    ["ahead", 3_600_000],
    ["back", -3_600_000],
  ])("(the server's, set an hour %s) leave nothing open, and nothing unshared", async (_where, aheadMs) => {
    const replicas = await fleet({ port: () => onServerClock(fromIoredis(admin)), cooldownMs: 1_000 });
    await trip(replicas);
    await admin.set(`test:ahead ${namespace}`, String(aheadMs));
    await sleep(1_500);
    await provider.setFault(null);
    await until("closed", all(replicas, "closed"), 5_000);
    // And the other way, closed.
    await admin.set(`test:ahead ${namespace}`, "0");
    await sleep(1_300);
    await trip(replicas);
    await provider.setFault(null);
    await until("closed again", all(replicas, "closed"), 5_000);
    for (const { recloser } of replicas) expect(recloser.storeHealth()).toMatchObject({ mode: "shared" });
    noCallFailed(replicas);
  });

  // The scripts as they are, on a clock that runs, but can be set.
  function onServerClock(port: RedisPort): RedisPort {
    const changed = new Map<string, Script>();
    const withClock = ({ sha, lua }: Script): Script => {
      let other = changed.get(sha);
      if (other === undefined) {
        const ahead = `(tonumber(redis.call("GET", "test:ahead ${namespace}") or "0"))`;
        const text = lua.replace(/(local time = redis\.call\("TIME"\)\nreturn [^\n]+)/, `$1 + ${ahead}`);
        if (text === lua && lua.includes('"TIME"')) throw new Error("the clock is read elsewhere");
        other = { lua: text, sha: createHash("sha1").update(text).digest("hex") };
        changed.set(sha, other);
      }
      return other;
    };
    return { ...port, run: (script, keys, args) => port.run(withClock(script), keys, args) };
  }
});
