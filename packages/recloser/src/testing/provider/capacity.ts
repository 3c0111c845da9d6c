/** How much the provider can take, and what it does with the rest. */
import type { Clock } from "../../clock.ts";
import { fieldsOf, integerBetween, numberBetween, oneOf, optional, refuse } from "./check.ts";

/**
 * A limit; without one everything is admitted.
 *
 * @example
 * const small: Capacity = { maxConcurrent: 4, whenFull: "503" };
 */
export interface Capacity {
  /** Requests answered at the same time. */
  readonly maxConcurrent?: number;
  /** Requests admitted per second; short bursts of up to one second's worth pass. */
  readonly requestsPerSecond?: number;
  /** What a request above the limit meets: `"429"` (default), `"503"`, or a place in a `"queue"`. */
  readonly whenFull?: "429" | "503" | "queue";
  /** How many may wait; default 1 000. One more is answered 503. */
  readonly queueLimit?: number;
}

export function checkedCapacity(value: unknown, option: string): Capacity {
  const fields = fieldsOf(value, option, {
    maxConcurrent: optional(integerBetween(1, Number.MAX_SAFE_INTEGER, "requests")),
    requestsPerSecond: optional(numberBetween(0.001, Infinity, "requests per second")),
    whenFull: optional(oneOf("429", "503", "queue")),
    queueLimit: optional(integerBetween(0, Number.MAX_SAFE_INTEGER, "requests")),
  });
  if (fields["maxConcurrent"] === undefined && fields["requestsPerSecond"] === undefined) {
    refuse(option, "maxConcurrent or requestsPerSecond", value);
  }
  return { ...fields };
}

export type Admission =
  /** `release` gives the place back; calling it again does nothing. */
  | { readonly admitted: true; readonly release: () => void }
  | { readonly admitted: false; readonly as: "rate-limited" | "overloaded"; readonly retryAfterMs: number };

const OPEN_ADMISSION: Admission = { admitted: true, release: () => {} };
// What to tell a client when a place frees up only as others finish, which nobody can foretell.
const UNKNOWN_WAIT_MS = 1_000;
// Epoch milliseconds are exact to some 0.0002 in a double: a shorter wait would be one for a rounding error.
const ROUNDING_MS = 0.01;

interface Place {
  wake(): void;
}

/** Lets requests in as the capacity allows; undefined: all of them. */
export class Gate {
  readonly #limits: Required<Capacity> | null;
  readonly #clock: Clock;
  readonly #spacingMs: number;
  readonly #burstMs: number;
  // The instant the admitted requests would be worked off, were they spaced evenly (GCRA): one number holds the rate.
  #workedOffMs = -Infinity;
  #busy = 0;
  readonly #queue = new Set<Place>();

  constructor(capacity: Capacity | undefined, clock: Clock) {
    const none = { maxConcurrent: Infinity, requestsPerSecond: Infinity, whenFull: "429", queueLimit: 1_000 } as const;
    this.#limits = capacity === undefined ? null : { ...none, ...capacity };
    this.#clock = clock;
    this.#spacingMs = 1_000 / (this.#limits?.requestsPerSecond ?? Infinity);
    this.#burstMs = Math.max(1_000 - this.#spacingMs, 0);
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** Rejects with the signal's reason when the client leaves the queue. */
  async enter(signal: AbortSignal): Promise<Admission> {
    signal.throwIfAborted();
    if (this.#limits === null) return OPEN_ADMISSION;
    if (this.#queue.size === 0 && !this.#full(this.#limits)) return this.#admit();
    const { whenFull, queueLimit } = this.#limits;
    if (whenFull === "queue" && this.#queue.size < queueLimit) return this.#wait(this.#limits, signal);
    const retryAfterMs = this.#waitMs() > 0 ? this.#waitMs() : UNKNOWN_WAIT_MS;
    return { admitted: false, as: whenFull === "429" ? "rate-limited" : "overloaded", retryAfterMs };
  }

  // First come, first served: each waits for its turn at the head of the queue, then for a place, then for the rate.
  async #wait(limits: Required<Capacity>, signal: AbortSignal): Promise<Admission> {
    const place: Place = { wake: () => {} };
    const left = new Promise<never>((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
    );
    left.catch(() => {}); // whoever is admitted waits for it no longer
    const isFirst = (): boolean => this.#queue.values().next().value === place;
    this.#queue.add(place);
    try {
      while (!isFirst() || this.#full(limits)) {
        if (isFirst() && this.#busy < limits.maxConcurrent) await this.#clock.sleep(this.#waitMs(), { signal });
        else await Promise.race([left, new Promise<void>((resolve) => (place.wake = resolve))]);
      }
      return this.#admit();
    } finally {
      this.#queue.delete(place);
      this.#wakeFirst();
    }
  }

  #admit(): Admission {
    this.#busy++;
    this.#workedOffMs = Math.max(this.#workedOffMs, this.#clock.now()) + this.#spacingMs;
    let held = true;
    const release = (): void => {
      if (!held) return;
      held = false;
      this.#busy--;
      this.#wakeFirst();
    };
    return { admitted: true, release };
  }

  #full(limits: Required<Capacity>): boolean {
    return this.#busy >= limits.maxConcurrent || this.#waitMs() > 0;
  }

  #waitMs(): number {
    const ms = this.#workedOffMs - this.#burstMs - this.#clock.now();
    return ms > ROUNDING_MS ? ms : 0;
  }

  #wakeFirst(): void {
    this.#queue.values().next().value?.wake();
  }
}
