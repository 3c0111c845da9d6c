/** The client libraries as their users make them: nothing configured, so they queue, try again and send again as they like. */
import { Redis as Ioredis } from "ioredis";
import { Redis as Iovalkey } from "iovalkey";
import { createClient } from "redis";
import { fromIoredis, fromNodeRedis, type RedisPort } from "recloser/redis";

/** What a user gives for TLS: the authority that is trusted, and a certificate of the client's own. */
export interface UserTls {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface UserClient {
  readonly port: RedisPort;
  /** What a user would do with it beside the store. */
  set(key: string, value: string): Promise<unknown>;
  get(key: string): Promise<string | null>;
  /** Commands it keeps, sent or not; and those of them that wait for a connection. Where it shows them. */
  queued(): number;
  waiting(): number;
  listeners(): number;
  end(): void;
}

type Ioredislike = Ioredis | Iovalkey;

function ofIoredis(client: Ioredislike): UserClient {
  const queues = client as unknown as Record<"commandQueue" | "offlineQueue", { readonly length: number }>;
  return {
    port: fromIoredis(client),
    set: (key, value) => client.set(key, value),
    get: (key) => client.get(key),
    queued: () => queues.commandQueue.length + queues.offlineQueue.length,
    waiting: () => queues.offlineQueue.length,
    listeners: () => client.eventNames().reduce((all, name) => all + client.listenerCount(name), 0),
    end: () => client.disconnect(),
  };
}

/** By the package's name. */
export const USER_CLIENTS: Readonly<Record<string, (url: string, tls?: UserTls) => Promise<UserClient>>> = {
  async ioredis(url, tls) {
    return ofIoredis(new Ioredis(url, tls === undefined ? {} : { tls }));
  },
  async iovalkey(url, tls) {
    return ofIoredis(new Iovalkey(url, tls === undefined ? {} : { tls }));
  },
  async redis(url, tls) {
    const client = createClient({ url, ...(tls !== undefined && { socket: { tls: true, ...tls } }) });
    const port = fromNodeRedis(client);
    await client.connect();
    return {
      port,
      set: (key, value) => client.set(key, value),
      get: (key) => client.get(key),
      queued: () => 0, // it does not say
      waiting: () => 0,
      listeners: () => client.eventNames().reduce((all, name) => all + client.listenerCount(name), 0),
      end: () => client.destroy(),
    };
  },
};
