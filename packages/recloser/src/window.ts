/**
 * The sliding window: how many calls ended how, recently. Every operation is O(1) in the window's size and in the number
 * of outcomes; reading moves it on, so an idle hour ages it without a timer.
 */
import { FAILURE_KINDS, type FailureKind } from "./outcome.ts";
import type { Counts } from "./trip.ts";

export interface Window extends Counts {
  /** Drops what is older than the window. Call it before reading the counts. */
  advance(nowMs: number): void;
  /** Returns a place to `retract` one of them from. */
  addSuccesses(nowMs: number, count: number, slow: number): number;
  /** Takes one success back that was added at a place; false if it no longer counts. If it was slow it stays so. */
  retract(place: number): boolean;
  /** `mark`: how many calls had begun by then; tells later which calls began after the first failure. */
  addFailure(nowMs: number, kind: FailureKind, slow: boolean, mark: number): void;
  failuresByKind(): Partial<Record<FailureKind, number>>;
  /** The mark of the oldest failure that still counts; Infinity without one. */
  firstFailureMark(): number;
  /** Adds all that counts here to another window, in order and each at its time: how a policy change keeps the evidence. */
  replay(into: Window, nowMs: number): void;
  clear(): void;
}

const KINDS = FAILURE_KINDS.length;
const KIND_INDEX: ReadonlyMap<FailureKind, number> = new Map(FAILURE_KINDS.map((kind, index) => [kind, index]));

function indexOf(kind: FailureKind): number {
  return KIND_INDEX.get(kind) as number;
}

/** Buckets in a window of time (protocol.md §8). */
export const BUCKETS = 10;

/**
 * A window of time in ten buckets, each addressed by `floor(time / width)`: the newest ten count, so an outcome counts
 * for at least nine tenths of the window and never longer than all of it.
 */
export class TimeWindow implements Window {
  successes = 0;
  failures = 0;
  slow = 0;
  readonly #widthMs: number;
  #newest = -Infinity;
  // Nearly every outcome falls into the newest bucket: it is found without a division.
  #newestSlot = 0;
  #newestEndsMs = -Infinity;
  // Plain arrays of small integers: for 10 buckets they are smaller than a typed array and its buffer.
  readonly #successes: number[] = new Array<number>(BUCKETS).fill(0);
  readonly #slow: number[] = new Array<number>(BUCKETS).fill(0);
  // Most windows never see a failure, so its counts by kind come with the first one.
  #failures: number[] | null = null;
  #firstMarks: number[] | null = null;

  constructor(windowMs: number) {
    this.#widthMs = windowMs / BUCKETS;
  }

