/** Finds in a runnable what asks a provider, and guards that. */
import { get } from "../../classify/safe.ts";
import { InvalidOptionError } from "../../errors.ts";
import type { Guard } from "./guard.ts";
import { guardedModel, remade } from "./guarded-model.ts";
import { guardedRunnable } from "./guarded-runnable.ts";
import { hasModel, isBinding, isConfigurable, isModel, isSequence } from "./kinds.ts";
import { onFailedAttemptOf, withRetryOf } from "./not-retried.ts";
import { type Method, methodOf, viewOf } from "./view.ts";

const guardedAlready = new WeakSet<object>();

/**
 * The runnable with its models guarded, or guarded as a whole where it has none. One that is guarded stays as it is.
 *
 * @throws InvalidOptionError where nothing says whose breaker to take
 */
export function guarded<T extends object>(runnable: T, guard: Guard): T {
  if (guardedAlready.has(runnable)) return runnable;
  const view = guardedKind(runnable, guard);
  guardedAlready.add(view);
  return view;
}

function guardedKind<T extends object>(runnable: T, guard: Guard): T {
  const again = (made: unknown): unknown => (hasModel(made) ? guarded(made as object, guard) : made);
  if (isConfigurable(runnable)) return guardedConfigurable(runnable, again);
  if (isModel(runnable)) return guardedModel(runnable, guard, again);
  if (isBinding(runnable) && hasModel(runnable)) return guardedParts(runnable, ["bound"], again);
  if (isSequence(runnable) && hasModel(runnable)) return guardedParts(runnable, ["first", "middle", "last"], again);
  if (!guard.isNamed)
    throw new InvalidOptionError(
      "key",
      "whose breaker to take: this runnable is no model, and tells nothing",
      undefined,
    );
  return guardedRunnable(runnable, guard);
}

/** It makes its model at each call, and that is guarded; so is each model it makes of itself. */
function guardedConfigurable<T extends object>(model: T, again: (made: unknown) => unknown): T {
  const make = methodOf(model, "_getModelInstance") as Method;
  return viewOf(model, (view) => ({
    _getModelInstance: async (...given: readonly unknown[]) => again(await Reflect.apply(make, view, given)),
    ...remade(model, view, again),
    withRetry: withRetryOf(view, model),
  }));
}

function guardedParts<T extends object>(runnable: T, names: readonly string[], again: (made: unknown) => unknown): T {
  const parts = names.map((name) => {
    const part = get(runnable, name);
    return [name, Array.isArray(part) ? part.map(again) : again(part)] as const;
  });
  return viewOf(runnable, (view) => ({
    ...Object.fromEntries(parts),
    withRetry: withRetryOf(view, runnable),
    onFailedAttempt: onFailedAttemptOf(runnable),
  }));
}
