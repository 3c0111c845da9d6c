/** Each check of `recloser doctor`, provoked: on real servers, with what is really wrong with them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as relayed } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { createRecloser } from "recloser";
import { reportOf } from "recloser/history";
import { operate } from "recloser/inspect";
import { redisStore } from "recloser/redis";
import { simulatedProvider } from "recloser/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Finding } from "../../packages/cli/src/doctor/finding.ts";
import { nodeCheck } from "../../packages/cli/src/doctor/node-check.ts";
import { examineStore } from "../../packages/cli/src/doctor/store-visit.ts";
import { main } from "../../packages/cli/src/main.ts";
import { dashboardRig } from "../support/dashboard-rig.ts";
import { gatewayConfig, target } from "../support/gateway-config.ts";
import { asked, migrated } from "../support/postgres-schema.ts";
import { startGateway } from "../support/running-gateway.ts";
import { hasPostgres, startPostgres } from "../support/servers/postgres.ts";
import { hasRedis, type RedisServer, redisServer, startRedis } from "../support/servers/redis.ts";
import { tcpProxy } from "../support/servers/tcp-proxy.ts";

interface Examined {
  readonly code: number;
  readonly ok: boolean;
  readonly checks: readonly Finding[];
  readonly of: (check: string) => Finding | undefined;
}

async function examined(args: readonly string[], env: Record<string, string> = {}): Promise<Examined> {
  let out = "";
  const stdout = { write: (text: string) => void (out += text) } as unknown as NodeJS.WriteStream;
  const stderr = { write: () => true } as unknown as NodeJS.WriteStream;
  const code = await main(["doctor", "--json", ...args], { stdout, stderr, env });
  const { ok, checks } = JSON.parse(out) as { ok: boolean; checks: Finding[] };
  // What is not well says why, and what mends it.
  expect(checks.filter(({ level, why, fix }) => level !== "ok" && (why === null || fix === null))).toEqual([]);
  return { code, ok, checks, of: (name) => checks.find(({ check }) => check === name) };
}

function configFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "recloser-doctor-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "recloser.yaml");
  writeFileSync(file, text);
  return file;
}

const warned = (text: RegExp): object => ({ level: "warning", text: expect.stringMatching(text) });
const failed = (text: RegExp): object => ({ level: "failure", text: expect.stringMatching(text) });
const sha256 = "0".repeat(64);

describe("Without a server, the doctor looks at Node and the configuration", () => {
  test.each([
    ["18.20.0", "failure"],
    ["20.18.9", "failure"],
    ["20.19.0", "ok"],
    ["24.1.0", "ok"],
  ])("Node %s is %s", (version, level) => expect(nodeCheck(version).level).toBe(level));

  test("a configuration that is right tells where each value is from, and no secret", async () => {
    const file = configFile("listen: { port: 9000 }\ntargets:\n  openai: { key: canary }\n");
    const { code, ok, of } = await examined(["--config", file], { RECLOSER_LOG_LEVEL: "warn" });
    expect({ code, ok }).toEqual({ code: 0, ok: true });
    expect(of("config")?.details).toEqual(
      expect.arrayContaining([`listen.port 9000 from ${file}:1:17`, 'log.level "warn" from RECLOSER_LOG_LEVEL']),
    );
    expect(JSON.stringify(of("config"))).not.toContain("canary");
  });

  test("a fault is told with its line, and ends with 1", async () => {
    const { code, ok, of } = await examined(["--config", configFile("targets:\n  openai: { kye: x }\n")]);
    expect({ code, ok }).toEqual({ code: 1, ok: false });
    expect(of("config")).toMatchObject(failed(/has 2 faults/));
    expect(of("config")?.details.join()).toContain("did you mean key?");
  });

  test("a variable that is nearly a setting is told", async () => {
    expect((await examined([], { RECLOSER_LOG_LEVLE: "warn" })).checks).toContainEqual(
      expect.objectContaining(warned(/RECLOSER_LOG_LEVLE is no setting/)),
    );
  });

  test.each([
    ["admin: false", "admin port", /there is none/],
    [`admin: { host: 0.0.0.0, readOnlyTokens: ["${sha256}"] }`, "admin port", /1 may look, 0 may act/],
    [
      "breaker: { probe: { lease: 700ms } }",
      "probe lease",
      /breaker\.probe\.lease is 700 ms, and a probe may take 30000/,
    ],
    ['policies: { "openai:*": { probe: { lease: 900ms } } }', "probe lease", /policies\["openai:\*"\]/],
  ])("%s is right and unwise", async (text, check, what) => {
    const { code, of } = await examined(["--config", configFile(`${text}\n`)]);
    expect(of(check)).toMatchObject(warned(what));
    expect(code).toBe(0);
  });
});

describe.runIf(await hasRedis())("With Redis, the doctor", () => {
  let server: RedisServer;
  let root: Redis;
  let namespaces = 0;
  beforeAll(async () => {
    server = await startRedis();
    root = new Redis(server.url);
  });
  afterAll(async () => {
    root.disconnect();
    await server.kill();
  });
  const own = (): string => `doctor${++namespaces}`;
  const look = (namespace: string, url: string = server.url): Promise<Examined> =>
    examined(["-s", url, "-n", namespace]);

  test("finds nothing where all is well, and changes nothing by looking", async () => {
    const before = await root.dbsize();
    const { code, checks } = await look(own());
    expect(checks.filter(({ level, check }) => level !== "ok" && check !== "round trip")).toEqual([]);
    expect(code).toBe(0);
    expect(checks.map(({ check }) => check)).toEqual(
      expect.arrayContaining(["round trip", "clock", "pushes", "eviction", "cluster", "rights", "traffic", "holds"]),
    );
    expect(await root.dbsize()).toBe(before);
  });

  test("finds a store that is away", async () => {
    const { code, of } = await look(own(), "redis://127.0.0.1:2");
    expect(of("store")).toMatchObject(failed(/cannot be reached: .*ECONNREFUSED/));
    expect(code).toBe(1);
  });

  test("finds a way to it that is too slow for a probe's claim", async () => {
    const proxy = await tcpProxy(server.port);
    onTestFinished(() => proxy.close());
    proxy.set({ kind: "latency", ms: 60 });
    expect((await look(own(), proxy.url())).of("round trip")).toMatchObject(failed(/^\d+\.\d ms from here/));
  });

  test("finds a clock that is minutes off", async () => {
    const settings = { url: new URL(server.url), namespace: own(), schema: "recloser", username: null };
    const findings = await examineStore(
      { ...settings, password: null, passwordFile: null, limitMs: 10_000, hasPasswordInArgv: false },
      () => Date.now() + 600_000,
    );
    expect(findings.find(({ check }) => check === "clock")).toMatchObject(warned(/^this machine's is 10 min ahead of/));
  });

  test("finds what the user may not: to write, to hear, to ask", async () => {
    const reading = [
      "on",
      ">pw",
      "~rc1:*",
      "-@all",
      "+eval",
      "+evalsha",
      "+time",
      "+hgetall",
      "+zrange",
      "+zrangebyscore",
    ];
    await root.call("ACL", "SETUSER", "reader", ...reading, "+acl|dryrun", "+acl|whoami");
    const { of, code } = await look(own(), server.url.replace("//", "//reader:pw@"));
    expect(of("rights")).toMatchObject(failed(/^user reader may not hset, pexpire, zadd, publish on rc1:/));
    expect(of("pushes")).toMatchObject(warned(/may not hear/));
    expect(of("eviction")).toMatchObject(warned(/not looked at: .*NOPERM/));
    expect(code).toBe(1);
  });

  test("finds a server that throws circuits away when it is full", async () => {
    const small = await redisServer({ maxmemory: "64mb", "maxmemory-policy": "allkeys-lru" });
    expect((await look(own(), small.url)).of("eviction")).toMatchObject(failed(/^allkeys-lru at 64/));
  });

  test("finds a cluster in which not every slot is served", async () => {
    const alone = await redisServer({ "cluster-enabled": "yes", "cluster-require-full-coverage": "no" });
    const client = new Redis(alone.url);
    onTestFinished(() => client.disconnect());
    await client.call("CLUSTER", "ADDSLOTSRANGE", "0", "16382");
    await expect.poll(() => client.call("CLUSTER", "INFO"), { timeout: 10_000 }).toContain("cluster_state:ok");
    expect((await look("recloser", alone.url)).of("cluster")).toMatchObject(failed(/16383 of 16384 slots/));
  });

  test("finds replicas that trip at other numbers, are of other versions, or go on alone", async () => {
    const namespace = own();
    const store = redisStore({ url: server.url });
    onTestFinished(() => store.close());
    for (const [replica, failureRate] of [
      ["a", 0.5],
      ["b", 0.9],
    ] as const) {
      const recloser = createRecloser({ defaults: { failureRate } });
      recloser.breaker("openai:gpt-5");
      const report = { ...reportOf(recloser, {}, Date.now()), version: `1.0.${replica.length + failureRate * 10}` };
      const alone = { mode: "local", forMs: 1_000, error: "ECONNREFUSED", roundTripMs: null } as const;
      const shared = { mode: "shared", forMs: 1_000, error: null, roundTripMs: 1 } as const;
      const note = { replica, report: { ...report, store: replica === "b" ? alone : shared }, events: [], points: [] };
      await store.history?.note(namespace, note);
      await recloser.close();
    }
    const { of } = await look(namespace);
    expect(of("policies")).toMatchObject(
      warned(/^replicas differ on 1: openai:gpt-5: a failureRate=0\.5 .*; b failureRate=0\.9/),
    );
    expect(of("versions")).toMatchObject(warned(/1\.0\.6, 1\.0\.10|1\.0\.10, 1\.0\.6/));
    expect(of("replicas")).toMatchObject(warned(/^1 of 2 go on alone: b \(ECONNREFUSED\)/));
  });

  test("finds a breaker that can never trip at its traffic, and a hold that nobody ends", async () => {
    const namespace = own();
    const store = redisStore({ url: server.url });
    const recloser = createRecloser({
      store,
      namespace,
      defaults: { minimumCalls: 1_000, consecutiveFailures: false },
    });
    onTestFinished(() => recloser.close());
    await recloser.ready();
    const breaker = recloser.breaker("openai:gpt-5");
    await breaker.execute(() => Promise.reject(new Error("down"))).catch(() => {});
    const inspector = redisStore({ url: server.url });
    onTestFinished(() => inspector.close());
    await expect.poll(() => inspector.names(namespace, { from: 0, count: 9 }), { timeout: 10_000 }).toHaveLength(1);
    const hold = { type: "force-open", by: "alice", reason: "drill" } as const;
    await operate(inspector, { namespace, name: "openai:gpt-5" }, hold);
    const { of, code } = await look(namespace);
    expect(of("traffic")).toMatchObject(warned(/^1 of 1 can never trip: openai:gpt-5 \(1 calls, needs 1000\)/));
    expect(of("holds")).toMatchObject(warned(/openai:gpt-5 \(force-open, until released, by alice, /));
    expect(of("holds")?.fix).toBe("recloser release 'openai:gpt-5'");
    expect(code).toBe(0);
  });
});

test.runIf(await hasPostgres())(
  "With PostgreSQL, the doctor finds a schema that is not there, and a role that may not",
  async () => {
    const server = await startPostgres();
    onTestFinished(() => server.close());
    const look = (url: string): Promise<Examined> => examined(["-s", url]);
    expect((await look(server.url)).of("store")).toMatchObject(failed(/has no circuits in it/));
    await migrated(server.url);
    const well = await look(server.url);
    expect([well.code, well.of("rights")?.level]).toEqual([0, "ok"]);
    await asked(
      server.url,
      "create role stranger login; create role looker login; grant usage on schema recloser to looker",
    );
    await asked(server.url, "grant select on all tables in schema recloser to looker");
    const looker = await look(server.urlOf("postgres", "looker"));
    expect(looker.of("store")?.level).toBe("ok");
    expect(looker.of("rights")).toMatchObject(failed(/^role looker may not read and write \d of its tables/));
    expect(looker.of("rights")?.fix).toContain("--role looker");
    expect((await look(server.urlOf("postgres", "stranger"))).of("store")).toMatchObject(failed(/permission denied/));
  },
);

describe("With a gateway or a dashboard that runs, the doctor", () => {
  test("finds one that is away, one that wants a token, and nothing wrong with one of this machine", async () => {
    expect((await examined(["--server", "http://127.0.0.1:2"])).of("server")).toMatchObject(
      failed(/cannot be reached/),
    );
    const locked = await dashboardRig({ tokens: { viewer: "a-viewer-of-sixteen" } });
    expect((await examined(["--server", locked.url])).of("server")).toMatchObject(failed(/wants a token/));
    const { code, of } = await examined(["--server", locked.url], { RECLOSER_TOKEN: "a-viewer-of-sixteen" });
    expect([code, of("server")?.level, of("exposure")]).toMatchObject([0, "ok", { text: "a token is asked for" }]);
  });

  test("finds one that answers others without a token, and one that is asked in clear", async () => {
    const { url } = await dashboardRig();
    // As a proxy that makes everybody look like this machine.
    const proxy = createServer((incoming, outgoing) => {
      const { host, pathname } = new URL(incoming.url ?? "", url);
      incoming.pipe(
        relayed({ host: "127.0.0.1", port: host.split(":")[1], path: pathname }, (answer) => {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(outgoing);
        }),
      );
    });
    await new Promise<void>((resolve) => proxy.listen(0, "0.0.0.0", resolve));
    onTestFinished(() => void proxy.close());
    const { code, of } = await examined(["--server", `http://0.0.0.0:${(proxy.address() as AddressInfo).port}`]);
    expect(of("exposure")).toMatchObject(failed(/is answered without a token/));
    expect(code).toBe(1);
    const named = await dashboardRig({ tokens: { viewer: "a-viewer-of-sixteen" }, hosts: ["0.0.0.0"] });
    const inClear = named.url.replace("127.0.0.1", "0.0.0.0");
    const clear = await examined(["--server", inClear], { RECLOSER_TOKEN: "a-viewer-of-sixteen" });
    expect(clear.of("exposure")).toMatchObject(warned(/without TLS/));
  });

  test("finds SDKs that try again above a gateway", async () => {
    const provider = await simulatedProvider();
    onTestFinished(() => provider.close());
    const admin = { host: "127.0.0.1", port: 0, readOnlyTokens: [], operatorTokens: [], allowedHosts: [] };
    const { dashboardPages } = await import("../../packages/cli/src/gateway/dashboard-pages.ts");
    const pages = dashboardPages();
    await using gateway = await startGateway(gatewayConfig({ targets: [target("openai", provider.baseUrl)], admin }), {
      mount: pages.mount,
    });
    onTestFinished(() => pages.close());
    const look = (): Promise<Examined> => examined(["--server", gateway.adminUrl]);
    const post = (count: string): Promise<Response> =>
      fetch(`${gateway.url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-stainless-retry-count": count },
        body: JSON.stringify({ model: "gpt-5", messages: [{ role: "user", content: "hello" }] }),
      });
    await (await post("0")).text();
    await expect.poll(() => gateway.records.length).toBe(1);
    expect((await look()).of("SDK retries")?.level).toBe("ok");
    await (await post("1")).text();
    await expect.poll(() => gateway.records.length).toBe(2);
    expect((await look()).of("SDK retries")).toMatchObject(warned(/^1 of 2 requests were sent again by an SDK/));
  });
});
