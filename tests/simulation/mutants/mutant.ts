/** What a broken design is, and how one is put in the place of the real one. */
import type { RecordPolicy } from "../../../packages/recloser/src/record-event.ts";
import { type Facts, NO_RECORD } from "../../../packages/recloser/src/state.ts";
import type { StoreCommand } from "../../../packages/recloser/src/store/command.ts";
import {
  type Rules,
  type StoreOperation,
  StoreServer,
} from "../../../packages/recloser/src/testing/simulation/store-server.ts";
import { transition, type Transition } from "../../../packages/recloser/src/transition.ts";
import type { Plan } from "../plan.ts";
import type { Bench } from "../run-plan.ts";

export interface Mutant {
  readonly name: string;
  /** What is broken, in a sentence. */
  readonly breaks: string;
  /** Where CI begins to look, so that it need not play all the schedules before the first that finds it. Default 1. */
  readonly fromSeed?: number;
  /** What is added to each plan, where what it takes comes together too rarely by itself. */
  readonly amid?: (plan: Plan) => Plan;
  /** What stands in the place of the real thing. */
  readonly bench?: Bench;
  /** Changes the library; returns what undoes it. */
  readonly patch?: () => () => void;
}

/** Runs something with a mutant in place, and takes it back. */
export async function withMutant<T>(mutant: Mutant | null, run: (bench: Bench) => Promise<T>): Promise<T> {
  const undo = mutant?.patch?.();
  try {
    return await run(mutant?.bench ?? {});
  } finally {
    undo?.();
  }
}

export type Rewrite = (command: StoreCommand, by: string, facts: Facts) => StoreCommand;

/** A store that carries out other commands than it is given. Its log has those it was given. */
export function rewriting(makeRewrite: () => Rewrite): Bench {
  return { server: () => new RewritingServer(makeRewrite()) };
}

class RewritingServer extends StoreServer {
  readonly #rewrite: Rewrite;

  constructor(rewrite: Rewrite) {
    super();
    this.#rewrite = rewrite;
  }

  override apply(name: string, command: StoreCommand, policy: RecordPolicy, by: string, nowMs: number): StoreOperation {
    const facts = this.records.get(name) ?? NO_RECORD;
    return { ...super.apply(name, this.#rewrite(command, by, facts), policy, by, nowMs), command };
  }
}

/** A store with other rules; null for what they do not speak of. */
export function ruling(rule: (...args: Parameters<Rules>) => Transition | null): Bench {
  return { server: () => new StoreServer((...args) => rule(...args) ?? transition(...args)) };
}

/** Puts another method in the place of one; the other gets the original to call. Returns what undoes it. */
export function patchMethod<T extends object, K extends keyof T & string>(
  prototype: T,
  name: K,
  make: (original: T[K]) => T[K],
): () => void {
  const original = prototype[name];
  prototype[name] = make(original);
  return () => {
    prototype[name] = original;
  };
}
