/** The fleet's policies where the fleet is one process: beside the records of a memory store. */
import type { Clock } from "../clock.ts";
import { StoreError } from "../errors.ts";
import {
  changedOptions,
  type FleetOption,
  type FleetOptions,
  inForce,
  type PolicyChange,
  type StorePolicies,
} from "./fleet-policy.ts";
import type { FleetPolicies } from "./fleet-policies.ts";
import type { RecordBook } from "./memory.ts";

interface Kept {
  options: readonly FleetOption[];
  readonly listeners: Set<() => void>;
}

// A namespace's, for every recloser that uses it.
const kept = new WeakMap<RecordBook, Kept>();

export class MemoryPolicies implements StorePolicies {
  readonly #clock: Clock;
  readonly #kept: Kept;

  constructor(book: RecordBook, clock: Clock) {
    this.#clock = clock;
    this.#kept = kept.get(book) ?? { options: [], listeners: new Set() };
    kept.set(book, this.#kept);
  }

  present(): FleetOptions {
    const nowMs = this.#clock.now();
    return { nowMs, options: inForce(this.#kept.options, nowMs) };
  }

  read(): Promise<FleetOptions> {
    return Promise.resolve(this.present());
  }

  async change(_namespace: string, change: PolicyChange): Promise<FleetOptions> {
    const after = changedOptions(this.#kept.options, change, this.#clock.now());
    if (after === null) throw new StoreError("there are too many options in the fleet's policies");
    this.#kept.options = after;
    for (const listener of [...this.#kept.listeners]) listener();
    return this.present();
  }

  /** Calls back at each change; gives what ends that. */
  onChange(listener: () => void): () => void {
    this.#kept.listeners.add(listener);
    return () => void this.#kept.listeners.delete(listener);
  }
}

/** Keeps a replica's view of them at their latest, from now on; gives what ends that. */
export function follow(policies: MemoryPolicies, view: FleetPolicies, clock: Clock): () => void {
  const look = (): void => view.take(policies.present(), clock.now());
  look();
  return policies.onChange(look);
}
