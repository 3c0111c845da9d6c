/**
 * What goes wrong in simulated code with nobody to catch it: a rejection without a handler, a throw in a microtask. While
 * a world runs it is that run's failure, and not the test runner's or the process's.
 */

export interface Failure {
  readonly what: "unhandled rejection" | "uncaught exception";
  readonly error: unknown;
}

type Listener = (...args: unknown[]) => void;

const LISTENERS: readonly (readonly [event: string, listener: Listener])[] = [
  ["unhandledRejection", (error) => note({ what: "unhandled rejection", error })],
  ["uncaughtException", (error) => note({ what: "uncaught exception", error })],
];

// More than one only where worlds run by turns of the event loop; then a failure is all of theirs.
const watches = new Set<FailureWatch>();
let replaced: (readonly [event: string, listener: Listener])[] = [];

export class FailureWatch {
  /** The first failure; null while there is none. */
  failure: Failure | null = null;
  /** Called at the first failure. */
  readonly onFailure: () => void;

  constructor(onFailure: () => void) {
    this.onFailure = onFailure;
    if (watches.size === 0) install();
    watches.add(this);
  }

  stop(): void {
    if (watches.delete(this) && watches.size === 0) uninstall();
  }
}

function note(failure: Failure): void {
  for (const watch of watches) {
    if (watch.failure !== null) continue;
    watch.failure = failure;
    watch.onFailure();
  }
}

function install(): void {
  for (const [event, own] of LISTENERS) {
    for (const other of process.rawListeners(event) as Listener[]) {
      replaced.push([event, other]);
      process.removeListener(event, other);
    }
    process.on(event, own);
  }
}

function uninstall(): void {
  for (const [event, own] of LISTENERS) process.removeListener(event, own);
  for (const [event, other] of replaced) process.on(event, other);
  replaced = [];
}
