/**
 * `npm run ask`: the application with everything it needs, by one command.
 *
 * Without variables: sql.js, two simulated providers behind a gateway, circuits and queue in this process. `OPENAI_API_KEY`
 * (with `OPENAI_BASE_URL`, `MODEL`) takes a real provider, `STANDBY_*` a second one, `DATABASE_URL` PostgreSQL, `REDIS_URL`
 * circuits, saved questions and queue that replicas share.
 */
import { createDashboard } from "@recloser/dashboard";
import { nodeHandler } from "@recloser/dashboard/node";
import { Redis } from "ioredis";
import { redisStore } from "recloser/redis";
import { startApplication } from "./application.ts";
import { generateShop } from "./data/generate.ts";
import type { Database } from "./database/database.ts";
import { openPostgres } from "./database/postgres.ts";
import { openSqlite, sqliteSnapshot } from "./database/sqlite.ts";
import { outageRoutes } from "./demo/outage-routes.ts";
import { simulatedStack } from "./demo/simulated-stack.ts";
import { createApp } from "./http/app.ts";
import { pageRoutes } from "./http/page.ts";
import type { ProviderOptions } from "./llm/providers.ts";
import { redisJobs } from "./pipeline/redis-jobs.ts";
import { type Settings, settingsIn } from "./settings.ts";
import { memoryPairStore } from "./verified/memory-store.ts";
import { redisPairStore } from "./verified/redis-store.ts";

const DASHBOARD = "/dashboard";
const settings = settingsIn(process.env);
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
const { agent, recloser } = application;
const parts = {
  database: database.label,
  circuits: redisUrl === undefined ? "in this process" : `in Redis at ${new URL(redisUrl).host}`,
  queue: agent.queue?.label ?? "none",
  providers:
    stack === null
      ? providersOf(settings)
          .map(({ name }) => name)
          .join(", ")
      : `simulated, behind the gateway at ${stack.gatewayUrl}`,
};
const dashboard = createDashboard({ recloser, basePath: DASHBOARD, allowActions: true });
const routes = { ...(await pageRoutes()), ...outageRoutes({ recloser, stack, parts, dashboard: `${DASHBOARD}/` }) };
const server = createApp(agent, routes, { [DASHBOARD]: nodeHandler(dashboard) });
server.listen(settings.PORT, settings.HOST, () => {
  for (const [name, what] of Object.entries(parts)) console.log(`${name.padEnd(10)} ${what}`);
  const url = `http://${settings.HOST}:${(server.address() as { port: number }).port}`;
  console.log(`\nopen       ${url}\ndashboard  ${url}${DASHBOARD}/`);
});
server.on("error", (error: NodeJS.ErrnoException) => {
  console.error(
    error.code === "EADDRINUSE" ? `port ${settings.PORT} is in use; choose another: PORT=8091` : String(error),
  );
  void stop(1);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop(0));

async function stop(exitCode: number): Promise<void> {
  await dashboard.close();
  server.close();
  server.closeAllConnections();
  await application.close();
  await stack?.close();
  redis?.disconnect();
  process.exitCode = exitCode;
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
