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

/** A batch, and what is needed to put it back. */
export interface Taken {
  readonly batch: Batch;
  readonly atMs: number;
  readonly round: number;
  readonly cells: readonly NumberedCell[];
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
    const batch = {
      cells: reportCells(cells, nowMs),
      lastSuccessAgeMs: this.#lastSuccessMs === null ? null : Math.max(0, nowMs - this.#lastSuccessMs),
      lastSuccessStartedAgoMs: this.#lastSuccessStartedMs === null ? null : nowMs - this.#lastSuccessStartedMs,
      tail: this.#tailFailures === 0 ? NO_TAIL : this.#tail(nowMs),
      retryAfterMs: this.#retryAfterMs,
    };
    this.#begunTold += this.#tailBegun;
    this.#emptied();
    return { batch, atMs: nowMs, round: this.#round, cells };
  }

  /**
   * Outcomes that were taken and came to nothing wait again, as if they had not been taken. False where their round or
   * their window is over: then they are evidence of nothing any more.
   */
  putBack({ batch, atMs, round, cells }: Taken, nowMs: number): boolean {
    const isOver = round !== this.#round || nowMs - atMs >= this.#windowMs;
    if (isOver || cells.some(([, { startedAtMs }]) => startedAtMs <= this.#closedMs)) return false;
    this.#putTailBack(batch.tail, atMs);
    this.#cells.putBack(cells, nowMs);
    this.#lastSuccessMs = later(this.#lastSuccessMs, batch.lastSuccessAgeMs, atMs);
    this.#lastSuccessStartedMs = later(this.#lastSuccessStartedMs, batch.lastSuccessStartedAgoMs, atMs);
    const hintMs = (batch.retryAfterMs ?? 0) - (nowMs - atMs);
    if (hintMs > 0) this.#retryAfterMs = Math.max(this.#retryAfterMs ?? 0, hintMs);
    if (cells.some(([, cell]) => failuresOf(cell) > 0)) this.isUrgent = this.hasFailure = true;
    return true;
  }

  // A success that came since, of a call that began after the first of them, has ended their streak.
  #putTailBack({ failures, ageMs, startedAgoMs, begun, beforeAgoMs }: ReportCommand["tail"], atMs: number): void {
    const startedMs = atMs - startedAgoMs;
    if (failures === 0 || (this.#lastSuccessStartedMs ?? -Infinity) >= startedMs) return;
    const isFirst = this.#tailFailures === 0;
    this.#tailSinceMs = Math.min(isFirst ? Infinity : this.#tailSinceMs, atMs - ageMs);
    this.#tailStartedMs = Math.min(isFirst ? Infinity : this.#tailStartedMs, startedMs);
    this.#tailFailures += failures;
    this.#tailBegun += begun;
    this.#begunTold = Math.max(0, this.#begunTold - begun);
    this.#beforeMs = [...beforeAgoMs.map((agoMs) => atMs - agoMs), ...this.#beforeMs];
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

function later(one: number | null, agoMs: number | null, fromMs: number): number | null {
  return agoMs === null ? one : Math.max(one ?? -Infinity, fromMs - agoMs);
}
