/** How a breaker stands, in a word with its shape, and how urgent that is. */
import type { StoredRecord } from "recloser/inspect";
import { type Display, SHAPE } from "../terminal/display.ts";
import type { Tone } from "../terminal/line.ts";

export interface Standing {
  readonly shape: string;
  /** `open`, `half-open`, `closed`, `held open`, `held closed`, or the kind of a hold: `rate-limited`; with `, observe` where nothing is enforced. */
  readonly word: string;
  readonly tone: Tone;
  /** The smaller, the sooner somebody should look. */
  readonly rank: number;
}

/** Closed, and nothing has been heard of it lately. */
const NO_DATA_SHAPE = "○";

export function standingOf(record: StoredRecord): Standing {
  const { mode = "enforce" } = record;
  const enforced = enforcedStanding(record);
  if (mode === "enforce") return enforced;
  // As where it is held closed: callers go to a provider that the breaker would keep them from.
  const rank = record.state === "closed" ? Math.min(5, enforced.rank) : 0;
  return { ...enforced, word: `${enforced.word}, ${mode}`, rank };
}

function enforcedStanding(record: StoredRecord): Standing {
  const { state, override, holds, window } = record;
  if (override?.mode === "force-open") return standing("held", "held open", 3);
  // Callers go to a provider that the breaker would keep them from: nobody else will say so.
  if (override?.mode === "force-closed") return standing("held", "held closed", state === "closed" ? 5 : 0);
  if (state === "open") return standing("open", "open", 1);
  if (state === "half-open") return standing("half-open", "half-open", 2);
  const [hold] = holds.toSorted((a, b) => b.untilMs - a.untilMs);
  if (hold !== undefined) return standing("held", hold.kind, 4);
  if (window.calls === 0) return { shape: NO_DATA_SHAPE, word: "closed", tone: "dim", rank: 7 };
  return standing("closed", "closed", 6);
}

/** Worst first; among equals the one that fails most, then by name. */
export function worstFirst(records: readonly StoredRecord[]): readonly StoredRecord[] {
  return records
    .map((record) => [record, standingOf(record).rank] as const)
    .toSorted(
      ([a, rankA], [b, rankB]) =>
        rankA - rankB || b.window.failureRate - a.window.failureRate || (a.name < b.name ? -1 : 1),
    )
    .map(([record]) => record);
}

function standing(display: Display, word: string, rank: number): Standing {
  return { shape: SHAPE[display], word, tone: display, rank };
}
