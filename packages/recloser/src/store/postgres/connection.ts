/** Connections to PostgreSQL: two for questions and one that listens, of our own or of a pool that was brought. */
import { InvalidOptionError, StoreError } from "../../errors.ts";
import { bareError } from "../bare-error.ts";
import { installed } from "../installed.ts";
import { Listener } from "./listener.ts";
import type { OwnPool, PoolClientLike, PoolLike, PostgresPort } from "./port.ts";
import { Turns } from "./turns.ts";
import { GIVE_UP_MS, within } from "./within.ts";

const QUESTIONS_AT_ONCE = 2;
// One more listens.
const CONNECTIONS = QUESTIONS_AT_ONCE + 1;

/** @param pool made at the first question, so that constructing a store neither connects nor loads a package */
export class PoolPort implements PostgresPort {
  readonly #pool: () => Promise<PoolLike>;
  readonly #end: () => Promise<void>;
  readonly #turns = new Turns(QUESTIONS_AT_ONCE);
  readonly #turnsAside = new Turns(1);
  readonly #listener: Listener;

  constructor(pool: () => Promise<PoolLike>, end: () => Promise<void>) {
    this.#pool = pool;
    this.#end = end;
    this.#listener = new Listener(() => this.#take());
  }

  ask(text: string, values: unknown[]): Promise<unknown> {
    return this.#inTurn(this.#turns, async () => this.#asked(await this.#take(), text, values));
  }

  askAside(text: string, values: unknown[]): Promise<unknown> {
    return this.#inTurn(this.#turnsAside, async () => {
      const endTurn = await this.#turns.take();
      try {
        return await this.#asked(await this.#take(), text, values);
      } finally {
        endTurn();
      }
    });
  }

  async #inTurn(turns: Turns, question: () => Promise<unknown>): Promise<unknown> {
    const endTurn = await turns.take();
    try {
      return await question();
    } catch (error) {
      const told = storeErrorOf(error);
      // What waits behind a server that does not answer would be asked when nobody waits for it any more.
      if (!isRefused(error)) turns.failAll(new StoreError(told.message, { isUnsent: true, cause: told.cause }));
      throw told;
    } finally {
      endTurn();
    }
  }

  async #asked(client: PoolClientLike, text: string, values: unknown[]): Promise<unknown> {
    let failure: Error | undefined;
    const onError = (error: Error): void => void (failure = error);
    client.on("error", onError);
    try {
      const { rows } = await within(client.query({ text, values, rowMode: "array" }), "PostgreSQL does not answer");
      return rows[0]?.[0];
    } catch (error) {
      // What the server has refused leaves a connection that is as good as before.
      if (!isRefused(error)) failure ??= error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      // What it has to say while it is being ended is of no interest, and must not be an uncaught error either.
      if (failure === undefined) client.removeListener("error", onError);
      client.release(failure);
    }
  }

  async listen(
    channel: string,
    onMessage: (message: string) => void,
    signal: AbortSignal | undefined,
  ): Promise<() => void> {
    const end = await this.#listener.listen(channel, onMessage, signal);
    const proof = this.#listener.proof(channel);
    try {
      // By another connection: a pooler between here and the server may give the listening one's answers to others.
      await this.ask("select pg_notify($1, $2)", [channel, proof.message]);
      await within(proof.heard, UNHEARD);
      return end;
    } catch (error) {
      end();
      throw error;
    } finally {
      proof.end();
    }
  }

  async close(): Promise<void> {
    this.#listener.close();
    await this.#end();
  }

  async #take(): Promise<PoolClientLike> {
    try {
      const taken = (await this.#pool()).connect();
      return await within(taken, "no connection could be had", (late) => late.release());
    } catch (error) {
      const cause = bareError(error);
      throw new StoreError(`PostgreSQL cannot be reached: ${cause.message}`, { isUnsent: true, cause });
    }
  }
}

const UNHEARD =
  "PostgreSQL tells this connection nothing: behind a pooler that shares connections between transactions none can listen";

/**
 * For a connection string: a pool of its own.
 *
 * @throws InvalidOptionError when the package pg is not installed
 */
export function ownPool(connectionString: string, isInstalled: (name: string) => boolean = installed): PostgresPort {
  if (!isInstalled("pg"))
    throw new InvalidOptionError(
      "connectionString",
      "the package pg (8) beside recloser: npm install pg",
      "none of it",
    );
  let made: Promise<OwnPool> | null = null;
  const open = (): Promise<OwnPool> => (made ??= makePool(connectionString));
  const end = async (): Promise<void> => {
    const pool = made;
    made = null;
    if (pool !== null) await within((await pool).end(), "PostgreSQL lets no connection go");
  };
  return new PoolPort(open, end);
}

/** For a pool that was brought: it stays open. */
export function broughtPool(pool: PoolLike): PostgresPort {
  return new PoolPort(
    () => Promise.resolve(pool),
    () => Promise.resolve(),
  );
}

async function makePool(connectionString: string): Promise<OwnPool> {
  const name = "pg"; // one that need not be there, so nothing may look for it before it is wanted
  const module = (await import(name)) as PgModule & { readonly default?: PgModule };
  const { Pool } = module.default ?? module;
  const pool = new Pool({
    connectionString,
    max: CONNECTIONS,
    connectionTimeoutMillis: GIVE_UP_MS,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: "recloser",
  });
  pool.on("error", () => {}); // of a connection that nobody uses: the next question gets another
  return pool;
}

interface PgModule {
  readonly Pool: new (options: object) => OwnPool;
}

/** Whether the server itself has said no: then what was asked was taken back. Not so when it ends a connection (57P, 08). */
function isRefused(error: unknown): boolean {
  const code = codeOf(error);
  return code !== null && !code.startsWith("57P") && !code.startsWith("08") && !code.startsWith("XX");
}

function codeOf(error: unknown): string | null {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

function storeErrorOf(error: unknown): StoreError {
  if (StoreError.is(error)) return error;
  const cause = bareError(error);
  return new StoreError(`PostgreSQL: ${cause.message}`, { isUnsent: isRefused(error), cause });
}
