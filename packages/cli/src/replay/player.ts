/** Plays recorded calls to policies in the order of their instants: beginnings and ends, on a clock that the log moves. */
import type { Clock, Permit } from "recloser";
import { type Candidate, MOST_KEYS } from "./candidate.ts";
import { Heap } from "./heap.ts";
import type { RecordedCall } from "./recorded-call.ts";

/** Lines are written when calls end, so the beginnings come in another order: a line may be so much behind. */
const HORIZON_MS = 300_000;
/** And so many are kept at most, whatever their instants say. */
const MOST_WAITING = 200_000;

interface UnderWay {
  readonly call: RecordedCall;
  readonly permits: readonly (Permit | null)[];
}

export class Player {
  /** Calls played. */
  calls = 0;
  failed = 0;
  /** Of these, the ones whose line came too late to be played at their own instant. */
  late = 0;
  /** Calls of breakers beyond the most that are kept apart. */
  leftOut = 0;
  fromMs: number = Infinity;
  readonly keys: Set<string> = new Set();
  readonly #waiting = new Heap<RecordedCall>(({ startMs }) => startMs);
  readonly #underWay = new Heap<UnderWay>(({ call }) => call.shownMs);
  #candidates: readonly Candidate[] = [];
  #nowMs = 0;
  #latestMs = -Infinity;

  /** What the policies go by. */
  readonly clock: Clock = {
    now: () => this.#nowMs,
    // Nothing here waits for a time: what is due shows at the next call.
    sleep: (_ms, { signal } = {}) =>
      new Promise((_resolve, reject) =>
        signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true }),
      ),
  };

  get toMs(): number {
    return this.#nowMs;
  }

  use(candidates: readonly Candidate[]): void {
    this.#candidates = candidates;
  }

  add(call: RecordedCall): void {
    if (!this.keys.has(call.key)) {
      if (this.keys.size === MOST_KEYS) return void this.leftOut++;
      this.keys.add(call.key);
    }
    this.#latestMs = Math.max(this.#latestMs, call.endMs);
    this.#waiting.push(call);
    for (let next = this.#waiting.first; next !== undefined; next = this.#waiting.first) {
      if (next.startMs > this.#latestMs - HORIZON_MS && this.#waiting.size <= MOST_WAITING) return;
      this.#waiting.pop();
      this.#play(next);
    }
  }

  /** The log is over. */
  finish(): void {
    for (let next = this.#waiting.pop(); next !== undefined; next = this.#waiting.pop()) this.#play(next);
    this.#endUntil(Infinity);
    for (const candidate of this.#candidates) candidate.finish();
  }

  #play(call: RecordedCall): void {
    if (call.startMs < this.#nowMs) this.late++;
    this.#endUntil(call.startMs);
    this.#nowMs = Math.max(this.#nowMs, call.startMs);
    this.fromMs = Math.min(this.fromMs, this.#nowMs);
    this.calls++;
    if (call.kind !== "success") this.failed++;
    this.#underWay.push({ call, permits: this.#candidates.map((candidate) => candidate.begin(call)) });
  }

  #endUntil(untilMs: number): void {
    for (let next = this.#underWay.first; next !== undefined; next = this.#underWay.first) {
      const { call, permits } = next;
      if (call.shownMs > untilMs) return;
      this.#underWay.pop();
      this.#nowMs = Math.max(this.#nowMs, call.shownMs);
      for (const [at, candidate] of this.#candidates.entries()) {
        const permit = permits[at];
        if (permit !== null && permit !== undefined) candidate.end(permit, call);
      }
    }
  }
}
