/** Everything that the environment asks for, put together: for the server and for the command line. */
import { Redis } from "ioredis";
import { redisStore } from "recloser/redis";
import { type Application, startApplication } from "./application.ts";
import { generateShop } from "./data/generate.ts";
import type { Database } from "./database/database.ts";
import { openPostgres } from "./database/postgres.ts";
import { openSqlite, sqliteSnapshot } from "./database/sqlite.ts";
import { type SimulatedStack, simulatedStack } from "./demo/simulated-stack.ts";
import type { ProviderOptions } from "./llm/providers.ts";
import { redisJobs } from "./pipeline/redis-jobs.ts";
import type { Settings } from "./settings.ts";
import { memoryPairStore } from "./verified/memory-store.ts";
import { redisPairStore } from "./verified/redis-store.ts";

export interface Composed extends Application {
  /** Null: the providers are real. */
  readonly stack: SimulatedStack | null;
  /** For people: database, circuits, queue, providers. */
  readonly parts: Readonly<Record<string, string>>;
}

/** Closing it closes all of it. */
export async function composed(settings: Settings): Promise<Composed> {
  const { REDIS_URL: redisUrl } = settings;
  const redis = redisUrl === undefined ? null : new Redis(redisUrl, { maxRetriesPerRequest: 1, commandTimeout: 500 });
  redis?.on("error", () => {});
  const stack = settings.OPENAI_API_KEY === undefined ? await simulatedStack() : null;
  const database = await databaseOf(settings);
  const application = await startApplication({
    database,
    pairs: redis === null ? await memoryPairStore(settings.PAIRS_FILE ?? null) : redisPairStore(redis),
    providers: stack?.providers ?? providersOf(settings),
    recloser: redisUrl === undefined ? {} : { store: redisStore({ url: redisUrl }), namespace: "nl2sql" },
    ...(redisUrl !== undefined && { queue: (ask) => redisJobs({ url: redisUrl, ask }) }),
  });
  const parts = {
    database: database.label,
    circuits: redisUrl === undefined ? "in this process" : `in Redis at ${new URL(redisUrl).host}`,
    queue: application.agent.queue?.label ?? "none",
    providers:
      stack === null
        ? providersOf(settings)
            .map(({ name }) => name)
            .join(", ")
        : `simulated, behind the gateway at ${stack.gatewayUrl}`,
  };
  return {
    ...application,
    stack,
    parts,
    async close() {
      await application.close();
      await stack?.close();
      redis?.disconnect();
    },
  };
}

async function databaseOf({ DATABASE_URL: connectionString }: Settings): Promise<Database> {
  if (connectionString !== undefined) return openPostgres({ connectionString });
  return openSqlite(await sqliteSnapshot(generateShop()));
}

function providersOf(given: Settings): readonly [ProviderOptions, ...ProviderOptions[]] {
  const { OPENAI_API_KEY: apiKey = "", OPENAI_BASE_URL: baseUrl, MODEL: model } = given;
  const { STANDBY_API_KEY, STANDBY_BASE_URL, STANDBY_MODEL } = given;
  const first: ProviderOptions = { name: nameOf(baseUrl), model, baseUrl, apiKey };
  if (STANDBY_BASE_URL === undefined && STANDBY_MODEL === undefined) return [first];
  const standbyUrl = STANDBY_BASE_URL ?? baseUrl;
  const second = { model: STANDBY_MODEL ?? model, baseUrl: standbyUrl, apiKey: STANDBY_API_KEY ?? apiKey };
  return [first, { name: nameOf(standbyUrl), ...second }];
}

// What is known of a provider's errors is known by its name; a server of one's own is called by its host.
function nameOf(baseUrl: string): string {
  const { host, hostname } = new URL(baseUrl);
  return hostname === "api.openai.com" ? "openai" : hostname === "api.groq.com" ? "groq" : host;
}
