/** What is what among LangChain's runnables, told by its members: two copies of a package have two classes. */
import { get } from "../../classify/safe.ts";
import { methodOf } from "./view.ts";

function isRunnable(value: unknown): value is object {
  return typeof value === "object" && value !== null && methodOf(value, "invoke") !== null;
}

/** A chat model, or a model of the older kind that completes texts: `_generate` is where it asks its provider. */
export function isModel(value: unknown): value is object {
  return isRunnable(value) && methodOf(value, "_generate") !== null;
}

/** What `initChatModel` gives: it makes its model call by call. */
export function isConfigurable(value: unknown): value is object {
  return isRunnable(value) && methodOf(value, "_getModelInstance") !== null;
}

/** A runnable with options bound to it (`bindTools`, `withConfig`, `withRetry`). */
export function isBinding(value: unknown): value is object {
  return isRunnable(value) && isRunnable(get(value, "bound"));
}

/** What `pipe` and `withStructuredOutput` give. */
export function isSequence(value: unknown): value is object {
  return isRunnable(value) && Array.isArray(get(value, "middle")) && isRunnable(get(value, "first"));
}

/** Whether there is a model in it that can be guarded in its place. */
export function hasModel(value: unknown): boolean {
  if (isModel(value)) return true;
  if (isBinding(value)) return hasModel(get(value, "bound"));
  return isSequence(value) && stepsOf(value).some(hasModel);
}

export function stepsOf(sequence: object): readonly unknown[] {
  return [get(sequence, "first"), ...(get(sequence, "middle") as unknown[]), get(sequence, "last")];
}
