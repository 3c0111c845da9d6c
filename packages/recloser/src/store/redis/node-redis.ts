/** node-redis (the package `redis`): its single, Sentinel and Cluster clients as a port. Structurally typed. */
import { InvalidOptionError } from "../../errors.ts";
import { unsaid } from "../../unsaid.ts";
import { connectionOf, Subscriptions } from "./connection-state.ts";
import { byDigest, type RedisPort } from "./port.ts";

interface ScriptOptions {
  keys: string[];
  arguments: string[];
}

/** What is used of a client. */
export interface NodeRedisLike {
  readonly isOpen: boolean;
  /** A cluster's client has none: it is ready when it is open. */
  readonly isReady?: boolean;
  evalSha(sha: string, options: ScriptOptions): Promise<unknown>;
  eval(lua: string, options: ScriptOptions): Promise<unknown>;
  duplicate(): NodeRedisSubscriber;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
}

export interface NodeRedisSubscriber {
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: (message: string) => unknown): Promise<unknown>;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  destroy(): void;
}

/**
 * A client of node-redis for `redisStore`; connect it yourself. It stays yours: it is neither configured nor closed here, but
 * for an `error` listener, without which it would not connect again. What it is not connected for is refused at once.
 * Changes are heard on a duplicate of it.
 *
 * @throws InvalidOptionError for what is no such client
 * @example
 * import { createClient } from "redis";
 * const client = createClient({ url: "redis://localhost:6379" });
 * const store = redisStore({ client: fromNodeRedis(client) });
 * await client.connect();
 */
export function fromNodeRedis(client: NodeRedisLike): RedisPort {
  const given = client as Partial<NodeRedisLike> | null | undefined;
  if (typeof given?.evalSha !== "function" || typeof given.duplicate !== "function")
    throw new InvalidOptionError("client", "a client of node-redis", unsaid(client));
  const connection = connectionOf(client, {
    isReady: () => client.isReady ?? client.isOpen,
    isConnecting: () => client.isOpen,
    says: () => (client.isOpen ? "it is connecting" : "call its connect() first"),
  });
  const subscriptions = new Subscriptions<NodeRedisSubscriber>((subscriber) => subscriber.destroy());
  return {
    async run(script, keys, args) {
      await connection.need();
      const options = { keys: [...keys], arguments: [...args] };
      return byDigest(script, (method, text) =>
        method === "evalsha" ? client.evalSha(text, options) : client.eval(text, options),
      );
    },
    async subscribe(channel, onMessage, signal) {
      const subscriber = subscriptions.add(client.duplicate(), signal);
      subscriber.on("error", () => {}); // it connects again by itself, and the poll goes on meanwhile
      endWhenConnected(subscriber, () => !subscriptions.has(subscriber));
      try {
        await subscriber.connect();
        await subscriber.subscribe(channel, (message) => {
          if (subscriptions.has(subscriber)) onMessage(message);
        });
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

interface Ending {
  on(event: string, listener: () => void): unknown;
  destroy(): void;
}

/** One that is destroyed while it connects goes on connecting, and would keep the process: it is ended when it is there. */
export function endWhenConnected(client: Ending, isOver: () => boolean): void {
  client.on("connect", () => {
    try {
      if (isOver()) client.destroy();
    } catch {} // closed already
  });
}
