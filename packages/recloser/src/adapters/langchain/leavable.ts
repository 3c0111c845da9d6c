import { offAbort, onAbort } from "../../abort-listeners.ts";
import { Reading } from "./reading.ts";
import type { Method } from "./view.ts";

/**
 * What `stream()` reads. Behind it are generators, in which a reader that leaves would wait for the next chunk; so leaving
 * aborts the call, which ends the wait.
 */
export function leavable(iterate: Method | null, view: object): Method | undefined {
  if (iterate === null) return undefined;
  return (input, options) => {
    const left = new AbortController();
    const signal = (options as { readonly signal?: AbortSignal } | undefined)?.signal;
    const follow = (): void => left.abort(signal?.reason);
    if (signal?.aborted === true) follow();
    else if (signal !== undefined) onAbort(signal, follow);
    const over = (): void => {
      if (signal !== undefined) offAbort(signal, follow);
    };
    const go = (): void => {
      over();
      left.abort(new DOMException("The reader has left", "AbortError"));
    };
    const given = [input, { ...(options as object), signal: left.signal }];
    return new Reading(Reflect.apply(iterate, view, given) as AsyncIterator<unknown>, { go, over });
  };
}
