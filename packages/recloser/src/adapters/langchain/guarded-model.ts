/**
 * A model, guarded where it asks its provider: `_generate`, `_streamResponseChunks` and `_streamChatModelEvents`. Everything
 * LangChain has above them (invoke, stream, batch, streamEvents, tracing, its cache, agents) comes down to these three, so
 * an answer from the cache needs no provider, and each request is one call.
 */
import { get } from "../../classify/safe.ts";
import { ChunkInspector, EventInspector } from "./chunk-inspector.ts";
import { alwaysSaysWhy } from "./finish.ts";
import { type Asked, executed, type Guard, streamed } from "./guard.ts";
import { leavable } from "./leavable.ts";
import { factsOf, familyOf } from "./model-facts.ts";
import { withRetryOf } from "./not-retried.ts";
import { quiet } from "./quiet.ts";
import { type Members, type Method, methodOf, ownMethod, viewOf } from "./view.ts";
import { answerOf, assertWhole } from "./whole-answer.ts";

/** @param again guards what the model makes of itself (`bindTools`, `withConfig`, `withStructuredOutput`) */
export function guardedModel<T extends object>(model: T, guard: Guard, again: (made: unknown) => unknown): T {
  const family = familyOf(model);
  const ask = (options: unknown): Asked => guard.ask(() => factsOf(model, family), model, options);
  const generate = methodOf(model, "_generate") as Method;
  const chunks = ownMethod(model, "_streamResponseChunks");
  const events = ownMethod(model, "_streamChatModelEvents");
  const endsAlways = alwaysSaysWhy(family);
  return viewOf(model, (view) => ({
    _generate: generating(model, generate, ask, endsAlways),
    // Where the class has none, LangChain must see that: it compares them with its own.
    _streamResponseChunks:
      chunks === null ? undefined : streaming(model, chunks, ask, () => new ChunkInspector(endsAlways)),
    _streamChatModelEvents:
      events === null ? undefined : streaming(model, events, ask, () => new EventInspector(endsAlways)),
    _streamIterator: leavable(methodOf(model, "_streamIterator"), view),
    ...remade(model, view, again),
    withRetry: withRetryOf(view, model),
  }));
}

function generating(model: object, generate: Method, ask: Ask, endsAlways: boolean): Method {
  return async (input, options, ...rest) => {
    const asked = ask(options);
    return executed(asked, async (signal) => {
      const given = [input, { ...(options as object), signal }, ...rest];
      const answer = await answerOf(Reflect.apply(generate, quiet(model), given), options);
      if (endsAlways) assertWhole(answer, get(model, "streaming") === true, asked.breaker.name);
      return answer;
    });
  };
}

function streaming(model: object, method: Method, ask: Ask, inspect: () => ChunkInspector | EventInspector): Method {
  return (input, options, ...rest) => {
    const call = (signal: AbortSignal): AsyncIterable<unknown> =>
      Reflect.apply(method, quiet(model), [
        input,
        { ...(options as object), signal },
        ...rest,
      ]) as AsyncIterable<unknown>;
    return streamed(ask(options), call, inspect);
  };
}

type Ask = (options: unknown) => Asked;

const MAKES = ["bindTools", "withConfig", "withStructuredOutput", "bind"];

/** ChatOpenAI makes a new model of itself for other options, which would be unguarded. */
export function remade(model: object, view: object, again: (made: unknown) => unknown): Members {
  return Object.fromEntries(
    MAKES.map((name) => {
      const make = methodOf(model, name);
      if (make === null) return [name, undefined];
      return [name, (...given: readonly unknown[]) => again(Reflect.apply(make, view, given))];
    }),
  );
}
