/** The client libraries as their users make them: nothing configured, so they queue, try again and send again as they like. */
import { Redis as Ioredis } from "ioredis";
import { Redis as Iovalkey } from "iovalkey";
import { createClient } from "redis";
import { fromIoredis, fromNodeRedis, type RedisPort } from "recloser/redis";

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
export const USER_CLIENTS: Readonly<Record<string, (url: string) => Promise<UserClient>>> = {
  async ioredis(url) {
    return ofIoredis(new Ioredis(url));
  },
  async iovalkey(url) {
    return ofIoredis(new Iovalkey(url));
  },
  async redis(url) {
    const client = createClient({ url });
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
