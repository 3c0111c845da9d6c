/**
 * Runs every microtask and `process.nextTick` callback that waits, so that the code under test has come to rest before
 * virtual time goes on. Node can do it synchronously, a thousand times cheaper than a turn of the event loop.
 */

/** Resolves, or returns, when nothing waits any more. */
export type Drain = { readonly kind: "sync"; run(): void } | { readonly kind: "async"; run(): Promise<void> };

// Node's own end of a macrotask (lib/internal/process/task_queues.js, `runNextTicks`): undocumented, hence the trial.
type TickCallback = () => void;
const tickCallback: TickCallback | undefined = (globalThis.process as { _tickCallback?: TickCallback } | undefined)
  ?._tickCallback;

// Taken when the module loads, so that a test runner's fake timers do not stop our own turn of the event loop.
const setTurn: (callback: () => void) => unknown = setImmediate;

/** The start of a turn of the event loop of its own. */
export function inMacrotask(run: () => void): void {
  setTurn(run);
}

/** The drain that works everywhere: one turn of the event loop. */
export const turnDrain: Drain = { kind: "async", run: () => new Promise((resolve) => setTurn(resolve)) };

/** Node's synchronous drain; null where there is none. Works in a macrotask only: V8 does not run microtasks inside one. */
export const tickDrain: Drain | null =
  tickCallback === undefined ? null : { kind: "sync", run: () => tickCallback.call(process) };

/**
 * The fastest drain that works here. Must be called in a macrotask, and not when a module loads: modules are evaluated
 * inside a microtask, where a trial of the synchronous drain would always fail.
 */
export function chooseDrain(): Drain {
  chosen ??= tickDrain !== null && drainsAll(tickDrain) ? tickDrain : turnDrain;
  return chosen;
}

let chosen: Drain | null = null;

const TRIAL_STEPS = 5;

/** Whether a drain runs reactions of promises, awaits, microtasks and ticks to their end before it returns. */
export function drainsAll(drain: Drain): boolean {
  let steps = 0;
  const step = (): void => {
    steps++;
  };
  const program = async (): Promise<void> => {
    await Promise.resolve();
    step();
    await Promise.resolve().then(step).then(step);
    queueMicrotask(step);
    await new Promise<void>((resolve) => process.nextTick(resolve));
    step();
  };
  program().catch(() => {});
  void drain.run();
  return steps === TRIAL_STEPS;
}
