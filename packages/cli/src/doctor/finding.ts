/** What a check found: one line for people, with why it matters and what mends it. */
export type Level = "ok" | "warning" | "failure";

export interface Finding {
  /** What was looked at, in a word or two: `store`, `round trip`. */
  readonly check: string;
  readonly level: Level;
  readonly text: string;
  /** What it means where it is not well. */
  readonly why: string | null;
  /** A command to type, or what to change and where. */
  readonly fix: string | null;
  /** Further lines, such as where each value is from. */
  readonly details: readonly string[];
}

export function well(check: string, text: string, details: readonly string[] = []): Finding {
  return { check, level: "ok", text, why: null, fix: null, details };
}

export function warning(check: string, text: string, why: string, fix: string): Finding {
  return { check, level: "warning", text, why, fix, details: [] };
}

export function failure(check: string, text: string, why: string, fix: string): Finding {
  return { check, level: "failure", text, why, fix, details: [] };
}
