/**
 * The last good answer instead of an error. The rules are those of RFC 5861 for HTTP caches, moved from responses to
 * calls: `stale-if-error` (§4) and `stale-while-revalidate` (§3).
 */
import type { Breaker, ExecuteOptions } from "../api.ts";
import type { CallContext } from "../call.ts";
import type { Run } from "../execute.ts";
import type { Fallback } from "../fallback.ts";
import { checkedBreaker, countedAsSuccess } from "../insides.ts";
import { fn } from "../validate.ts";
import { describe, warnOnce } from "../warn.ts";
import { type CacheFault, type KeptAnswer, KeptAnswers } from "./answer-store.ts";
import { FailedCall } from "./failed-call.ts";
import { Flights } from "./flights.ts";
import { lostInJson, stableJson } from "./json.ts";
import { sha256 } from "./sha256.ts";
import { readStaleIfError, type StaleIfErrorOptions, type StalePolicy } from "./stale-options.ts";
import { isWorthKeeping } from "./worth-keeping.ts";

/** An answer, and whether it is the provider's present one. */
export type Answer<T> = FreshAnswer<T> | StaleAnswer<T>;

export interface FreshAnswer<T> {
  readonly value: T;
  readonly stale: false;
  /** `call`: just given by the provider; `store`: kept, and not older than `freshFor`. */
  readonly from: "call" | "store";
  /** Milliseconds since the provider gave it; 0 from a call. */
  readonly ageMs: number;
  readonly error: null;
}

export interface StaleAnswer<T> {
  readonly value: T;
  readonly stale: true;
  readonly from: "store";
  readonly ageMs: number;
  /** Why it is an old one: what the call was rejected with or failed with; null while it is being refreshed. */
  readonly error: unknown;
}

export interface StaleIfError<R, T> {
  /**
   * Makes the call under the breaker, and keeps its answer; or, where the call was rejected or shed, timed out or failed in
   * a way that speaks of the provider, gives the kept one. What deserves no fallback (a caller's mistake, filtered content, a
   * cancellation) rejects as it came, and so does a failure without a kept answer, unless there is a `fallback`.
   *
   * Callers of one key that come while its call is under way share it: its options are the first one's, the `signal` and
   * the `fallback` are each caller's own.
   */
  execute<F>(
    breaker: Breaker,
    request: R,
    call: (context: CallContext) => T | PromiseLike<T>,
    options: ExecuteOptions & { readonly fallback: Fallback<F> },
  ): Promise<Answer<T> | F>;
  execute(
    breaker: Breaker,
    request: R,
    call: (context: CallContext) => T | PromiseLike<T>,
    options?: ExecuteOptions,
  ): Promise<Answer<T>>;
}

/**
 * Keeps good answers, and gives them when the provider does not.
 *
 * A store that is broken, slow or hung fails no call, and delays one by `storeTimeout` at most. Errors and filtered
 * content are never kept. Keys are hashed (SHA-256), so nothing of a request is in the store but what its answer repeats.
 *
 * @throws InvalidOptionError for a bad option, naming it
 * @example
 * const answers = staleIfError<string, Hits>({ store: new Keyv(), ttl: "1h", namespace: "search" });
 * const { value, stale, ageMs } = await answers.execute(breaker, query, ({ signal }) => search(query, signal));
 */
export function staleIfError<R, T>(options: StaleIfErrorOptions<R, T>): StaleIfError<R, T> {
  return new StaleAnswers(options.store, readStaleIfError(options));
}

class StaleAnswers<R, T> implements StaleIfError<R, T> {
  readonly #policy: StalePolicy<R, T>;
  readonly #kept: KeptAnswers;
  readonly #reads: Flights<KeptAnswer | null> = new Flights();
  readonly #calls: Flights<Answer<T> | FailedCall> = new Flights();

  constructor(store: StaleIfErrorOptions<R, T>["store"], policy: StalePolicy<R, T>) {
    this.#policy = policy;
    this.#kept = new KeptAnswers(store, policy, policy.clock, (fault) => this.#tell(fault));
  }

