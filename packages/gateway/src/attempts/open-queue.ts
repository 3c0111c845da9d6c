/**
 * Where requests wait while no circuit of their route lets them through. They are woken when a circuit closes, and by the time
 * that their rejection gave; whether one may go is the circuit's own word, whose ramp lets a few through at a time.
 */
import type { Recloser } from "recloser";

// Spread over so long, so that those who wait do not all ask in the same instant.
const SPREAD_MS = 50;

/** One request's place. Given back by {@link Place.leave}. */
export interface Place {
  /** Resolves after `waitMs`, when a circuit closes, or at once when `signal` aborts. */
  wait(waitMs: number, signal: AbortSignal): Promise<void>;
  leave(): void;
}

export class OpenQueue {
  readonly #random: () => number;
  readonly #wakeful = new Set<() => void>();
  readonly #subscription: Disposable;
  readonly #taken = new Map<string, number>();

  constructor(recloser: Recloser, random: () => number) {
    this.#random = random;
    this.#subscription = recloser.on("transition", ({ to }) => {
      if (to === "closed") for (const wake of [...this.#wakeful]) wake();
    });
  }

  /** Null where `size` requests of the route wait already. */
  enter(route: string, size: number): Place | null {
    const taken = this.#taken.get(route) ?? 0;
    if (taken >= size) return null;
    this.#taken.set(route, taken + 1);
    let left = false;
    return {
      wait: (waitMs, signal) => this.#wait(waitMs, signal),
      leave: () => {
        if (!left) this.#taken.set(route, (this.#taken.get(route) ?? 1) - 1);
        left = true;
      },
    };
  }

  close(): void {
    this.#subscription[Symbol.dispose]();
    for (const wake of [...this.#wakeful]) wake();
  }

  #wait(waitMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout;
      const done = (): void => {
        clearTimeout(timer);
        this.#wakeful.delete(wake);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const wake = (): void => {
        clearTimeout(timer);
        timer = setTimeout(done, this.#random() * SPREAD_MS);
      };
      timer = setTimeout(done, waitMs + this.#random() * SPREAD_MS);
      this.#wakeful.add(wake);
      signal.addEventListener("abort", done);
    });
  }
}
