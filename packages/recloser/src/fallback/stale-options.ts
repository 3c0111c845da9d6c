/** What `staleIfError` is asked for, checked. */
import { type Clock, systemClock } from "../clock.ts";
import { type Duration, durationMs } from "../duration.ts";
import { InvalidOptionError } from "../errors.ts";
import { count, exact, fields, fn, text } from "../validate.ts";
import type { AnswerStore, AnswerStoreLimits, CacheFault } from "./answer-store.ts";

export interface StaleIfErrorOptions<R, T> {
  /** Where answers are kept: a `Keyv` over Redis, PostgreSQL, a file …, or a `Map` for this process. */
  readonly store: AnswerStore;
  /**
   * What of a request makes the answer: a text, or what JSON can hold. Leave out what does not change the answer (an id of
   * the request), and put in all that does (a user's id, where the answer is that user's). Default: the request itself.
   */
  readonly key?: ((request: R) => unknown) | undefined;
  /** How old an answer may be when it is given, whatever happens. */
  readonly ttl: Duration;
  /** Until this age an answer is given without a call. Default: none; each call is made. */
  readonly freshFor?: Duration | undefined;
  /**
   * For this long beyond `freshFor` a kept answer is given at once, and refreshed behind its caller's back (RFC 5861 §3).
   * Default: not at all.
   */
  readonly staleWhileRevalidate?: Duration | undefined;
  /** Whether an answer is good enough to be given again; asked after the built-in rules, which know errors and filtered content. */
  readonly keep?: ((answer: T) => boolean) | undefined;
  /** Makes an answer of what was kept. Throws for what is none, such as that of an older version of yours: then there is none. */
  readonly parse?: ((kept: unknown) => T) | undefined;
  /** Keeps the answers of two caches on one store apart, in front of each key. Default `"recloser:stale"`. */
  readonly namespace?: string | undefined;
  /** How many answers this process keeps in the store; the oldest go. Default 1 000. */
  readonly maxEntries?: number | undefined;
  /** How long an answer may be, in bytes of JSON; a longer one is not kept. Default 262 144. */
  readonly maxBytes?: number | undefined;
  /** How long a call may wait for the store. Default `"50ms"`. */
  readonly storeTimeout?: Duration | undefined;
  /** Told of what went wrong with the store or an answer; the call it happened to is unaffected. */
  readonly onFault?: ((fault: CacheFault) => void) | undefined;
  /** For tests. */
  readonly clock?: Clock | undefined;
}

export interface StalePolicy<R, T> extends AnswerStoreLimits {
  readonly key: ((request: R) => unknown) | null;
  readonly keep: ((answer: T) => boolean) | null;
  readonly parse: ((kept: unknown) => T) | null;
  readonly namespace: string;
  readonly freshMs: number;
  readonly revalidateMs: number;
  readonly onFault: ((fault: CacheFault) => void) | null;
  readonly clock: Clock;
}

const FIELDS = [
  "store",
  "key",
  "ttl",
  "freshFor",
  "staleWhileRevalidate",
  "keep",
  "parse",
  "namespace",
  "maxEntries",
  "maxBytes",
  "storeTimeout",
  "onFault",
  "clock",
] as const;

/** @throws InvalidOptionError naming the field */
export function readStaleIfError<R, T>(options: StaleIfErrorOptions<R, T>): StalePolicy<R, T> {
  fields("options", options, FIELDS);
  const { store, key, keep, parse, onFault } = options;
  if (typeof store?.get !== "function" || typeof store.set !== "function")
    throw new InvalidOptionError("store", "a store with get(key) and set(key, value, ttlMs), such as a Keyv", store);
  const ttlMs = durationMs("ttl", options.ttl);
  const freshMs = exact(options.freshFor, 0, (value) => durationMs("freshFor", value, 0));
  const revalidateMs = exact(options.staleWhileRevalidate, 0, (value) => durationMs("staleWhileRevalidate", value, 0));
  if (freshMs + revalidateMs > ttlMs)
    throw new InvalidOptionError("ttl", "at least freshFor and staleWhileRevalidate together", options.ttl);
  return {
    ttlMs,
    freshMs,
    revalidateMs,
    key: optional("key", key),
    keep: optional("keep", keep),
    parse: optional("parse", parse),
    onFault: optional("onFault", onFault),
    namespace: exact(options.namespace, "recloser:stale", (value) => text("namespace", value)),
    maxEntries: exact(options.maxEntries, 1_000, (value) => count("maxEntries", value)),
    maxBytes: exact(options.maxBytes, 262_144, (value) => count("maxBytes", value)),
    withinMs: exact(options.storeTimeout, 50, (value) => durationMs("storeTimeout", value)),
    clock: options.clock ?? systemClock,
  };
}

function optional<F>(option: string, value: F | undefined): F | null {
  if (value === undefined) return null;
  fn(option, value);
  return value;
}