  async execute<F>(
    breaker: Breaker,
    request: R,
    call: Run<T>,
    options: ExecuteOptions & { readonly fallback?: Fallback<F> } = {},
  ): Promise<Answer<T> | F> {
    checkedBreaker(breaker);
    fn("call", call);
    const { signal, fallback, ...asked } = options;
    const key = this.#keyOf(request);
    const ask = (given: AbortSignal): Promise<Answer<T> | FailedCall> => this.#ask(breaker, key, call, asked, given);
    const known = await this.#unasked(key, signal);
    if (known !== null) {
      if (known.stale) this.#calls.join(key, undefined, ask).catch(() => {}); // nobody waits for it: the breaker counts it
      return known;
    }
    const end = await this.#calls.join(key, signal, ask);
    return end instanceof FailedCall ? end.orElse<F>(fallback) : end;
  }

  #keyOf(request: R): string {
    const { namespace, key } = this.#policy;
    const named: unknown = key === null ? request : key(request);
    return `${namespace}:${sha256(typeof named === "string" ? `"${named}` : stableJson(named))}`;
  }

  // What may be given without asking the provider: a fresh answer, or one that is refreshed meanwhile.
  async #unasked(key: string, signal: AbortSignal | undefined): Promise<Answer<T> | null> {
    const { freshMs, revalidateMs } = this.#policy;
    if (freshMs + revalidateMs === 0) return null;
    const kept = await this.#reads.join(key, signal, () => this.#kept.read(key));
    if (kept === null || this.#kept.ageMs(kept) > freshMs + revalidateMs) return null;
    return this.#answerFrom(kept, null);
  }

  async #ask(
    breaker: Breaker,
    key: string,
    call: Run<T>,
    options: ExecuteOptions,
    signal: AbortSignal,
  ): Promise<Answer<T> | FailedCall> {
    const value = await breaker.execute(call, { ...options, signal, fallback: FailedCall.kept });
    if (!(value instanceof FailedCall)) {
      if (countedAsSuccess(breaker, value, options.classify)) this.#keep(key, value);
      return { value, stale: false, from: "call", ageMs: 0, error: null };
    }
    const kept = await this.#kept.read(key);
    return (kept === null ? null : this.#answerFrom(kept, value)) ?? value;
  }

  /** @param failed what it stands for; null: the provider was not asked */
  #answerFrom(kept: KeptAnswer, failed: FailedCall | null): Answer<T> | null {
    const { freshMs, parse } = this.#policy;
    const ageMs = Math.floor(this.#kept.ageMs(kept));
    let value: T;
    try {
      value = parse === null ? (kept.value as T) : parse(kept.value);
    } catch (fault) {
      this.#tell({ kind: "threw", error: fault });
      return null;
    }
    if (failed !== null) return { value, stale: true, from: "store", ageMs, error: failed.error };
    if (ageMs > freshMs) return { value, stale: true, from: "store", ageMs, error: null };
    return { value, stale: false, from: "store", ageMs, error: null };
  }

  // Whatever goes wrong here, the caller has its answer.
  #keep(key: string, value: T): void {
    try {
      if (!isWorthKeeping(value) || this.#policy.keep?.(value) === false) return;
      const lost = lostInJson(value);
      if (lost === null) this.#kept.write(key, JSON.stringify(value));
      else this.#tell({ kind: "not-json", error: new TypeError(lost) });
    } catch (error) {
      this.#tell({ kind: "threw", error });
    }
  }

  #tell(fault: CacheFault): void {
    const { namespace, onFault } = this.#policy;
    const { kind, error } = fault;
    // What your own functions throw may quote the answer, and that belongs in no log.
    const said = kind === "threw" ? "keep or parse threw" : describe(error);
    if (kind === "read" || kind === "write")
      warnOnce(
        "RECLOSER_STALE_STORE",
        namespace,
        `the store of "${namespace}" failed (${said}); calls go on without it`,
      );
    else
      warnOnce(
        "RECLOSER_STALE_ANSWER",
        `${namespace} ${kind}`,
        `an answer of "${namespace}" is not kept or not used (${said}); its call is unaffected`,
      );
    try {
      onFault?.(fault);
    } catch {} // told of a fault, it may not make another
  }
}
