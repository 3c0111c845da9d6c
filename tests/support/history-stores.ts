/** The stores that keep a history, on real servers: whatever is promised of one is held by both. */
import { redisStore } from "recloser/redis";
import { postgresStore } from "recloser/postgres";
import type { InspectableStore, StoreHistory } from "recloser/history";
import { migrated } from "./postgres-schema.ts";
import { hasPostgres, startPostgres } from "./servers/postgres.ts";
import { hasRedis, startRedis } from "./servers/redis.ts";

export type HistoryStore = InspectableStore & { readonly history: StoreHistory };

export interface HistoryServer {
  readonly url: string;
  /** On connections of its own, as another process has it. */
  store(): HistoryStore;
  kill(): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

interface HistoryKind {
  readonly kind: "Redis" | "PostgreSQL";
  readonly canRun: boolean;
  start(): Promise<HistoryServer>;
}

export const HISTORY_KINDS: readonly HistoryKind[] = [
  { kind: "Redis", canRun: await hasRedis(), start: startedRedis },
  { kind: "PostgreSQL", canRun: await hasPostgres(), start: startedPostgres },
];

async function startedRedis(): Promise<HistoryServer> {
  const server = await startRedis();
  return {
    url: server.url,
    store: () => redisStore({ url: server.url }),
    kill: () => server.kill(),
    restart: () => server.restart(),
    close: () => server.kill(),
  };
}

async function startedPostgres(): Promise<HistoryServer> {
  const server = await startPostgres();
  await migrated(server.url);
  return {
    url: server.url,
    store: () => postgresStore({ connectionString: server.url }),
    kill: () => server.kill(),
    restart: () => server.restart(),
    close: () => server.close(),
  };
}
