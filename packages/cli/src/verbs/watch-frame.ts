/** What `recloser watch` draws. */
import type { Inspection, StoredRecord } from "recloser/inspect";
import { clip, justify, type Line } from "../terminal/line.ts";
import { clockText, lengthText } from "../terminal/time-text.ts";
import { changeLine } from "./change-line.ts";
import type { ChangeEvent } from "./changes.ts";
import { standingOf } from "./standing.ts";
import { statusTable } from "./status-table.ts";

export interface WatchScene {
  readonly label: string;
  /** Why there may be none. */
  readonly absence: string;
  /** What was seen last, and how long ago. */
  readonly inspection: Inspection;
  readonly agoMs: number;
  /** This machine's clock. */
  readonly localMs: number;
  /** Why nothing is seen any more; null while all is well. */
  readonly failure: string | null;
  readonly changes: readonly ChangeEvent[];
}

const MOST_CHANGES = 6;

export function watchFrame(scene: WatchScene, width: number, height: number): Line[] {
  const { inspection, agoMs, localMs, failure } = scene;
  // The store's clock now, if it has run on as this one has.
  const nowMs = inspection.nowMs + agoMs;
  const times = { nowMs, offsetMs: localMs - nowMs };
  const records = inspection.records.map((record) => aged(record, agoMs));
  const changes = scene.changes.slice(-MOST_CHANGES).map((change) => changeLine(change, times));
  const foot: Line[] = [...(changes.length === 0 ? [] : [[], ...changes]), [["q quit", "dim"]]];
  const room = Math.max(1, height - foot.length - 3);
  const table = statusTable(records, times, width);
  const shown = table.length <= room ? table : [...table.slice(0, room - 1), more(table.length - room + 1)];
  const head: Line = justify([["recloser watch", "strong"], `  ${scene.label}`], [clockText(localMs, localMs)], width);
  const state = failure === null ? summary(records, scene.absence) : stale(failure, agoMs);
  return [head, state, [], ...greyed(shown, failure !== null), ...foot].map((line) => clip(line, width));
}

// Old news is never shown as if it were live.
function greyed(lines: readonly Line[], isStale: boolean): readonly Line[] {
  if (!isStale) return lines;
  return lines.map((line) => [[line.map((span) => (typeof span === "string" ? span : span[0])).join(""), "dim"]]);
}

function stale(failure: string, agoMs: number): Line {
  return [[`stale for ${lengthText(agoMs)}: `, "bad"], failure];
}

function more(count: number): Line {
  return [[`… and ${count} more lines: recloser status`, "dim"]];
}

function summary(records: readonly StoredRecord[], absence: string): Line {
  if (records.length === 0) return [`no breaker: ${absence}`];
  const counts = new Map<string, number>();
  for (const record of records) {
    const { word } = standingOf(record);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [[...counts].map(([word, count]) => `${count} ${word}`).join(", ")];
}

/** What is counted down goes on between two looks. */
function aged(record: StoredRecord, agoMs: number): StoredRecord {
  return {
    ...record,
    retryAfterMs: Math.max(0, record.retryAfterMs - agoMs),
    holds: record.holds.map((hold) => ({ ...hold, remainingMs: Math.max(0, hold.remainingMs - agoMs) })),
  };
}
