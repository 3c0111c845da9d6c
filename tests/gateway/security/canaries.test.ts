/** Keys, prompts and answers with marks in them, through every kind of fault: none is found in what is told or kept of a call. */
import { inspect } from "node:util";
import { Redis } from "ioredis";
import { createRecloser, type EventName, type Recloser } from "recloser";
import { postgresStore } from "recloser/postgres";
import { redisStore } from "recloser/redis";
import { simulatedProvider } from "recloser/testing";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { ClientConfig } from "../../../packages/gateway/src/config/config.ts";
import {
  ANSWERS,
  CANARIES,
  CLIENT_KEY,
  HOLDING,
  playAllAnswers,
  prompting,
  QUICK_TO_TRIP,
  sha256,
  SLOW_TO_TRIP,
  TARGET_KEY,
  TRIPPED,
} from "../../support/canaries.ts";
import { gatewayConfig, route, target } from "../../support/gateway-config.ts";
import { openRaw, sendRaw } from "../../support/raw-http.ts";
import { rawServer } from "../../support/raw-server.ts";
import { startGateway } from "../../support/running-gateway.ts";
import { asked, migrated } from "../../support/postgres-schema.ts";
import { hasPostgres, postgresServer } from "../../support/servers/postgres.ts";
import { hasRedis, redisServer } from "../../support/servers/redis.ts";

const client: ClientConfig = {
  id: "team",
  keySha256: sha256(CLIENT_KEY),
  routes: null,
  maxInFlight: 4,
  mayBypass: true,
  priority: "interactive",
};

const POLICIES = { defaults: SLOW_TO_TRIP, policies: { [`${TRIPPED}*`]: QUICK_TO_TRIP } };

const NAMES = [
  "transition",
  "rejected",
  "would-reject",
  "hold",
  "override",
  "probe",
  "retry",
  "wait",
  "store",
] as const satisfies readonly EventName[];

/** All that happens to be told while `act` runs. */
async function told(recloser: Recloser, act: () => Promise<void>): Promise<string> {
  const heard: unknown[] = [];
  const off = NAMES.map((name) => recloser.on(name, (one) => void heard.push(name, one)));
  const hear = (warning: Error): void => void heard.push(warning);
  process.on("warning", hear);
  const writes = (["stdout", "stderr"] as const).map((name) => {
    const stream = process[name];
    const write = stream.write.bind(stream);
    stream.write = (chunk: string | Uint8Array) => heard.push(String(chunk)) > 0;
    return () => (stream.write = write);
  });
  try {
    await act();
    await new Promise((resolve) => setTimeout(resolve, 50));
  } finally {
    for (const restore of writes) restore();
    process.off("warning", hear);
    for (const one of off) one[Symbol.dispose]();
  }
  return `${shown(heard)}${JSON.stringify(heard)}`;
}

function shown(value: unknown): string {
  return inspect(value, { depth: 30, showHidden: true, maxStringLength: null, maxArrayLength: null });
}

async function playAll(recloser: Recloser): Promise<string> {
  let [said, answer] = ["", ""];
  const heard = new Set<string>();
  const server = await rawServer((socket) => {
    heard.add(said);
    socket.write(answer, () => socket.end());
  });
  await using second = await simulatedProvider();
  const own = [TRIPPED, ...HOLDING.map((_, at) => `held-${at}`)];
  const targets = [
    target("one", server.url, { auth: { kind: "bearer", token: TARGET_KEY } }),
    target("two", second.baseUrl, { auth: { kind: "header", name: "x-key", value: TARGET_KEY } }),
    ...own.map((name) => target(name, server.url, { auth: { kind: "bearer", token: TARGET_KEY } })),
  ];
  const routes = [
    route("main", ["one", "two"]),
    route("alone", ["one"]),
    ...own.map((name) => route(name, [name])),
    route("assured", ["one", "two"], { stream: "assured" }),
    route("kept", ["one"], { onAllOpen: { kind: "cache", ttlMs: 60_000, maxEntries: 10, maxEntryBytes: 100_000 } }),
  ];
  const config = gatewayConfig({ targets, routes, clients: [client], timeouts: { headersMs: 2_000, totalMs: 5_000 } });
  await using gateway = await startGateway(config, { recloser });
  const routesOfEach = [
    [null, false],
    [null, true],
    ["alone", false],
    ["assured", true],
    ["kept", false],
  ] as const;
  const ask = (raw: string): Promise<void> => openRaw(gateway.url, raw).closed;
  await playAllAnswers(ask, (name, bytes) => ([said, answer] = [name, bytes]), routesOfEach);
  expect(gateway.defects).toEqual([]);
  expect([...heard].toSorted()).toEqual([...ANSWERS, ...HOLDING].map(([name]) => name).toSorted());
  expect(gateway.records.length).toBeGreaterThan(ANSWERS.length * 5);
  const breakers = [...recloser.breakers()];
  const kept = [gateway.records, breakers.map((one) => one.snapshot())];
  return `${shown([kept, breakers, recloser, gateway.gateway])}${JSON.stringify(kept)}`;
}

