/** Whose breaker a call takes: as the user says, or by provider and model. */
import type { Breaker, Recloser } from "../api.ts";
import { InvalidOptionError } from "../errors.ts";
import { type BreakerKey, recordNames } from "../key.ts";

/** What a key is made of. */
interface Named {
  readonly provider: string;
  readonly model: string | undefined;
}

export type KeyOption<F extends Named> = string | BreakerKey | ((facts: F) => string | BreakerKey) | undefined;

/** @throws InvalidOptionError */
export function checkedRecloser(recloser: Recloser): void {
  if (typeof (recloser as Partial<Recloser> | null)?.breaker !== "function")
    throw new InvalidOptionError("recloser", "what createRecloser() gives", recloser);
}

/** @throws InvalidOptionError for a key that names no record; what a function gives is checked at each call */
export function checkedKey(key: KeyOption<never>): void {
  if (key !== undefined && typeof key !== "function") recordNames(key);
}

/** @throws InvalidOptionError for a bad key of the user's */
export function breakerFor<F extends Named>(recloser: Recloser, key: KeyOption<F>, facts: F): Breaker {
  if (key !== undefined) return recloser.breaker(typeof key === "function" ? key(facts) : key);
  const { provider, model } = facts;
  try {
    return recloser.breaker(model === undefined ? { provider } : { provider, model });
  } catch (error) {
    // A model's name comes from the call: one that is no name must not fail the call here.
    if (InvalidOptionError.is(error)) return recloser.breaker({ provider });
    throw error;
  }
}
