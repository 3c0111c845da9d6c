/** Whose breaker one call of an SDK takes. */
import type { Breaker, Recloser } from "../api.ts";
import { InvalidOptionError } from "../errors.ts";
import { type BreakerKey, recordNames } from "../key.ts";

/** What is known of a call before it is made. */
export interface CallFacts {
  /** The provider's name, or the host's for one that is not known. */
  readonly provider: string;
  /** Undefined where the call names none. */
  readonly model: string | undefined;
}

export type CallKey<F extends CallFacts = CallFacts> = string | BreakerKey | ((call: F) => string | BreakerKey);

/** @throws InvalidOptionError for a key that names nothing; a function's are checked call by call */
export function checkedKey<F extends CallFacts>(key: CallKey<F> | undefined): CallKey<F> | undefined {
  if (key !== undefined && typeof key !== "function") recordNames(key);
  return key;
}

/** The breaker of `key`, by default that of the call's provider and model. */
export function breakerOf<F extends CallFacts>(recloser: Recloser, key: CallKey<F> | undefined, facts: F): Breaker {
  if (key !== undefined) return recloser.breaker(typeof key === "function" ? key(facts) : key);
  const { provider, model } = facts;
  try {
    return recloser.breaker(model === undefined ? { provider } : { provider, model });
  } catch (error) {
    // The name of a model comes from whoever asks: one that is no name must not fail the call here.
    if (InvalidOptionError.is(error)) return recloser.breaker({ provider });
    throw error;
  }
}

/** @throws InvalidOptionError for what createRecloser did not make */
export function checkedRecloser(recloser: unknown): Recloser {
  if (typeof (recloser as Partial<Recloser> | null)?.breaker === "function") return recloser as Recloser;
  throw new InvalidOptionError("recloser", "what createRecloser() gives", recloser);
}
