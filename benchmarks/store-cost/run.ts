/**
 * What sharing costs a real Redis: commands and server time per second, bytes per record. Finds or fetches a server as the
 * tests do.
 *
 *   npm run store:cost                 prints a table
 *   npm run store:cost -- --write      and keeps it in benchmarks/results/store-cost.json and docs/explanation/sharing.md
 */
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { type Breaker, createRecloser, type Recloser } from "recloser";
import { redisStore } from "recloser/redis";
import { startRedis } from "../../tests/support/servers/redis.ts";

const REPLICAS = 4;
const CALLS_PER_SECOND = 1_000;
const MEASURED_MS = 5_000;
const RECORDS = 2_000;

interface Load {
  readonly what: string;
  readonly callsPerSecond: number;
  readonly scriptsPerSecond: number;
  readonly scriptsPer50Calls: number | null;
  readonly serverUsPerScript: number;
  /** Of one core of the server. */
  readonly serverShare: number;
}

interface Memory {
  readonly what: string;
  readonly bytesPerRecord: number;
}

const server = await startRedis();
const redis = new Redis(server.url);
try {
  const loads = await measureLoads();
  const memory = [await measureMemory("after one failure", 1), await measureMemory("open", 3)];
  console.table(loads);
  console.table(memory);
  const version = /redis_version:(\S+)/.exec(await redis.info("server"))?.[1] ?? null;
  const result = { replicas: REPLICAS, measuredMs: MEASURED_MS, node: process.version, redis: version, loads, memory };
  if (process.argv.includes("--write")) {
    const file = new URL("../results/store-cost.json", import.meta.url);
    writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
    writePage([
      `Redis ${version ?? "?"}, Node ${process.version}.`,
      "",
      ...loadTable(loads),
      "",
      ...memoryTable(memory),
    ]);
  }
} finally {
  redis.disconnect();
  await server.kill();
}

async function measureLoads(): Promise<Load[]> {
  const replicas = Array.from({ length: REPLICAS }, () =>
    createRecloser({ store: redisStore({ url: server.url }), namespace: "loads" }),
  );
  const breakers = replicas.map((recloser) => recloser.breaker("llm"));
  await Promise.all(replicas.map(shared));
  const loads = [
    await measure("idle", breakers, null),
    await measure("well, nothing has failed yet", breakers, () => null),
  ];
  let calls = 0;
  const onePercent = (): Error | null => (++calls % 100 === 0 ? new Error("now and then") : null);
  loads.push(await measure("well, 1 % fail", breakers, onePercent));
  await breakers[0]?.forceOpen({ by: "benchmark", reason: "an open circuit costs no more" });
  await sleep(500);
  loads.push(await measure("open, all rejected", breakers, () => new Error("down")));
  await Promise.all(replicas.map((recloser) => recloser.close()));
  return loads;
}

/** @param outcome of each call: null is a success; without it no calls are made */
async function measure(
  what: string,
  breakers: readonly Breaker[],
  outcome: (() => Error | null) | null,
): Promise<Load> {
  const before = await scriptsRun();
  const startMs = performance.now();
  let calls = 0;
  for (;;) {
    const passedMs = performance.now() - startMs;
    if (passedMs >= MEASURED_MS) break;
    const due = outcome === null ? 0 : Math.floor((passedMs / 1_000) * CALLS_PER_SECOND);
    for (; calls < due; calls++) {
      const error = outcome?.() ?? null;
      const call = (): Promise<void> => (error === null ? Promise.resolve() : Promise.reject(error));
      breakers[calls % breakers.length]?.execute(call).catch(() => {});
    }
    await sleep(5);
  }
  const seconds = (performance.now() - startMs) / 1_000;
  const after = await scriptsRun();
  const scripts = after.calls - before.calls;
  const serverUs = after.us - before.us;
  return {
    what,
    callsPerSecond: rounded(calls / seconds),
    scriptsPerSecond: rounded(scripts / seconds),
    scriptsPer50Calls: calls === 0 ? null : rounded((scripts / calls) * 50),
    serverUsPerScript: rounded(serverUs / scripts),
    serverShare: rounded(serverUs / 1e6 / seconds),
  };
}

async function scriptsRun(): Promise<{ readonly calls: number; readonly us: number }> {
  const stats = await redis.info("commandstats");
  const found = [...stats.matchAll(/cmdstat_(?:eval|evalsha):calls=(\d+),usec=(\d+)/g)];
  return {
    calls: found.reduce((all, [, calls]) => all + Number(calls), 0),
    us: found.reduce((all, [, , us]) => all + Number(us), 0),
  };
}

// The index, the log and the allocator's own share are in it: what the server grew by, for each record.
async function measureMemory(what: string, failures: number): Promise<Memory> {
  await redis.flushall();
  const recloser = createRecloser({
    store: redisStore({ url: server.url }),
    namespace: `memory ${failures}`,
    defaults: { failureThreshold: 3 },
  });
  await shared(recloser);
  await sleep(200);
  const before = await usedMemory();
  for (let at = 0; at < RECORDS; at++) {
    const breaker = recloser.breaker(`openai:some-model-${at}`);
    for (let i = 0; i < failures; i++) await breaker.execute(() => Promise.reject(new Error("down"))).catch(() => {});
    if (at % 50 === 0) await sleep(20);
  }
  await sleep(1_000);
  const records = (await redis.keys("rc1:*:b:*")).length;
  const bytes = (await usedMemory()) - before;
  await recloser.close();
  return { what: `${what} (${records} records)`, bytesPerRecord: Math.round(bytes / records) };
}

async function usedMemory(): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info("memory"))?.[1]);
}

async function shared(recloser: Recloser): Promise<void> {
  while (recloser.storeHealth().mode !== "shared") await sleep(20);
}

function loadTable(loads: readonly Load[]): string[] {
  const row = ({ what, scriptsPerSecond, scriptsPer50Calls, serverUsPerScript, serverShare }: Load): string => {
    const share = `${(serverShare * 100).toPrecision(2)} %`;
    return `| ${what} | ${scriptsPerSecond} | ${scriptsPer50Calls ?? ""} | ${serverUsPerScript} µs | ${share} |`;
  };
  return [
    "| Load | commands a second, all replicas | for 50 calls | server time for each | of one core |",
    "| --- | --- | --- | --- | --- |",
    ...loads.map(row),
  ];
}

function memoryTable(memory: readonly Memory[]): string[] {
  const rows = memory.map(({ what, bytesPerRecord }) => `| ${what} | ${bytesPerRecord} |`);
  return ["| Record | bytes each |", "| --- | --- |", ...rows];
}

function writePage(lines: readonly string[]): void {
  const page = new URL("../../docs/explanation/sharing.md", import.meta.url);
  const block = /(<!-- store-cost: [^>]*-->)[^]*?(<!-- \/store-cost -->)/;
  writeFileSync(page, readFileSync(page, "utf8").replace(block, `$1\n\n${lines.join("\n")}\n\n$2`));
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
