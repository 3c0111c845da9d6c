/**
 * Outcomes on their way to the store: counted into cells of time, so that a batch is small however many there were, and
 * a store that is away costs no memory. One batch is one report. What provably was not applied may be put back, and goes
 * out with the next.
 */
import type { FailureKind } from "../outcome.ts";
import type { Streak } from "../state.ts";
import { Cells, failuresOf, type NumberedCell, reportCells } from "./cells.ts";
import type { ReportCommand } from "./command.ts";

export type Batch = Pick<
  ReportCommand,
  "cells" | "lastSuccessAgeMs" | "lastSuccessStartedAgoMs" | "tail" | "retryAfterMs"
>;

/** A batch, and what it was made of. */
export interface Taken {
  readonly batch: Batch;
  readonly atMs: number;
  readonly round: number;
  readonly cells: readonly NumberedCell[];
  readonly lastSuccessMs: number | null;
  readonly lastSuccessStartedMs: number | null;
  readonly tail: {
    readonly failures: number;
    readonly sinceMs: number;
    readonly startedMs: number;
    readonly begun: number;
  };
  readonly beforeMs: readonly number[];
  readonly retryAfterMs: number | null;
}

const NO_TAIL: ReportCommand["tail"] = { failures: 0, ageMs: 0, startedAgoMs: 0, begun: 0, beforeAgoMs: [] };

export class Outbox {
  readonly #windowMs: number;
  readonly #cells: Cells;
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
  // Which round is being counted, and when the last one is known to have closed: what began before belongs to none.
  #round = 0;
  #closedMs = -Infinity;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
    this.#cells = new Cells(windowMs);
  }

  get isEmpty(): boolean {
    return this.#cells.isEmpty;
  }

  began(startedAtMs: number): void {
    this.#cells.at(startedAtMs, startedAtMs).young++;
  }

  /** A young call is young no more: it has shown something, ended, or been silent for long. */
  grew(startedAtMs: number): void {
    this.#cells.at(startedAtMs, startedAtMs).young--;
  }

  succeeded(startedAtMs: number, nowMs: number, slow: boolean): void {
    const cell = this.#cells.at(nowMs, startedAtMs);
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
    const cell = this.#cells.at(nowMs, startedAtMs);
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
    this.#cells.at(nowMs, startedAtMs).successes--;
  }

  /** What waits, and nothing waits any more. */
  take(nowMs: number): Taken {
    const cells = this.#cells.take(nowMs);
    const tail = {
      failures: this.#tailFailures,
      sinceMs: this.#tailSinceMs,
      startedMs: this.#tailStartedMs,
      begun: this.#tailBegun,
    };
    const taken: Taken = {
      batch: {
        cells: reportCells(cells, nowMs),
        lastSuccessAgeMs: this.#lastSuccessMs === null ? null : Math.max(0, nowMs - this.#lastSuccessMs),
        lastSuccessStartedAgoMs: this.#lastSuccessStartedMs === null ? null : nowMs - this.#lastSuccessStartedMs,
        tail: this.#tailFailures === 0 ? NO_TAIL : this.#tail(nowMs),
        retryAfterMs: this.#retryAfterMs,
      },
      ...{ atMs: nowMs, round: this.#round, cells, tail, beforeMs: this.#beforeMs, retryAfterMs: this.#retryAfterMs },
      ...{ lastSuccessMs: this.#lastSuccessMs, lastSuccessStartedMs: this.#lastSuccessStartedMs },
    };
    this.#begunTold += this.#tailBegun;
    this.#emptied();
    return taken;
  }

  /**
   * Outcomes that were taken and came to nothing wait again, as if they had not been taken. False where their round or
   * their window is over: then they are evidence of nothing any more.
   */
  putBack(taken: Taken, nowMs: number): boolean {
    const isOver = taken.round !== this.#round || nowMs - taken.atMs >= this.#windowMs;
    if (isOver || taken.cells.some(([, { startedAtMs }]) => startedAtMs <= this.#closedMs)) return false;
    this.#putTailBack(taken);
    this.#cells.putBack(taken.cells, nowMs);
    this.#lastSuccessMs = later(this.#lastSuccessMs, taken.lastSuccessMs);
    this.#lastSuccessStartedMs = later(this.#lastSuccessStartedMs, taken.lastSuccessStartedMs);
    const hintMs = taken.retryAfterMs === null ? 0 : taken.retryAfterMs - (nowMs - taken.atMs);
    if (hintMs > 0) this.#retryAfterMs = Math.max(this.#retryAfterMs ?? 0, hintMs);
    if (taken.cells.some(([, cell]) => failuresOf(cell) > 0)) this.isUrgent = this.hasFailure = true;
    return true;
  }

  // A success that came since, of a call that began after the first of them, has ended their streak.
  #putTailBack({ tail, beforeMs }: Taken): void {
    const endedBy = this.#lastSuccessStartedMs;
    if (tail.failures === 0 || (endedBy !== null && endedBy >= tail.startedMs)) return;
    this.#tailSinceMs = this.#tailFailures === 0 ? tail.sinceMs : Math.min(this.#tailSinceMs, tail.sinceMs);
    this.#tailStartedMs = this.#tailFailures === 0 ? tail.startedMs : Math.min(this.#tailStartedMs, tail.startedMs);
    this.#tailFailures += tail.failures;
    this.#tailBegun += tail.begun;
    this.#begunTold = Math.max(0, this.#begunTold - tail.begun);
    this.#beforeMs = [...beforeMs, ...this.#beforeMs];
  }

  /** A new round: what was counted belongs to none. */
  clear(): void {
    this.#round++;
    this.#begunTold = 0;
    this.#failedLast = false;
    this.#emptied();
  }

  /** Keeps only what came of calls that began after an instant. */
  keepStartedAfter(atMs: number): void {
    this.#closedMs = Math.max(this.#closedMs, atMs);
    this.#cells.keepStartedAfter(atMs);
    const { failures } = this.#cells;
    this.isUrgent = this.hasFailure = failures > 0;
    if (this.#cells.successes === 0) this.#lastSuccessMs = this.#lastSuccessStartedMs = null;
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
    this.#lastSuccessMs = this.#lastSuccessStartedMs = this.#retryAfterMs = null;
    this.#beforeMs = [];
    this.#tailFailures = this.#tailBegun = 0;
    this.isUrgent = this.hasFailure = false;
  }
}

function later(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
