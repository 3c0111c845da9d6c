/**
 * Calls against a provider that is a function, played through real breakers in virtual time: how many were made, answered,
 * refused, and not made. Synchronous and seeded, so that minutes of load take milliseconds and come out the same.
 */
import { createBreaker, type PolicyOptions } from "recloser";
import { seededRandom } from "recloser/testing";
import type { Admission } from "../../packages/recloser/src/admission.ts";

/** What a provider does with a call: how it ends and when, and when its first content comes. */
export interface Played {
  readonly endsAfterMs: number;
  readonly contentAfterMs?: number;
  /** Undefined: a good answer. */
  readonly error?: unknown;
}

export interface Load {
  /** Over all replicas. */
  readonly perSecond: number;
  readonly forMs: number;
  readonly provider: (nowMs: number, random: () => number) => Played;
  readonly policy?: PolicyOptions;
  readonly replicas?: number;
  /** Calls that come evenly; default: at random. */
  readonly even?: boolean;
  readonly seed?: number;
}

export interface Tally {
  /** Calls that callers wanted. */
  asked: number;
  made: number;
  /** Answered well, counted when the call began. */
  good: number;
  bad: number;
  /** Not made, by the error's code or reason. */
  readonly rejected: Record<string, number>;
}

export interface LoadResult extends Tally {
  /** By second since the start. */
  readonly seconds: readonly Tally[];
  readonly transitions: number;
  readonly holds: number;
}

/** A rate limit as providers keep it: a bucket of `burst` calls that fills at `perSecond`. What is above gets `refusal`. */
export function tokenBucket(
  perSecond: number,
  burst: number,
  answer: (random: () => number) => Played,
  refusal: Played = { endsAfterMs: 50, error: tooMany() },
): Load["provider"] {
  let tokens = burst;
  let filledAtMs = START_MS;
  return (nowMs, random) => {
    tokens = Math.min(burst, tokens + ((nowMs - filledAtMs) * perSecond) / 1_000);
    filledAtMs = nowMs;
    if (tokens < 1) return refusal;
    tokens--;
    return answer(random);
  };
}

export const tooMany = (headers: Record<string, string> = {}): Error =>
  Object.assign(new Error("429 too many requests"), { status: 429, headers: new Headers(headers) });

export const broken = (): Error => Object.assign(new Error("503 overloaded"), { status: 503 });

/** Milliseconds between two bounds. */
export function between(fromMs: number, toMs: number): (random: () => number) => number {
  return (random) => fromMs + (toMs - fromMs) * random();
}

export const START_MS = 1_800_000_000_000;

/** Plays a load and counts. */
export function playLoad(load: Load): LoadResult {
  const random = seededRandom(load.seed ?? 1);
  let nowMs = START_MS;
  const clock = { now: () => nowMs, sleep: () => new Promise<void>(() => {}) };
  const seconds: Tally[] = [];
  const all = emptyTally();
  let transitions = 0;
  let holds = 0;
  let reason = "";
  const breakers = Array.from({ length: load.replicas ?? 1 }, (_, replica) => {
    const breaker = createBreaker({ ...load.policy, clock, random: seededRandom(1_000 + replica) });
    breaker.on("rejected", (event) => (reason = event.reason));
    breaker.on("transition", () => transitions++);
    breaker.on("hold", () => holds++);
    return breaker;
  });
  const due = new Timeline();
  const endMs = START_MS + load.forMs;
  for (let arrivalMs = START_MS; arrivalMs < endMs;) {
    due.runUntil(arrivalMs, (atMs) => (nowMs = atMs));
    nowMs = arrivalMs;
    const tallies = [all, (seconds[Math.floor((nowMs - START_MS) / 1_000)] ??= emptyTally())];
    const count = (field: "asked" | "made" | "good" | "bad"): void => tallies.forEach((tally) => tally[field]++);
    count("asked");
    const permit = breakers[Math.floor(random() * breakers.length)]?.tryAcquire();
    if (permit === null || permit === undefined) {
      for (const { rejected } of tallies) rejected[reason] = (rejected[reason] ?? 0) + 1;
    } else {
      count("made");
      const { contentAfterMs, endsAfterMs, error } = load.provider(nowMs, random);
      count(error === undefined ? "good" : "bad");
      if (contentAfterMs !== undefined)
        due.add(nowMs + contentAfterMs, () => (permit as unknown as Admission).contentArrived(nowMs));
      due.add(nowMs + endsAfterMs, () => (error === undefined ? permit.success() : permit.failure(error)));
    }
    arrivalMs += load.even === true ? 1_000 / load.perSecond : (-Math.log(1 - random()) * 1_000) / load.perSecond;
  }
  return { ...all, seconds, transitions, holds };
}

function emptyTally(): Tally {
  return { asked: 0, made: 0, good: 0, bad: 0, rejected: {} };
}

/** What is to happen when: a heap, since answers of a minute overlap by the thousand. */
class Timeline {
  readonly #heap: { readonly atMs: number; readonly run: () => void }[] = [];

  add(atMs: number, run: () => void): void {
    const heap = this.#heap;
    let at = heap.push({ atMs, run }) - 1;
    while (at > 0 && this.#atMs(at) < this.#atMs((at - 1) >> 1)) at = this.#swap(at, (at - 1) >> 1);
  }

  /** Runs what falls due, in order. */
  runUntil(untilMs: number, tell: (atMs: number) => void): void {
    while (this.#atMs(0) <= untilMs) {
      const { atMs, run } = this.#heap[0] as { atMs: number; run: () => void };
      this.#dropFirst();
      tell(atMs);
      run();
    }
  }

  #dropFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    for (let at = 0; ;) {
      const child = this.#atMs(2 * at + 2) < this.#atMs(2 * at + 1) ? 2 * at + 2 : 2 * at + 1;
      if (this.#atMs(at) <= this.#atMs(child)) return;
      at = this.#swap(at, child);
    }
  }

  #atMs(index: number): number {
    return this.#heap[index]?.atMs ?? Infinity;
  }

  #swap(a: number, b: number): number {
    const heap = this.#heap as { atMs: number; run: () => void }[];
    [heap[a], heap[b]] = [heap[b] as (typeof heap)[0], heap[a] as (typeof heap)[0]];
    return b;
  }
}
