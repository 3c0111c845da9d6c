/** What the formats share: when a value says something, and when an answer of several choices is whole. */

/** Neither missing nor empty. */
export function isFilled(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);
}

interface Choice {
  readonly index: unknown;
  readonly finished: boolean;
}

/** An answer may have several choices, whose pieces come in any order: it is whole when each that has begun has finished. */
export function allFinished(choicesIn: (document: unknown) => readonly Choice[]): (document: unknown) => boolean {
  const open = new Set<unknown>();
  const finished = new Set<unknown>();
  return (document) => {
    for (const choice of choicesIn(document)) {
      const index = choice.index ?? 0;
      if (choice.finished) finished.add(index);
      if (finished.has(index)) open.delete(index);
      else open.add(index);
    }
    return finished.size > 0 && open.size === 0;
  };
}
