/**
 * LangChain.js, guarded: a model (or any runnable), or the models of an agent.
 *
 * @example
 * import { ChatOpenAI } from "@langchain/openai";
 * import { createRecloser } from "recloser";
 * import { guardRunnable } from "recloser/langchain";
 *
 * const recloser = createRecloser({ defaults: { timeouts: { firstToken: "20s", idle: "15s" } } });
 * const model = guardRunnable(new ChatOpenAI({ model: "gpt-5", apiKey: "any" }), recloser);
 * const withTools = model.bindTools([]); // guarded, like all that is made of it
 */
import type { Breaker, Recloser } from "../../api.ts";
import { InvalidOptionError } from "../../errors.ts";
import { Guard, type GuardRunnableOptions } from "./guard.ts";
import { guarded } from "./guarded.ts";

export type { GuardRunnableOptions } from "./guard.ts";
export type { CallFacts, CallKey } from "../call-key.ts";

/** What LangChain calls a runnable, as far as it is needed here. */
export interface RunnableLike {
  invoke(input: never, options?: never): Promise<unknown>;
  stream(input: never, options?: never): Promise<unknown>;
}

/**
 * The runnable, guarded; yours stays as it is. A model, one with tools or options bound to it, and the models in a sequence
 * are guarded where they ask their provider; any other runnable as a whole. What is made of it (`bindTools`,
 * `withStructuredOutput`, `pipe`, `withConfig`, `withFallbacks`) is guarded too.
 *
 * Rejects with `CircuitOpenError` or `ShedError` without a request; all else is thrown as LangChain threw it. LangChain's own
 * retries are off below. A stream that ends without a reason for its end, where the provider always gives one, rejects
 * with `StreamTruncatedError`.
 *
 * @param guard one breaker for all, or a recloser: then each call takes the breaker of its provider and model
 * @throws InvalidOptionError for a bad option, and where neither `guard` nor `key` nor the runnable says whose breaker to take
 */
export function guardRunnable<R extends RunnableLike>(
  runnable: R,
  guard: Breaker | Recloser,
  options?: GuardRunnableOptions,
): R {
  if (typeof (runnable as Partial<RunnableLike> | null)?.invoke !== "function")
    throw new InvalidOptionError("runnable", "a runnable of LangChain's, with invoke()", runnable);
  return guarded(runnable, new Guard(guard, options));
}

/** What `createAgent({ middleware })` takes. */
export interface BreakerMiddleware {
  readonly name: string;
  wrapModelCall<Q extends { readonly model: unknown }, A>(request: Q, handler: (request: Q) => A): A;
}

/**
 * A middleware that guards whichever model an agent asks, as {@link guardRunnable} does. Put it first, so that what other
 * middleware makes of the request is inside.
 *
 * What the agent throws is LangChain's `MiddlewareError` around ours: `CircuitOpenError.from(error)` finds it.
 *
 * @throws InvalidOptionError for a bad option
 * @example
 * const agent = createAgent({ model: "openai:gpt-5", tools: [], middleware: [breakerMiddleware(recloser)] });
 */
export function breakerMiddleware(guard: Breaker | Recloser, options?: GuardRunnableOptions): BreakerMiddleware {
  const checked = new Guard(guard, options);
  const known = new WeakMap<object, object>();
  const guardedOnce = (model: object): object => {
    const made = known.get(model) ?? guarded(model, checked);
    known.set(model, made);
    return made;
  };
  return {
    name: "recloser",
    wrapModelCall: (request, handler) => handler({ ...request, model: guardedOnce(request.model as object) }),
  };
}
