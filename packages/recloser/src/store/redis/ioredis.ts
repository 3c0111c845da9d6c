/** ioredis, iovalkey and their Cluster and Sentinel clients as a port. Structurally typed: nothing of theirs is imported. */
import { InvalidOptionError, StoreError } from "../../errors.ts";
import { firstConnection } from "./first-connection.ts";
import { byDigest, type RedisPort } from "./port.ts";

/** What is used of a client. */
export interface IoredisLike {
  readonly status: string;
  connect(): Promise<unknown>;
  evalsha(sha: string, keyCount: number, ...args: string[]): Promise<unknown>;
  eval(lua: string, keyCount: number, ...args: string[]): Promise<unknown>;
  duplicate(): IoredisSubscriber;
  on(event: string, listener: (...args: never[]) => void): unknown;
}

export interface IoredisSubscriber {
  readonly status: string;
  connect(): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  on(event: string, listener: (...args: never[]) => void): unknown;
  disconnect(): void;
}

/**
 * A client of ioredis or iovalkey (single, Sentinel or Cluster) for `redisStore`. It stays yours: it is neither configured
 * nor closed here, but for an `error` listener, without which it would print. What it is not connected for is refused at
 * once, whatever its own queue would do. Changes are heard on a duplicate of it.
 *
 * @throws InvalidOptionError for what is no such client
 * @example
 * import Redis from "ioredis";
 * const store = redisStore({ client: fromIoredis(new Redis("redis://localhost:6379")) });
 */
export function fromIoredis(client: IoredisLike): RedisPort {
  const given = client as Partial<IoredisLike> | null | undefined;
  if (typeof given?.evalsha !== "function" || typeof given.duplicate !== "function")
    throw new InvalidOptionError("client", "a client of ioredis or iovalkey", client);
  let lastError: Error | null = null;
  client.on("error", (error: Error) => {
    lastError = error;
  });
  const connecting = firstConnection(client, () => client.status === "ready");
  const subscribers = new Set<IoredisSubscriber>();

  const end = (subscriber: IoredisSubscriber): void => {
    if (subscribers.delete(subscriber)) subscriber.disconnect();
  };
  return {
    async run(script, keys, args) {
      wake(client);
      if (client.status !== "ready") await connecting();
      if (client.status !== "ready") throw notConnected(client.status, lastError);
      return byDigest(script, (method, text) => client[method](text, keys.length, ...keys, ...args));
    },
    async subscribe(channel, onMessage) {
      const subscriber = client.duplicate();
      subscribers.add(subscriber);
      subscriber.on("error", () => {}); // it connects again by itself, and the poll goes on meanwhile
      subscriber.on("message", (from: string, message: string) => {
        if (from === channel) onMessage(message);
      });
      try {
        await isReady(subscriber);
        await subscriber.subscribe(channel);
      } catch (error) {
        end(subscriber);
        throw error;
      }
      return () => end(subscriber);
    },
    close() {
      for (const subscriber of subscribers) end(subscriber);
      return Promise.resolve();
    },
  };
}

// One that connects with its first command gets none from us before it is connected.
function wake(client: { readonly status: string; connect(): Promise<unknown> }): void {
  if (client.status === "wait") client.connect().catch(() => {});
}

// Its queue may be off: then it takes no command before it is connected.
function isReady(subscriber: IoredisSubscriber): Promise<void> {
  wake(subscriber);
  if (subscriber.status === "ready") return Promise.resolve();
  return new Promise((resolve, reject) => {
    subscriber.on("ready", () => resolve());
    subscriber.on("end", () => reject(new StoreError("the connection for pushes has ended")));
  });
}

function notConnected(status: string, cause: Error | null): StoreError {
  const why = cause === null ? "" : `: ${cause.message}`;
  return new StoreError(`the Redis client is not connected (${status})${why}`, cause === null ? undefined : { cause });
}
