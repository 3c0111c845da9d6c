/** A store in Redis or Valkey as a source, on a connection of the command's own. */
import { readFile } from "node:fs/promises";
import { Redis } from "ioredis";
import { InvalidOptionError } from "recloser";
import { type Inspection, type Operated, operate, type OperatorCommand, readRecords } from "recloser/inspect";
import { fromIoredis, redisStore, type RedisStore } from "recloser/redis";
import { CommandFailure } from "../../command-failure.ts";
import { EXIT } from "../../exit-code.ts";
import { within } from "../within.ts";
import { storeFailure, storeTimedOut } from "./failures.ts";
import type { StoreSettings } from "./options.ts";
import type { BreakerSource } from "./source.ts";

const AGAIN_MOST_MS = 1_000;

export class StoreSource implements BreakerSource {
  readonly label: string;
  readonly #client: Redis;
  readonly #store: RedisStore;
  readonly #namespace: string;
  readonly #where: string;
  readonly #limitMs: number;
  readonly #stop: (() => void)[] = [];

  /** @param goesOn whether it connects anew when the connection breaks, for a command that lasts */
  static async open(settings: StoreSettings, goesOn: boolean): Promise<StoreSource> {
    leaveOutWarnings();
    return new StoreSource(settings, await passwordOf(settings), goesOn);
  }

  private constructor({ url, namespace, username, limitMs }: StoreSettings, password: string | null, goesOn: boolean) {
    this.#where = `${url.protocol}//${url.host}`;
    this.label = `${this.#where}, namespace ${JSON.stringify(namespace)}`;
    this.#namespace = namespace;
    this.#limitMs = limitMs;
    this.#client = new Redis({
      ...addressOf(url),
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
    this.#store = redisStore({ client: fromIoredis(this.#client) });
  }

  read(names?: readonly string[]): Promise<Inspection> {
    return this.#ask(() => readRecords(this.#store, this.#namespace, names));
  }

  operate(name: string, command: OperatorCommand): Promise<Operated> {
    return this.#ask(() => operate(this.#store, { namespace: this.#namespace, name }, command));
  }

  async onChange(listener: () => void): Promise<void> {
    try {
      this.#stop.push(await this.#ask(() => this.#store.subscribe(this.#namespace, listener)));
    } catch {} // the looks that come by themselves find it out, a little later
  }

  async close(): Promise<void> {
    for (const stop of this.#stop) stop();
    await this.#store.close();
    this.#client.disconnect();
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await within(this.#limitMs, question(), () => storeTimedOut(this.#limitMs, this.#where));
    } catch (error) {
      if (InvalidOptionError.is(error)) throw error; // of the command's, not of the store's
      throw storeFailure(error, this.#where);
    }
  }
}

let areLeftOut = false;

// What the library would warn a process of, the command says itself.
function leaveOutWarnings(): void {
  if (areLeftOut) return;
  areLeftOut = true;
  const others = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name !== "RecloserWarning") for (const tell of others) tell(warning);
  });
}

interface Address {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly tls?: object;
}

function addressOf(url: URL): Address {
  const db = Number(url.pathname.slice(1) || "0");
  const address = { host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port || "6379"), db };
  return url.protocol === "rediss:" ? { ...address, tls: {} } : address;
}

async function passwordOf({ password, passwordFile }: StoreSettings): Promise<string | null> {
  if (passwordFile === null) return password;
  try {
    return (await readFile(passwordFile, "utf8")).replace(/\r?\n$/, "");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandFailure(
      EXIT.usage,
      `--password-file: ${JSON.stringify(passwordFile)} cannot be read (${code ?? "unknown"})`,
    );
  }
}
