/** Broken designs, each of which the simulation must find. */
import type { Bench } from "./run-plan.ts";

export interface Mutant {
  readonly name: string;
  /** What is broken, in a sentence. */
  readonly breaks: string;
  /** What stands in the place of the real thing. */
  readonly bench?: Bench;
  /** Changes the library; returns what undoes it. */
  readonly patch?: () => () => void;
}

export const MUTANTS: readonly Mutant[] = [];

/** Runs something with a mutant in place, and takes it back. */
export async function withMutant<T>(mutant: Mutant | null, run: (bench: Bench) => Promise<T>): Promise<T> {
  const undo = mutant?.patch?.();
  try {
    return await run(mutant?.bench ?? {});
  } finally {
    undo?.();
  }
}
