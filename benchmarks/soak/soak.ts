/** Two replicas with many breakers each, on a provider and a Redis that come and go: whether anything grows. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { Redis } from "ioredis";
import { createRecloser, type Recloser } from "recloser";
import { redisStore } from "recloser/redis";
import { held } from "../../tests/support/memory.ts";
import { type RedisServer, startRedis } from "../../tests/support/servers/redis.ts";

export const BREAKERS = 10_000;
const CALLS_PER_SECOND = 600;
// Half of the calls go to these, often enough that their circuits open; the others go round.
const HOT = 49;
// Of all at once a busy machine answers few within the store's deadline, and both replicas would go on without it.
const TOUCHED_AT_ONCE = 20;
const ROUND_MS = 6_000;
const PAUSED_MS = 1_200;
// What a call knows and nobody else may.
const CANARY = "canary-soak-2f6b";

export interface Sample {
  readonly atS: number;
  readonly calls: number;
  readonly heapMb: number;
  /** Of the process, by kind; the connection that looks at Redis is among them. */
  readonly timers: number;
  readonly sockets: number;
  readonly records: number;
  readonly redisMb: number;
}

export interface Soaked {
  readonly samples: readonly Sample[];
  readonly rejected: number;
  /** How often a replica went from shared to local. */
  readonly degraded: number;
  /** What is left of timers and sockets after `close()`, beyond what there was before. */
  readonly left: { readonly timers: number; readonly sockets: number };
  /** Where the canary was found. */
  readonly leaks: readonly string[];
}

/** @param breakers of each replica */
export async function soak(minutes: number, breakers: number = BREAKERS): Promise<Soaked> {
  const before = resources();
  const server = await startRedis({ rdbcompression: "no" });
  const redis = new Redis(server.url);
  const replicas = ["a", "b"].map((replicaId) =>
    createRecloser({
      store: redisStore({ url: server.url }),
      namespace: "soak",
      replicaId,
      defaults: { failureThreshold: 3, cooldown: { initial: "1s", max: "4s" } },
    }),
  );
  const run = new Run(replicas, breakers);
  const samples: Sample[] = [];
  try {
    await shared(replicas);
    await run.touchAll();
    const startMs = performance.now();
    while (performance.now() - startMs < minutes * 60_000) {
      await run.round(server);
      await shared(replicas);
      samples.push(await sampleOf(redis, run.calls, (performance.now() - startMs) / 1_000));
    }
    await run.lookAtSnapshots();
    if (await isKept(redis, CANARY)) run.leaks.add("Redis");
    // A search that finds nothing where something is would be no search.
    if (!(await isKept(redis, "model-0"))) throw new Error("the search of what Redis keeps does not find a key's name");
  } finally {
    await Promise.all(replicas.map((recloser) => recloser.close()));
    redis.disconnect();
    await server.kill();
  }
  await sleep(500);
  const after = resources();
  const left = { timers: after.timers - before.timers, sockets: after.sockets - before.sockets };
  return { samples, rejected: run.rejected, degraded: run.degraded, left, leaks: [...run.leaks] };
}

class Run {
  calls = 0;
  rejected = 0;
  degraded = 0;
  readonly leaks = new Set<string>();
  readonly #replicas: readonly Recloser[];
  readonly #breakers: number;
  #isDown = false;

  constructor(replicas: readonly Recloser[], breakers: number) {
    this.#replicas = replicas;
    this.#breakers = breakers;
    for (const recloser of replicas) {
      for (const name of ["transition", "rejected", "hold", "probe", "call", "store"] as const)
        recloser.on(name, (event) => this.#search(`the event ${name}`, event));
      recloser.on("rejected", () => void this.rejected++);
      recloser.on("store", ({ mode }) => void (this.degraded += mode === "local" ? 1 : 0));
    }
  }

  /** A failure of each, so that every record is there before anything is measured. */
  async touchAll(): Promise<void> {
    this.#isDown = true;
    for (let at = 0; at < this.#breakers; at++) {
      this.#call(at);
      if (at % TOUCHED_AT_ONCE === 0) await sleep(20);
    }
    await sleep(1_000);
  }

  /** The provider fails for half of it; in the middle Redis hangs. */
  async round(server: RedisServer): Promise<void> {
    const startMs = performance.now();
    const begun = this.calls;
    let paused: "not yet" | "now" | "over" = "not yet";
    try {
      for (let passedMs = 0; passedMs < ROUND_MS; passedMs = performance.now() - startMs) {
        this.#isDown = passedMs < ROUND_MS / 2;
        if (paused === "not yet" && passedMs > ROUND_MS / 3) {
          server.pause();
          paused = "now";
        }
        if (paused === "now" && passedMs > ROUND_MS / 3 + PAUSED_MS) {
          server.resume();
          paused = "over";
        }
        const due = Math.min(begun + (passedMs / 1_000) * CALLS_PER_SECOND, this.calls + CALLS_PER_SECOND / 10);
        while (this.calls < due) this.#call(this.calls % 2 === 0 ? this.calls % this.#breakers : this.calls % HOT);
        await sleep(5);
      }
    } finally {
      server.resume();
    }
    await sleep(500);
  }

  async lookAtSnapshots(): Promise<void> {
    for (const recloser of this.#replicas)
      for (const breaker of recloser.breakers()) this.#search("a snapshot", breaker.snapshot());
  }

  #call(at: number): void {
    this.calls++;
    const recloser = this.#replicas[Math.floor(this.calls / 2) % this.#replicas.length];
    const failed = this.#isDown;
    recloser
      ?.breaker(`model-${at}`)
      .execute(() => (failed ? Promise.reject(unavailable()) : Promise.resolve(CANARY)))
      .catch((error: unknown) => {
        if (!(error instanceof Unavailable)) this.#search("a rejection", error);
      });
  }

  #search(where: string, what: unknown): void {
    if (inspect(what, { depth: 8, maxStringLength: null }).includes(CANARY)) this.leaks.add(where);
  }
}

class Unavailable extends Error {
  readonly status = 503;
  readonly headers: Readonly<Record<string, string>> = { authorization: `Bearer ${CANARY}` };
}

function unavailable(): Unavailable {
  return new Unavailable(`the prompt was: ${CANARY}`);
}

async function shared(replicas: readonly Recloser[]): Promise<void> {
  for (const recloser of replicas) while (recloser.storeHealth().mode !== "shared") await sleep(20);
}

async function sampleOf(redis: Redis, calls: number, atS: number): Promise<Sample> {
  const { heapMb } = await held();
  const usedBytes = Number(/used_memory_dataset:(\d+)/.exec(await redis.info("memory"))?.[1]);
  const records = (await redis.keys("rc1:*:b:*")).length;
  return { atS, calls, heapMb, ...resources(), records, redisMb: usedBytes / 2 ** 20 };
}

function resources(): { readonly timers: number; readonly sockets: number } {
  const kinds = process.getActiveResourcesInfo();
  const count = (...of: string[]): number => kinds.filter((kind) => of.includes(kind)).length;
  return { timers: count("Timeout", "Immediate"), sockets: count("TCPSocketWrap", "TCPServerWrap") };
}

/** Whether a text is in anything that Redis keeps, read from its own file of all of it, which is not packed. */
async function isKept(redis: Redis, what: string): Promise<boolean> {
  await redis.save();
  const [, dir] = (await redis.config("GET", "dir")) as [string, string];
  return readFileSync(join(dir, "dump.rdb")).includes(what);
}
