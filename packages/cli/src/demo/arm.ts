/** One of the two applications: callers, slots, a way to call, and a provider of its own. */
import { CircuitOpenError, type Clock } from "recloser";
import type { SimulatedProvider } from "recloser/testing";
import type { Call } from "./calls.ts";
import { type Ending, Ledger } from "./ledger.ts";
import { Slots } from "./slots.ts";

/** What each application allows itself: five times what a healthy provider makes it need. */
export const SLOTS = 32;

/** For what goes on for ever: who finds so many in line goes away. */
export const MOST_WAITING = 1_000;

// At ten times the speed a turn of the event loop takes a good part of a story second.
const AT_ONCE_MS = 1_000;

export class Arm {
  readonly provider: SimulatedProvider;
  readonly ledger: Ledger = new Ledger();
  readonly #slots = new Slots(SLOTS);
  readonly #call: Call;
  readonly #clock: Clock;
  #over = false;

  constructor(provider: SimulatedProvider, call: Call, clock: Clock) {
    this.provider = provider;
    this.#call = call;
    this.#clock = clock;
  }

  get inFlight(): number {
    return this.#slots.busy;
  }

  get waiting(): number {
    return this.#slots.waiting;
  }

  /** One more caller. What becomes of it is in the ledger. */
  ask(): void {
    const caller = this.ledger.ask(this.#clock.now());
    const end = (ending: Ending): void => {
      if (!this.#over) this.ledger.answer(caller, ending, this.#clock.now());
    };
    if (this.waiting >= MOST_WAITING) return end("failed");
    this.#slots.run(this.#call).then(
      (result) => end(result ?? "good"),
      (error: unknown) => {
        if (!CircuitOpenError.is(error)) return end("failed");
        end(this.#clock.now() - caller.askedMs <= AT_ONCE_MS ? "rejected" : "released");
      },
    );
  }

  /** The story is over: what ends from here on is the end of the demo, not an answer. */
  async close(): Promise<void> {
    this.#over = true;
    this.#slots.close();
    await this.provider.close();
  }
}
