/**
 * A connection of our own, for a URL: made by whichever client library is installed, and told to do nothing by itself that
 * the store must decide. Nothing waits in a queue, nothing is sent twice, a connection that has gone silent is given up.
 */
import { systemClock } from "../../clock.ts";
import { InvalidOptionError, StoreError } from "../../errors.ts";
import { unsaid } from "../../unsaid.ts";
import { installed } from "../installed.ts";
import { fromIoredis, type IoredisLike } from "./ioredis.ts";
import { endWhenConnected, fromNodeRedis, type NodeRedisLike } from "./node-redis.ts";
import type { RedisPort } from "./port.ts";

const CONNECT_MS = 1_000;
// A server that says nothing for so long, though it was asked, is not at the other end any more. Neither library finds that
// out: what one calls a socket's timeout is put off by each write, and the other's does not cover how a connection begins.
const SILENT_MS = 1_000;
const AGAIN_MOST_MS = 500;
// How long a connection that is closed may wait for the server to close it too.
const DISCONNECT_MS = 100;

interface Made {
  readonly port: RedisPort;
  readonly end: () => void;
}

interface Library {
  readonly name: string;
  make(module: never, url: string): Made;
}

interface OwnNodeRedis extends NodeRedisLike {
  connect(): Promise<unknown>;
  destroy(): void;
}

interface OwnIoredis extends IoredisLike {
  disconnect(): void;
}

const againMs = (tries: number): number => Math.min(AGAIN_MOST_MS, 50 * 2 ** Math.min(tries, 10));

const LIBRARIES: readonly Library[] = [
  {
    name: "redis",
    make({ createClient }: { readonly createClient: (options: object) => OwnNodeRedis }, url) {
      const socket = { connectTimeout: CONNECT_MS, reconnectStrategy: againMs };
      const client = createClient({ url, disableOfflineQueue: true, socket });
      const port = fromNodeRedis(client);
      let isOver = false;
      endWhenConnected(client, () => isOver);
      client.connect().catch(() => {}); // told through its `error` event
      const end = (): void => {
        isOver = true;
        client.destroy();
      };
      return { port, end };
    },
  },
  ...["ioredis", "iovalkey"].map((name): Library => ({
    name,
    make({ default: Client }: { default: new (url: string, options: object) => OwnIoredis }, url) {
      const client = new Client(url, {
        enableOfflineQueue: false,
        maxRetriesPerRequest: 0,
        autoResendUnfulfilledCommands: false,
        connectTimeout: CONNECT_MS,
        disconnectTimeout: DISCONNECT_MS,
        retryStrategy: againMs,
      });
      return { port: fromIoredis(client), end: () => client.disconnect() };
    },
  })),
];

/**
 * @throws InvalidOptionError when the URL is none of Redis, or no client library is installed
 */
export function connectTo(url: string, isInstalled: (name: string) => boolean = installed): RedisPort {
  checkUrl(url);
  const library = LIBRARIES.find(({ name }) => isInstalled(name));
  if (library === undefined)
    throw new InvalidOptionError(
      "url",
      "one of the packages redis (5 or 6), ioredis (5 or 6) or iovalkey beside recloser: npm install redis",
      "none of them",
    );
  return new OwnConnection(library, url);
}

class OwnConnection implements RedisPort {
  readonly #library: Library;
  readonly #url: string;
  #made: Promise<Made> | null = null;
  readonly #listeners = new Set<() => void>();
  // Since when the server is asked and says nothing.
  #unheardMs: number | null = null;

  constructor(library: Library, url: string) {
    this.#library = library;
    this.#url = url;
  }

  async run(...command: Parameters<RedisPort["run"]>): Promise<unknown> {
    const nowMs = systemClock.now();
    if (this.#unheardMs !== null && nowMs - this.#unheardMs > SILENT_MS) void this.close();
    this.#unheardMs ??= nowMs;
    const made = this.#open();
    try {
      const answer = await (await made).port.run(...command);
      this.#heard(made);
      return answer;
    } catch (error) {
      if (!StoreError.is(error)) this.#heard(made); // an error of the server's, or of the connection, which begins anew
      throw error;
    }
  }

  #heard(made: Promise<Made>): void {
    if (made === this.#made) this.#unheardMs = null;
  }

  async subscribe(...wish: Parameters<RedisPort["subscribe"]>): Promise<() => void> {
    return (await this.#open()).port.subscribe(...wish);
  }

  onConnected(listener: () => void): () => void {
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** Closes it; the next command opens it anew. */
  async close(): Promise<void> {
    const made = this.#made;
    this.#made = this.#unheardMs = null;
    if (made === null) return;
    try {
      const { port, end } = await made;
      await port.close();
      end();
    } catch {} // what could not be made need not be closed
  }

  #open(): Promise<Made> {
    this.#made ??= import(this.#library.name).then(
      (module: unknown) => {
        const made = this.#library.make(module as never, this.#url);
        made.port.onConnected?.(() => {
          for (const listener of [...this.#listeners]) listener();
        });
        return made;
      },
      (error: unknown) => {
        this.#made = null;
        throw new StoreError(`the package ${this.#library.name} could not be loaded`, { isUnsent: true, cause: error });
      },
    );
    return this.#made;
  }
}

function checkUrl(url: unknown): void {
  const expected = "redis://host:port, rediss://… for TLS";
  if (typeof url !== "string") throw new InvalidOptionError("url", expected, unsaid(url));
  if (/^rediss?:\/\//i.test(url) && URL.canParse(url)) return;
  throw new InvalidOptionError("url", expected, unsaid(url));
}
