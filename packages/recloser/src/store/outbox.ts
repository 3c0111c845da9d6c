/**
 * Outcomes on their way to the store: counted into cells of time, so that a batch is small however many there were, and
 * a store that is away costs no memory. One batch is one report; each is sent at most once.
 */
import { FAILURE_KINDS, type FailureKind } from "../outcome.ts";
import type { Streak } from "../state.ts";
import { BUCKETS } from "../window.ts";
import type { ReportCell, ReportCommand } from "./command.ts";

interface Cell {
  /** The latest instant counted here: what its age is told by. */
  atMs: number;
  /** When the oldest of the calls counted here began. */
  startedAtMs: number;
  successes: number;
  slow: number;
  failures: Partial<Record<FailureKind, number>> | null;
  young: number;
}

export type Batch = Pick<
  ReportCommand,
  "cells" | "lastSuccessAgeMs" | "lastSuccessStartedAgoMs" | "tail" | "retryAfterMs"
>;

// Finer than the store's buckets, whose edges lie elsewhere on this clock.
const CELLS_PER_BUCKET = 3;

const NO_TAIL: ReportCommand["tail"] = { failures: 0, ageMs: 0, startedAgoMs: 0, begun: 0, beforeAgoMs: [] };

export class Outbox {
  readonly #widthMs: number;
  readonly #cells = new Map<number, Cell>();
  #newest = -Infinity;
  // Nearly everything falls into the newest cell: it is found without a division.
  #latest: Cell | null = null;
  #latestEndsMs = 0;
  #lastSuccessMs: number | null = null;
  #lastSuccessStartedMs: number | null = null;
  #tailFailures = 0;
  #tailSinceMs = 0;
  #tailStartedMs = 0;
  #tailBegun = 0;
  // What was told of the streak's calls already: the next batch carries the rest.
  #begunTold = 0;
  #beforeMs: readonly number[] = [];
  #retryAfterMs: number | null = null;
  /** A failure, or the first success after one, waits: it is worth a report of its own. */
  isUrgent = false;
  hasFailure = false;
  #failedLast = false;

  constructor(windowMs: number) {
    this.#widthMs = windowMs / (BUCKETS * CELLS_PER_BUCKET);
  }

  get isEmpty(): boolean {
    return this.#cells.size === 0;
  }

  began(startedAtMs: number): void {
    this.#cellAt(startedAtMs, startedAtMs).young++;
  }

  /** A young call is young no more: it has shown something, ended, or been silent for long. */
  grew(startedAtMs: number): void {
    this.#cellAt(startedAtMs, startedAtMs).young--;
  }

