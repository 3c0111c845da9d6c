/**
 * A connection of our own, for a URL: made by whichever client library is installed, and told to do nothing by itself that
 * the store must decide. Nothing waits in a queue, nothing is sent twice, a connection that has gone silent is given up.
 */
import { InvalidOptionError, StoreError } from "../../errors.ts";
import { fromIoredis, type IoredisLike } from "./ioredis.ts";
import { fromNodeRedis, type NodeRedisLike } from "./node-redis.ts";
import type { RedisPort } from "./port.ts";

const CONNECT_MS = 1_000;
// The store is asked every second or two, so silence of this length is no idleness.
const SILENT_MS = 5_000;
const AGAIN_MOST_MS = 1_000;

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
      const socket = { connectTimeout: CONNECT_MS, socketTimeout: SILENT_MS, reconnectStrategy: againMs };
      const client = createClient({ url, disableOfflineQueue: true, socket });
      const port = fromNodeRedis(client);
      client.connect().catch(() => {}); // told through its `error` event
      return { port, end: () => client.destroy() };
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
        socketTimeout: SILENT_MS,
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

  constructor(library: Library, url: string) {
    this.#library = library;
    this.#url = url;
  }

  async run(...command: Parameters<RedisPort["run"]>): Promise<unknown> {
    return (await this.#open()).port.run(...command);
  }

  async subscribe(...wish: Parameters<RedisPort["subscribe"]>): Promise<() => void> {
    return (await this.#open()).port.subscribe(...wish);
  }

  /** Closes it; the next command opens it anew. */
  async close(): Promise<void> {
    const made = this.#made;
    this.#made = null;
    if (made === null) return;
    try {
      const { port, end } = await made;
      await port.close();
      end();
    } catch {} // what could not be made need not be closed
  }

  #open(): Promise<Made> {
    this.#made ??= import(this.#library.name).then(
      (module: unknown) => this.#library.make(module as never, this.#url),
      (error: unknown) => {
        this.#made = null;
        throw new StoreError(`the package ${this.#library.name} could not be loaded`, { cause: error });
      },
    );
    return this.#made;
  }
}

function installed(name: string): boolean {
  try {
    import.meta.resolve(name);
    return true;
  } catch {
    return false;
  }
}

function checkUrl(url: unknown): void {
  const expected = "redis://host:port, rediss://… for TLS";
  if (typeof url !== "string") throw new InvalidOptionError("url", expected, url);
  try {
    if (["redis:", "rediss:"].includes(new URL(url).protocol)) return;
  } catch {}
  throw new InvalidOptionError("url", expected, withoutPassword(url));
}

// A password must not end up in a log by way of an error.
function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, "//…@");
}
