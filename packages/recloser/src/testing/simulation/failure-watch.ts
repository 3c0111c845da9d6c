/**
 * What goes wrong in simulated code with nobody to catch it: a rejection without a handler, a throw in a microtask. While
 * a run lasts it is the run's failure, and not the test runner's or the process's.
 */

type Listener = (...args: unknown[]) => void;
const EVENTS = ["unhandledRejection", "uncaughtException"] as const;

export class FailureWatch {
  /** The first failure; null while there is none. */
  failure: { readonly what: "unhandled rejection" | "uncaught exception"; readonly error: unknown } | null = null;
  readonly #onFailure: () => void;
  readonly #replaced = new Map<string, Listener[]>();
  readonly #own: Readonly<Record<(typeof EVENTS)[number], Listener>> = {
    unhandledRejection: (error: unknown) => this.#note("unhandled rejection", error),
    uncaughtException: (error: unknown) => this.#note("uncaught exception", error),
  };

  constructor(onFailure: () => void) {
    this.#onFailure = onFailure;
    for (const event of EVENTS) {
      const others = process.rawListeners(event) as Listener[];
      this.#replaced.set(event, others);
      for (const other of others) process.removeListener(event, other);
      process.on(event, this.#own[event]);
    }
  }

  stop(): void {
    for (const event of EVENTS) {
      process.removeListener(event, this.#own[event]);
      for (const other of this.#replaced.get(event) ?? []) process.on(event, other);
    }
    this.#replaced.clear();
  }

  #note(what: "unhandled rejection" | "uncaught exception", error: unknown): void {
    this.failure ??= { what, error };
    this.#onFailure();
  }
}
