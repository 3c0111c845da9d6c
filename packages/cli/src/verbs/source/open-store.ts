/** The store that a URL names, on connections of the command's own. */
import type { Redis } from "ioredis";
import type { InspectableStore } from "recloser/inspect";
import { isPostgres, type StoreSettings } from "./options.ts";

export interface OpenStore {
  readonly store: InspectableStore;
  end(): Promise<void>;
}

/** @param goesOn whether it connects anew when the connection breaks, for a command that lasts */
export async function openStore(settings: StoreSettings, password: string | null, goesOn: boolean): Promise<OpenStore> {
  return isPostgres(settings.url.protocol) ? openPostgres(settings, password) : openRedis(settings, password, goesOn);
}

// It makes a connection anew by itself whenever one is needed.
async function openPostgres({ url, schema }: StoreSettings, password: string | null): Promise<OpenStore> {
  const { postgresStore } = await import("recloser/postgres");
  const withPassword = new URL(url);
  if (password !== null) withPassword.password = encodeURIComponent(password);
  const store = postgresStore({ connectionString: withPassword.href, schema });
  return { store, end: () => store.close() };
}

const AGAIN_MOST_MS = 1_000;

async function openRedis(settings: StoreSettings, password: string | null, goesOn: boolean): Promise<OpenStore> {
  // Before the client is made, whose first event may be that it cannot connect.
  const { fromIoredis, redisStore } = await import("recloser/redis");
  const client = await redisClient(settings, password, goesOn);
  const store = redisStore({ client: fromIoredis(client) });
  return {
    store,
    async end() {
      await store.close();
      client.disconnect();
    },
  };
}

/** @param goesOn whether it connects anew when the connection breaks */
export async function redisClient(
  { url, username, limitMs }: StoreSettings,
  password: string | null,
  goesOn: boolean,
): Promise<Redis> {
  const { Redis } = await import("ioredis");
  return new Redis({
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port || "6379"),
    db: Number(url.pathname.slice(1) || "0"),
    ...(url.protocol === "rediss:" && { tls: {} }),
    ...(username !== null && { username }),
    ...(password !== null && { password }),
    // It asks for INFO, which a user with few rights may not.
    enableReadyCheck: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    connectTimeout: limitMs,
    disconnectTimeout: 100,
    retryStrategy: (tries) => (goesOn ? Math.min(AGAIN_MOST_MS, 50 * 2 ** tries) : null),
  });
}
