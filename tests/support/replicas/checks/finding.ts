/** What a check finds in a history, and what several of them ask of it. */
import type { Entry } from "../entries.ts";
import type { EntryOf } from "../history.ts";

export interface Finding {
  readonly at: number;
  readonly what: string;
}

export interface Promised {
  /** How long after a trip a replica that knows of none may still admit calls, milliseconds. */
  readonly staleMs: number;
  /** How long what has begun to change may still be read as it was, milliseconds; none. */
  readonly snapshotMs?: number;
}

/** Looks at the history of one record; nothing found means that the promise held. */
export type Check = (entries: readonly Entry[], promised: Promised) => readonly Finding[];

export function only<W extends Entry["what"]>(entries: readonly Entry[], what: W): EntryOf<W>[] {
  return entries.filter((entry): entry is EntryOf<W> => entry.what === what);
}

/** By which replica, or process, something is told: stalls are a process's, whose replicas are called after it. */
export function isOf(replica: string, { replica: by }: Entry): boolean {
  return by === replica || replica.startsWith(`${by}.`);
}

/** Whether a replica was stopped, killed, or stood still for want of a processor at some time in a span. */
export function wasAway(entries: readonly Entry[], replica: string, fromAt: number, toAt: number): boolean {
  let pausedAt: number | null = null;
  for (const entry of entries) {
    if (!isOf(replica, entry)) continue;
    if (entry.what === "killed" && entry.at <= toAt) return true;
    if (entry.what === "stalled" && entry.fromAt <= toAt && entry.at >= fromAt) return true;
    if (entry.what === "paused") pausedAt = entry.at;
    if (entry.what !== "resumed") continue;
    if (pausedAt !== null && pausedAt <= toAt && entry.at >= fromAt) return true;
    pausedAt = null;
  }
  return pausedAt !== null && pausedAt <= toAt;
}

/** Whether a replica had lost its store at some time in a span. */
export function wasAlone(entries: readonly Entry[], replica: string, fromAt: number, toAt: number): boolean {
  let aloneAt: number | null = null;
  for (const entry of entries) {
    if (entry.replica !== replica || entry.what !== "store") continue;
    if (entry.mode === "local") aloneAt ??= entry.at;
    else if (aloneAt !== null && aloneAt <= toAt && entry.at >= fromAt) return true;
    else aloneAt = null;
  }
  return aloneAt !== null && aloneAt <= toAt;
}
