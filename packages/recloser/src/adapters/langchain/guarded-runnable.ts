/** A runnable in which no model is to be seen, guarded as a whole: its calls and its streams. */
import { text } from "../../classify/safe.ts";
import type { CallFacts } from "../call-key.ts";
import { type Asked, executed, type Guard, streamed } from "./guard.ts";
import { withRetryOf } from "./not-retried.ts";
import { familyMethod, type Method, methodOf, viewOf } from "./view.ts";

interface StreamClass {
  fromAsyncGenerator(generator: AsyncIterator<unknown>): unknown;
}

export function guardedRunnable<T extends object>(runnable: T, guard: Guard): T {
  const ask = (options: unknown): Asked => guard.ask(() => factsOf(runnable), null, options);
  const apply = (method: Method, input: unknown, options: unknown, signal: AbortSignal): unknown =>
    Reflect.apply(method, runnable, [input, { ...(options as object), signal }]);
  const invoke = methodOf(runnable, "invoke") as Method;
  const stream = methodOf(runnable, "stream") as Method;
  const transform = methodOf(runnable, "transform");
  const batch = familyMethod(runnable, "batch");
  return viewOf(runnable, (view) => ({
    invoke: async (input: unknown, options: unknown) =>
      executed(ask(options), async (signal) => apply(invoke, input, options, signal)),
    stream: async (input: unknown, options: unknown) =>
      begun(ask(options), (signal) => apply(stream, input, options, signal)),
    transform:
      transform === null
        ? undefined
        : (input: unknown, options: unknown) =>
            streamed(ask(options), (signal) => apply(transform, input, options, signal) as AsyncIterable<unknown>),
    // The one that all runnables inherit invokes for each input; a sequence's own would go past the guard.
    batch: batch === null ? undefined : (...given: readonly unknown[]) => Reflect.apply(batch, view, given),
    withRetry: withRetryOf(view, runnable),
  }));
}

/** A stream as LangChain gives it: when it is there, the first chunk has come. */
async function begun(asked: Asked, open: (signal: AbortSignal) => unknown): Promise<unknown> {
  let kind: Partial<StreamClass> | undefined;
  const reading = streamed(asked, async (signal) => {
    const opened = (await open(signal)) as AsyncIterable<unknown>;
    kind = opened.constructor as unknown as Partial<StreamClass>;
    return opened;
  });
  const first = await reading.next();
  let given = false;
  const next = (): Promise<IteratorResult<unknown>> => {
    if (given) return reading.next();
    given = true;
    return Promise.resolve(first);
  };
  const rest = { next, return: () => reading.return(), [Symbol.asyncIterator]: () => rest };
  return kind?.fromAsyncGenerator?.(rest) ?? rest;
}

function factsOf(runnable: object): CallFacts {
  const name = methodOf(runnable, "getName");
  return { provider: text(name === null ? "" : Reflect.apply(name, runnable, [])) || "langchain", model: undefined };
}
