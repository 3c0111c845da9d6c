/**
 * A model that asks its provider once: LangChain's own retries (`AsyncCaller`, six by default) are off, below ours. For a view
 * only; the user's model keeps its own. Whatever limits its concurrency stays shared with it.
 */
import { isModel } from "./kinds.ts";
import { type Method, methodOf } from "./view.ts";

const views = new WeakMap<object, object>();

export function quiet<T extends object>(model: T): T {
  const known = views.get(model);
  if (known !== undefined) return known as T;
  const caller = new WeakMap<object, object>();
  const view: T = new Proxy(model, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      // ChatMistralAI makes a caller for each call, with as many retries as this says.
      if (name === "maxRetries") return 0;
      if (typeof value !== "object" || value === null) return value;
      if (name === "caller") return remembered(caller, value, once);
      // ChatOpenAI leaves its calls to a model of each of OpenAI's two APIs.
      return isModel(value) ? quiet(value) : value;
    },
  });
  views.set(model, view);
  return view;
}

/** The same caller, with the same queue, which tries once, whatever a call's options ask for. */
function once(caller: object): object {
  const callWithOptions = methodOf(caller, "callWithOptions");
  const members: Record<string, { value: unknown }> = { maxRetries: { value: 0 } };
  if (callWithOptions !== null) {
    const tryOnce: Method = function (this: unknown, options, ...rest) {
      return Reflect.apply(callWithOptions, this, [{ ...(options as object), maxRetries: 0 }, ...rest]);
    };
    members["callWithOptions"] = { value: tryOnce };
  }
  return Object.create(caller, members) as object;
}

function remembered(known: WeakMap<object, object>, value: object, make: (value: object) => object): object {
  const made = known.get(value) ?? make(value);
  known.set(value, made);
  return made;
}
