/**
 * One listener per signal, however many calls share it: a signal that lives as long as the process would otherwise collect
 * a listener for each call in flight, and Node warns of a leak from the eleventh on.
 */

interface Shared {
  readonly calls: Set<() => void>;
  readonly listener: () => void;
}

const bySignal = new WeakMap<AbortSignal, Shared>();

/** Calls `call` once when the signal aborts, unless it is taken back first. */
export function onAbort(signal: AbortSignal, call: () => void): void {
  let shared = bySignal.get(signal);
  if (shared === undefined) {
    const calls = new Set<() => void>();
    const listener = (): void => {
      bySignal.delete(signal);
      for (const one of calls) one();
    };
    shared = { calls, listener };
    bySignal.set(signal, shared);
    signal.addEventListener("abort", listener, { once: true });
  }
  shared.calls.add(call);
}

/** Takes it back; the last one takes the signal's listener along. */
export function offAbort(signal: AbortSignal, call: () => void): void {
  const shared = bySignal.get(signal);
  if (shared === undefined || !shared.calls.delete(call) || shared.calls.size > 0) return;
  bySignal.delete(signal);
  signal.removeEventListener("abort", shared.listener);
}

/** What never rejects by itself, or the signal's reason as soon as that aborts. */
export function orAborted(done: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return done;
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(signal.reason);
    onAbort(signal, gone);
    void done.then(() => {
      offAbort(signal, gone);
      resolve();
    });
  });
}
