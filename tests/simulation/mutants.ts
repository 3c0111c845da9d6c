/** Broken designs, each of which the simulation must find: a check that cannot fail is a defect. */
import { LIBRARY_MUTANTS } from "./mutants/library.ts";
import type { Mutant } from "./mutants/mutant.ts";
import { STORE_MUTANTS } from "./mutants/store.ts";

export { withMutant } from "./mutants/mutant.ts";
export type { Mutant } from "./mutants/mutant.ts";

export const MUTANTS: readonly Mutant[] = [...STORE_MUTANTS, ...LIBRARY_MUTANTS];