  succeeded(startedAtMs: number, nowMs: number, slow: boolean): void {
    const cell = this.#cellAt(nowMs, startedAtMs);
    cell.successes++;
    if (slow) cell.slow++;
    if (nowMs > (this.#lastSuccessMs ?? -Infinity)) this.#lastSuccessMs = nowMs;
    if (startedAtMs > (this.#lastSuccessStartedMs ?? -Infinity)) this.#lastSuccessStartedMs = startedAtMs;
    if (this.#tailFailures > 0 && startedAtMs >= this.#tailStartedMs) this.#tailFailures = this.#tailBegun = 0;
    if (this.#failedLast) this.isUrgent = true;
    this.#failedLast = false;
  }

  /** A streak begins: when the latest young calls began that came before its first failed call. */
  streakBegins(beforeMs: readonly number[]): void {
    this.#beforeMs = beforeMs;
  }

  /** @param streak the replica's own streak, this failure included */
  failed(
    kind: FailureKind,
    startedAtMs: number,
    slow: boolean,
    retryAfterMs: number | null,
    streak: Streak,
    nowMs: number,
  ): void {
    const cell = this.#cellAt(nowMs, startedAtMs);
    cell.failures ??= {};
    cell.failures[kind] = (cell.failures[kind] ?? 0) + 1;
    if (slow) cell.slow++;
    if (streak.failures > 0) this.#addToTail(startedAtMs, streak, nowMs);
    if (retryAfterMs !== null) this.#retryAfterMs = Math.max(this.#retryAfterMs ?? 0, retryAfterMs);
    this.isUrgent = this.hasFailure = this.#failedLast = true;
  }

  #tail(nowMs: number): ReportCommand["tail"] {
    return {
      failures: this.#tailFailures,
      ageMs: Math.max(0, nowMs - this.#tailSinceMs),
      startedAgoMs: nowMs - this.#tailStartedMs,
      begun: this.#tailBegun,
      beforeAgoMs: this.#beforeMs.map((atMs) => nowMs - atMs),
    };
  }

  #addToTail(startedAtMs: number, streak: Streak, nowMs: number): void {
    if (streak.failures === 1) this.#tailFailures = this.#begunTold = 0;
    if (this.#tailFailures === 0) {
      this.#tailSinceMs = nowMs;
      this.#tailStartedMs = startedAtMs;
    }
    this.#tailFailures++;
    this.#tailStartedMs = Math.min(this.#tailStartedMs, startedAtMs);
    this.#tailBegun = Math.max(0, streak.begun - this.#begunTold);
  }

  /** A success that had been counted was none after all. */
  retracted(startedAtMs: number, nowMs: number): void {
    this.#cellAt(nowMs, startedAtMs).successes--;
  }

  /** What waits, and nothing waits any more. */
  take(nowMs: number): Batch {
    this.#forgetOld(nowMs);
    const cells = [...this.#cells.values()]
      .filter(isNews)
      .map(({ atMs, successes, slow, failures, young }): ReportCell => ({
        ageMs: Math.max(0, nowMs - atMs),
        ...{ successes, slow, young },
        failures: failures ?? {},
      }));
    const batch = {
      cells,
      lastSuccessAgeMs: this.#lastSuccessMs === null ? null : Math.max(0, nowMs - this.#lastSuccessMs),
      lastSuccessStartedAgoMs: this.#lastSuccessStartedMs === null ? null : nowMs - this.#lastSuccessStartedMs,
      tail: this.#tailFailures === 0 ? NO_TAIL : this.#tail(nowMs),
      retryAfterMs: this.#retryAfterMs,
    };
    this.#begunTold += this.#tailBegun;
    this.#emptied();
    return batch;
  }

  /** A new round: what was counted belongs to none. */
  clear(): void {
    this.#begunTold = 0;
    this.#failedLast = false;
    this.#emptied();
  }

  /** Keeps only what came of calls that began after an instant. */
  keepStartedAfter(atMs: number): void {
    for (const [at, cell] of this.#cells) if (cell.startedAtMs <= atMs) this.#cells.delete(at);
    this.#latest = null;
    const kept = [...this.#cells.values()];
    const failures = kept.reduce((all, cell) => all + failuresOf(cell), 0);
    this.isUrgent = this.hasFailure = failures > 0;
    if (!kept.some(({ successes }) => successes > 0)) this.#lastSuccessMs = this.#lastSuccessStartedMs = null;
    // The streak is no longer than what is left of it, and no older than the round.
    this.#tailFailures = Math.min(this.#tailFailures, failures);
    this.#tailBegun = Math.max(this.#tailFailures, Math.min(this.#tailBegun, failures));
    this.#tailSinceMs = Math.max(this.#tailSinceMs, atMs);
    this.#tailStartedMs = Math.max(this.#tailStartedMs, atMs);
    this.#beforeMs = this.#beforeMs.filter((beganMs) => beganMs > atMs);
    if (failures === 0) this.#retryAfterMs = null;
  }

  #emptied(): void {
    this.#cells.clear();
    this.#newest = -Infinity;
    this.#latest = null;
    this.#lastSuccessMs = this.#lastSuccessStartedMs = this.#retryAfterMs = null;
    this.#beforeMs = [];
    this.#tailFailures = this.#tailBegun = 0;
    this.isUrgent = this.hasFailure = false;
  }

  #cellAt(atMs: number, startedAtMs: number): Cell {
    const latest = this.#latest;
    if (latest !== null && atMs >= latest.atMs && atMs < this.#latestEndsMs) {
      latest.atMs = atMs;
      if (startedAtMs < latest.startedAtMs) latest.startedAtMs = startedAtMs;
      return latest;
    }
    const at = Math.floor(atMs / this.#widthMs);
    let cell = this.#cells.get(at);
    if (cell === undefined) {
      cell = { atMs, startedAtMs, successes: 0, slow: 0, failures: null, young: 0 };
      this.#cells.set(at, cell);
      // While the store is away, nobody takes them.
      if (at > this.#newest) {
        this.#newest = at;
        this.#latest = cell;
        this.#latestEndsMs = (at + 1) * this.#widthMs;
        this.#forgetOld(atMs);
      }
    }
    if (atMs > cell.atMs) cell.atMs = atMs;
    if (startedAtMs < cell.startedAtMs) cell.startedAtMs = startedAtMs;
    return cell;
  }

  #forgetOld(nowMs: number): void {
    const oldest = Math.floor(nowMs / this.#widthMs) - BUCKETS * CELLS_PER_BUCKET;
    if (this.#cells.size <= BUCKETS) return;
    for (const at of this.#cells.keys()) if (at < oldest) this.#cells.delete(at);
  }
}

function isNews({ successes, slow, failures, young }: Cell): boolean {
  return successes !== 0 || slow > 0 || failures !== null || young !== 0;
}

function failuresOf({ failures }: Cell): number {
  return FAILURE_KINDS.reduce((all, kind) => all + (failures?.[kind] ?? 0), 0);
}