  advance(nowMs: number): void {
    if (nowMs < this.#newestEndsMs) return;
    const bucket = Math.floor(nowMs / this.#widthMs);
    if (bucket <= this.#newest) return;
    const passed = Math.min(BUCKETS, bucket - this.#newest);
    for (let back = 0; back < passed; back++) this.#empty(bucket - back);
    this.#newest = bucket;
    this.#newestSlot = mod(bucket);
    this.#newestEndsMs = (bucket + 1) * this.#widthMs;
  }

  addSuccesses(nowMs: number, count: number, slow: number): number {
    const slot = this.#slotAt(nowMs);
    this.successes += count;
    this.#successes[slot] = (this.#successes[slot] as number) + count;
    if (slow > 0) this.#addSlow(slot, slow);
    return this.#newest;
  }

  retract(place: number): boolean {
    const slot = mod(place);
    if (place <= this.#newest - BUCKETS || (this.#successes[slot] as number) === 0) return false;
    this.successes--;
    this.#successes[slot] = (this.#successes[slot] as number) - 1;
    return true;
  }

  addFailure(nowMs: number, kind: FailureKind, slow: boolean, mark: number): void {
    const slot = this.#slotAt(nowMs);
    this.#failures ??= new Array<number>(BUCKETS * KINDS).fill(0);
    this.#firstMarks ??= new Array<number>(BUCKETS).fill(Infinity);
    const cell = slot * KINDS + indexOf(kind);
    this.#failures[cell] = (this.#failures[cell] as number) + 1;
    if (mark < (this.#firstMarks[slot] as number)) this.#firstMarks[slot] = mark;
    this.failures++;
    if (slow) this.#addSlow(slot, 1);
  }

  failuresByKind(): Partial<Record<FailureKind, number>> {
    const counts: Partial<Record<FailureKind, number>> = {};
    FAILURE_KINDS.forEach((kind, index) => {
      let count = 0;
      for (let slot = 0; slot < BUCKETS; slot++) count += this.#failures?.[slot * KINDS + index] ?? 0;
      if (count > 0) counts[kind] = count;
    });
    return counts;
  }

  firstFailureMark(): number {
    return Math.min(...(this.#firstMarks ?? []));
  }

  replay(into: Window, nowMs: number): void {
    for (let bucket = this.#newest - BUCKETS + 1; bucket <= this.#newest; bucket++) {
      const slot = mod(bucket);
      const atMs = Math.min(nowMs, bucket * this.#widthMs);
      const successes = this.#successes[slot] as number;
      if (successes > 0) into.addSuccesses(atMs, successes, Math.min(successes, this.#slow[slot] as number));
      const mark = this.#firstMarks?.[slot] ?? Infinity;
      let slow = (this.#slow[slot] as number) - successes;
      FAILURE_KINDS.forEach((kind, index) => {
        const count = this.#failures?.[slot * KINDS + index] ?? 0;
        for (let i = 0; i < count; i++) into.addFailure(atMs, kind, slow-- > 0, mark);
      });
    }
  }

  clear(): void {
    this.#newest = this.#newestEndsMs = -Infinity;
    this.successes = this.failures = this.slow = 0;
    this.#successes.fill(0);
    this.#slow.fill(0);
    this.#failures = this.#firstMarks = null;
  }

  #slotAt(nowMs: number): number {
    this.advance(nowMs);
    return this.#newestSlot;
  }

  #addSlow(slot: number, count: number): void {
    this.slow += count;
    this.#slow[slot] = (this.#slow[slot] as number) + count;
  }

  #empty(bucket: number): void {
    const slot = mod(bucket);
    this.successes -= this.#successes[slot] as number;
    this.slow -= this.#slow[slot] as number;
    this.#successes[slot] = this.#slow[slot] = 0;
    if (this.#failures === null || this.#firstMarks === null) return;
    for (let cell = slot * KINDS; cell < (slot + 1) * KINDS; cell++) {
      this.failures -= this.#failures[cell] as number;
      this.#failures[cell] = 0;
    }
    this.#firstMarks[slot] = Infinity;
  }
}

function mod(bucket: number): number {
  return ((bucket % BUCKETS) + BUCKETS) % BUCKETS;
}

const SUCCESS = 0;
const RETRACTED = 0x3f;
const SLOW = 0x40;

/** A window of the last `size` calls, whenever they were. Kept by one process only. */
export class CountWindow implements Window {
  successes = 0;
  failures = 0;
  slow = 0;
  readonly #size: number;
  // One byte a call: 0 a success, 1 + kind a failure, with a bit for slow.
  readonly #outcomes: Uint8Array;
  #marks: Float64Array | null = null;
  #next = 0;
  #filled = 0;
  #pushed = 0;
  readonly #byKind: number[] = new Array<number>(KINDS).fill(0);

  constructor(size: number) {
    this.#size = size;
    this.#outcomes = new Uint8Array(size);
  }

  advance(): void {}

  addSuccesses(_nowMs: number, count: number, slow: number): number {
    const added = Math.min(count, this.#size);
    for (let i = 0; i < added; i++) this.#push(SUCCESS | (i < slow ? SLOW : 0));
    return this.#pushed - 1;
  }

  // A call's own outcome is at most as old as the window, so its slot is still its own; the failure takes it over by
  // leaving a hole that counts as nothing.
  retract(place: number): boolean {
    if (place < this.#pushed - this.#filled || place >= this.#pushed) return false;
    const slot = place % this.#size;
    if (((this.#outcomes[slot] as number) & ~SLOW) !== SUCCESS) return false;
    this.successes--;
    this.#outcomes[slot] = ((this.#outcomes[slot] as number) & SLOW) | RETRACTED;
    return true;
  }

  addFailure(_nowMs: number, kind: FailureKind, slow: boolean, mark: number): void {
    this.#marks ??= new Float64Array(this.#size);
    this.#marks[this.#next] = mark;
    this.#push((1 + indexOf(kind)) | (slow ? SLOW : 0));
  }

  failuresByKind(): Partial<Record<FailureKind, number>> {
    const counts: Partial<Record<FailureKind, number>> = {};
    FAILURE_KINDS.forEach((kind, index) => {
      const count = this.#byKind[index] as number;
      if (count > 0) counts[kind] = count;
    });
    return counts;
  }

  // O(size), but asked only once per trip.
  firstFailureMark(): number {
    let first = Infinity;
    if (this.#marks === null) return first;
    for (let slot = 0; slot < this.#filled; slot++) {
      const kind = (this.#outcomes[slot] as number) & ~SLOW;
      if (kind !== SUCCESS && kind !== RETRACTED) first = Math.min(first, this.#marks[slot] as number);
    }
    return first;
  }

  replay(into: Window, nowMs: number): void {
    for (let i = 0; i < this.#filled; i++) {
      const slot = (this.#next - this.#filled + i + this.#size) % this.#size;
      const outcome = this.#outcomes[slot] as number;
      const slow = (outcome & SLOW) !== 0;
      if ((outcome & ~SLOW) === RETRACTED) continue;
      const kind = FAILURE_KINDS[(outcome & ~SLOW) - 1];
      if (kind === undefined) into.addSuccesses(nowMs, 1, slow ? 1 : 0);
      else into.addFailure(nowMs, kind, slow, this.#marks?.[slot] ?? Infinity);
    }
  }

  clear(): void {
    this.successes = this.failures = this.slow = 0;
    this.#next = this.#filled = this.#pushed = 0;
    this.#byKind.fill(0);
    this.#marks = null;
  }

  #push(outcome: number): void {
    if (this.#filled === this.#size) this.#count(this.#outcomes[this.#next] as number, -1);
    else this.#filled++;
    this.#outcomes[this.#next] = outcome;
    this.#pushed++;
    this.#next = this.#next + 1 === this.#size ? 0 : this.#next + 1;
    this.#count(outcome, 1);
  }

  #count(outcome: number, by: 1 | -1): void {
    if ((outcome & SLOW) !== 0) this.slow += by;
    const kind = outcome & ~SLOW;
    if (kind === SUCCESS) {
      this.successes += by;
    } else if (kind !== RETRACTED) {
      this.failures += by;
      this.#byKind[kind - 1] = (this.#byKind[kind - 1] as number) + by;
    }
  }
}
