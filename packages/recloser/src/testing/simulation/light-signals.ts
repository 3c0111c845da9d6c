/**
 * Abort signals at a tenth of the price. A Node `AbortController` with one listener costs more than all else that happens
 * to a simulated call; a world may put these in its place while it runs. They do what this library and most code needs of
 * a signal; `AbortSignal.any` and `fetch` do not know them.
 */

type AbortListener = ((event: AbortEvent) => void) | { handleEvent(event: AbortEvent): void };

interface AbortEvent {
  readonly type: "abort";
  readonly target: LightAbortSignal;
}

class LightAbortSignal {
  aborted = false;
  reason: unknown = undefined;
  // Most signals have one listener or none.
  #listeners: Set<AbortListener> | null = null;
  #told = false;

  addEventListener(type: string, listener: AbortListener): void {
    if (type !== "abort" || this.#told) return;
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
  }

  removeEventListener(_type: string, listener: AbortListener): void {
    this.#listeners?.delete(listener);
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  /** Only its controller may. */
  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    const event: AbortEvent = { type: "abort", target: this };
    // As in Node, and unlike in a browser, one that is added meanwhile is called too.
    for (const listener of this.#listeners ?? []) {
      try {
        if (typeof listener === "function") listener.call(this, event);
        else listener.handleEvent(event);
      } catch (error) {
        // As Node does: the other listeners are called, and the process hears of it.
        process.nextTick(() => {
          throw error;
        });
      }
    }
    this.#told = true;
    this.#listeners = null;
  }
}

class LightAbortController {
  readonly signal: LightAbortSignal = new LightAbortSignal();

  abort(reason: unknown = new DOMException("This operation was aborted", "AbortError")): void {
    this.signal.abort(reason);
  }
}

let users = 0;
let native = globalThis.AbortController;

/** Every `new AbortController` makes a light one from now on, until whoever asked for it has called the returned function. */
export function useLightSignals(): () => void {
  if (users++ === 0) {
    native = globalThis.AbortController;
    globalThis.AbortController = LightAbortController as unknown as typeof AbortController;
  }
  return () => {
    if (--users === 0) globalThis.AbortController = native;
  };
}