test("In memory", { timeout: 120_000 }, async () => {
  await using recloser = createRecloser(POLICIES);
  let kept = "";
  const heard = await told(recloser, async () => void (kept = await playAll(recloser)));
  expect(heard).toContain("transition");
  expect(heard).toContain("hold");
  expect(CANARIES.exec(heard)?.[0]).toBeUndefined();
  expect(CANARIES.exec(kept)?.[0]).toBeUndefined();
});

describe("On Redis", () => {
  let isThere = false;
  beforeAll(async () => {
    isThere = await hasRedis();
  });

  test("neither in keys nor in values nor in what is published", { timeout: 120_000 }, async ({ skip }) => {
    skip(!isThere, "there is no Redis");
    const { url } = await redisServer();
    const [reading, listening] = [new Redis(url), new Redis(url)];
    onTestFinished(() => void [reading, listening].map((one) => one.disconnect()));
    const commands: string[] = [];
    const monitor = await listening.monitor();
    onTestFinished(() => monitor.disconnect());
    monitor.on("monitor", (_time: string, args: readonly string[]) => void commands.push(args.join(" ")));
    await using recloser = createRecloser({ ...POLICIES, store: redisStore({ url }) });
    const heard = await told(recloser, async () => void (await playAll(recloser)));
    await expect.poll(() => reading.dbsize(), { timeout: 10_000 }).toBeGreaterThan(0);
    const keys = await reading.keys("*");
    const values = await Promise.all(keys.map(async (key) => (await reading.dumpBuffer(key))?.toString("latin1")));
    // All that ever went to it, keys and values that are gone again included.
    const all = shown([keys, values, commands, heard]);
    expect([keys.length > 0, commands.length > 10]).toEqual([true, true]);
    expect(all).toContain("gpt-5");
    expect(CANARIES.exec(all)?.[0]).toBeUndefined();
  });
});

describe("On PostgreSQL", () => {
  let isThere = false;
  beforeAll(async () => {
    isThere = await hasPostgres();
  });

  test("in no row of any table", { timeout: 120_000 }, async ({ skip }) => {
    skip(!isThere, "there is no PostgreSQL");
    const { url } = await postgresServer();
    await migrated(url);
    await using recloser = createRecloser({ ...POLICIES, store: postgresStore({ connectionString: url }) });
    const heard = await told(recloser, async () => void (await playAll(recloser)));
    const rows = (): Promise<string> => everyRow(url);
    await expect.poll(rows, { timeout: 10_000 }).toContain("gpt-5");
    expect(CANARIES.exec((await rows()) + heard)?.[0]).toBeUndefined();
  });
});

async function everyRow(url: string): Promise<string> {
  const tables = await asked(
    url,
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')",
  );
  const rows = await Promise.all(tables.map(({ name }) => asked(url, `select t::text as row from ${String(name)} t`)));
  // What is binary there is hexadecimal in a row's text.
  const texts = rows.flat().map(({ row }) => String(row));
  const bytes = texts.flatMap((row) => [...row.matchAll(/\\x([0-9a-f]+)/g)].map(([, hex]) => hex ?? ""));
  return [...texts, ...bytes.map((hex) => Buffer.from(hex, "hex").toString("latin1"))].join("\n");
}

test("An error of the gateway's own says nothing of them, to its caller nor in the log", async () => {
  let log = "";
  const targets = [target("one", "http://127.0.0.1:9"), target("two", "http://127.0.0.1:9")];
  const gateway = await startGateway(
    gatewayConfig({
      targets,
      routes: [route("main", ["one", "two"], { choice: "weighted" })],
      clients: [client],
      log: { level: "trace", pretty: false },
    }),
    {
      logTo: { write: (line) => void (log += line) },
      random: () => {
        throw Object.assign(new Error(`${ANSWERS[0]?.[1]} ${TARGET_KEY}`), { request: prompting(null, false) });
      },
    },
  );
  await using _ = gateway;
  const { status, text } = await sendRaw(gateway.url, prompting(null, false));
  expect([status, gateway.defects.length]).toEqual([500, 1]);
  await expect.poll(() => log).toContain('"event":"defect"');
  expect(CANARIES.exec(log + text)?.[0]).toBeUndefined();
});
