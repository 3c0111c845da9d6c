/** ioredis, iovalkey and their Cluster and Sentinel clients as a port. Structurally typed: nothing of theirs is imported. */
import { InvalidOptionError, StoreError } from "../../errors.ts";
import { unsaid } from "../../unsaid.ts";
import { bareError } from "../bare-error.ts";
import { connectionOf, Subscriptions } from "./connection-state.ts";
import { byDigest, type RedisPort } from "./port.ts";

/** What is used of a client. */
export interface IoredisLike {
  readonly status: string;
  connect(): Promise<unknown>;
  evalsha(sha: string, keyCount: number, ...args: string[]): Promise<unknown>;
  eval(lua: string, keyCount: number, ...args: string[]): Promise<unknown>;
  duplicate(): IoredisSubscriber;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
}

export interface IoredisSubscriber {
  readonly status: string;
  connect(): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
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
    throw new InvalidOptionError("client", "a client of ioredis or iovalkey", unsaid(client));
  const connection = connectionOf(client, {
    isReady: () => client.status === "ready",
    isConnecting: () => client.status !== "end",
    says: () => client.status,
  });
  const subscriptions = new Subscriptions<IoredisSubscriber>((subscriber) => subscriber.disconnect());
  return {
    async run(script, keys, args) {
      wake(client);
      await connection.need();
      try {
        return await byDigest(script, (method, text) => client[method](text, keys.length, ...keys, ...args));
      } catch (error) {
        throw bareError(error);
      }
    },
    async subscribe(channel, onMessage, signal) {
      const subscriber = subscriptions.add(client.duplicate(), signal);
      subscriber.on("error", () => {}); // it connects again by itself, and the poll goes on meanwhile
      subscriber.on("message", (from, message) => {
        if (from === channel && subscriptions.has(subscriber)) onMessage(String(message));
      });
      try {
        await isReady(subscriber);
        await subscriber.subscribe(channel);
      } catch (error) {
        subscriptions.end(subscriber);
        throw error;
      }
      return () => subscriptions.end(subscriber);
    },
    onConnected: (listener) => connection.onReady(listener),
    close() {
      subscriptions.endAll();
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
