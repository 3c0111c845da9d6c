/** Outcomes counted by the time at which they came, finely enough for any store's buckets. */
import { FAILURE_KINDS, type FailureKind } from "../outcome.ts";
import { BUCKETS } from "../window.ts";
import type { ReportCell } from "./command.ts";

export interface Cell {
  /** The latest instant counted here: what its age is told by. */
  atMs: number;
  /** When the oldest of the calls counted here began. */
  startedAtMs: number;
  successes: number;
  slow: number;
  failures: Partial<Record<FailureKind, number>> | null;
  young: number;
}

export type NumberedCell = readonly [number: number, cell: Cell];

// Finer than the store's buckets, whose edges lie elsewhere on this clock.
const CELLS_PER_BUCKET = 3;

export class Cells {
  readonly #widthMs: number;
  readonly #cells = new Map<number, Cell>();
  #newest = -Infinity;
  // Nearly everything falls into the newest cell: it is found without a division.
  #latest: Cell | null = null;
  #latestEndsMs = 0;

  constructor(windowMs: number) {
    this.#widthMs = windowMs / (BUCKETS * CELLS_PER_BUCKET);
  }

  get isEmpty(): boolean {
    return this.#cells.size === 0;
  }

  get failures(): number {
    return [...this.#cells.values()].reduce((all, cell) => all + failuresOf(cell), 0);
  }

  get successes(): number {
    return [...this.#cells.values()].reduce((all, { successes }) => all + Math.max(0, successes), 0);
  }

  /** The cell of an instant, which now counts a call that began when it says. */
  at(atMs: number, startedAtMs: number): Cell {
    const latest = this.#latest;
    if (latest !== null && atMs >= latest.atMs && atMs < this.#latestEndsMs) {
      latest.atMs = atMs;
      if (startedAtMs < latest.startedAtMs) latest.startedAtMs = startedAtMs;
      return latest;
    }
    const number = Math.floor(atMs / this.#widthMs);
    let cell = this.#cells.get(number);
    if (cell === undefined) {
      cell = { atMs, startedAtMs, successes: 0, slow: 0, failures: null, young: 0 };
      this.#cells.set(number, cell);
      // While the store is away, nobody takes them.
      if (number > this.#newest) {
        this.#newest = number;
        this.#latest = cell;
        this.#latestEndsMs = (number + 1) * this.#widthMs;
        this.forgetOld(atMs);
      }
    }
    if (atMs > cell.atMs) cell.atMs = atMs;
    if (startedAtMs < cell.startedAtMs) cell.startedAtMs = startedAtMs;
    return cell;
  }

  /** All there is, and nothing is left here. */
  take(nowMs: number): readonly NumberedCell[] {
    this.forgetOld(nowMs);
    const taken = [...this.#cells];
    this.clear();
    return taken;
  }

  /** Cells of before, beside what has been counted since. */
  putBack(taken: readonly NumberedCell[], nowMs: number): void {
    for (const [number, cell] of taken) {
      const since = this.#cells.get(number);
      this.#cells.set(number, since === undefined ? cell : sum(cell, since));
      this.#newest = Math.max(this.#newest, number);
    }
    this.#latest = null;
    this.forgetOld(nowMs);
  }

  clear(): void {
    this.#cells.clear();
    this.#newest = -Infinity;
    this.#latest = null;
  }

  keepStartedAfter(atMs: number): void {
    for (const [number, cell] of this.#cells) if (cell.startedAtMs <= atMs) this.#cells.delete(number);
    this.#latest = null;
  }

  forgetOld(nowMs: number): void {
    const oldest = Math.floor(nowMs / this.#widthMs) - BUCKETS * CELLS_PER_BUCKET;
    if (this.#cells.size <= BUCKETS) return;
    for (const number of this.#cells.keys()) if (number < oldest) this.#cells.delete(number);
  }
}

export function failuresOf({ failures }: Cell): number {
  return FAILURE_KINDS.reduce((all, kind) => all + (failures?.[kind] ?? 0), 0);
}

/** As a report tells of them: by age, without those in which nothing has changed. */
export function reportCells(cells: readonly NumberedCell[], nowMs: number): readonly ReportCell[] {
  return cells
    .map(([, cell]) => cell)
    .filter(isNews)
    .map(({ atMs, successes, slow, failures, young }) => ({
      ageMs: Math.max(0, nowMs - atMs),
      ...{ successes, slow, young },
      failures: { ...failures }, // they may be put back, and go on being counted
    }));
}

function isNews({ successes, slow, failures, young }: Cell): boolean {
  return successes !== 0 || slow > 0 || failures !== null || young !== 0;
}

function sum(one: Cell, other: Cell): Cell {
  const failures: Partial<Record<FailureKind, number>> = {};
  for (const kind of FAILURE_KINDS) {
    const count = (one.failures?.[kind] ?? 0) + (other.failures?.[kind] ?? 0);
    if (count > 0) failures[kind] = count;
  }
  return {
    atMs: Math.max(one.atMs, other.atMs),
    startedAtMs: Math.min(one.startedAtMs, other.startedAtMs),
    successes: one.successes + other.successes,
    slow: one.slow + other.slow,
    failures: one.failures === null && other.failures === null ? null : failures,
    young: one.young + other.young,
  };
}
