/** How breakers did, by the minute: the fullest window of failures in each, and the calls that were not made. */
import type { Recloser } from "../api.ts";
import type { ReplicaNote } from "./history.ts";

const MINUTE_MS = 60_000;
// A look at each breaker costs some microseconds: beyond so many, those that have failed are told by their transitions.
const LOOK_AT_MOST = 1_000;
const POINTS_MOST = 2_000;

interface Minute {
  readonly minute: number;
  calls: number;
  failures: number;
  rejected: number;
}

type Point = ReplicaNote["points"][number];

export class Minutes {
  readonly #current = new Map<string, Minute>();
  readonly #before = new Map<string, Minute>();
  #ended: { readonly key: string; readonly minute: Minute }[] = [];

  rejected(key: string, atMs: number): void {
    this.#at(key, atMs).rejected++;
  }

  /** A window's counts at an instant. The one with most failures stands for its minute. */
  saw(key: string, calls: number, failures: number, atMs: number): void {
    const minute = this.#at(key, atMs);
    if (failures < minute.failures || (failures === minute.failures && calls <= minute.calls)) return;
    minute.calls = calls;
    minute.failures = failures;
  }

  look(recloser: Recloser, nowMs: number): void {
    let looked = 0;
    for (const breaker of recloser.breakers()) {
      if (++looked > LOOK_AT_MOST) return;
      const { calls, failures } = breaker.snapshot().window;
      if (calls > 0) this.saw(breaker.name, calls, failures, nowMs);
    }
  }

  /** The minutes that are over, each once. @param all also the present one */
  takeEnded(nowMs: number, all: boolean): readonly Point[] {
    const present = Math.floor(nowMs / MINUTE_MS);
    for (const [key, minute] of this.#current) {
      if (minute.minute >= present && !all) continue;
      this.#current.delete(key);
      this.#end(key, minute);
    }
    for (const [key, minute] of this.#before) if (minute.minute < present - 1) this.#before.delete(key);
    const points = this.#ended.map(({ key, minute: { minute, calls, failures, rejected } }) => ({
      key,
      // To its middle: two clocks that differ by seconds still mean the same minute.
      ageMs: Math.max(0, nowMs - (minute + 0.5) * MINUTE_MS),
      calls,
      failures,
      rejected,
    }));
    this.#ended = [];
    return points;
  }

  /** By breaker, in about the last minute: the present one and the rest of the one before. */
  rejectedLately(nowMs: number): Readonly<Record<string, number>> {
    const share = 1 - (nowMs % MINUTE_MS) / MINUTE_MS;
    const counts: Record<string, number> = {};
    for (const [key, { rejected }] of this.#current) if (rejected > 0) counts[key] = rejected;
    for (const [key, { rejected }] of this.#before) {
      const rest = Math.round(rejected * share);
      if (rest > 0) counts[key] = (counts[key] ?? 0) + rest;
    }
    return counts;
  }

  #at(key: string, atMs: number): Minute {
    const number = Math.floor(atMs / MINUTE_MS);
    const known = this.#current.get(key);
    if (known !== undefined && known.minute >= number) return known;
    if (known !== undefined) this.#end(key, known);
    const minute = { minute: number, calls: 0, failures: 0, rejected: 0 };
    this.#current.set(key, minute);
    return minute;
  }

  #end(key: string, minute: Minute): void {
    this.#before.set(key, minute);
    if (minute.calls > 0 || minute.rejected > 0) this.#ended.push({ key, minute });
    if (this.#ended.length > POINTS_MOST) this.#ended.shift();
  }
}
