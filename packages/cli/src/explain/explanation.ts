/** What a code means, as docs/reference/errors.md has it. */
export interface Explanation {
  /** Of an error or of a process warning. */
  readonly code: string;
  /** What happened, and what to do. */
  readonly paragraphs: readonly string[];
  /** The words that come with it (a `reason`, a `phase`), each with what it means. */
  readonly words: readonly (readonly [word: string, meaning: string])[];
}
