/** The roll-up of a provider's models: derived from how many are open, never stored. */

/** This many models of a provider open: its other models trip on one failure (protocol.md §1). */
export const ROLLUP = 3;

/** How many models of one provider are open. */
export interface Group {
  open: number;
}
