/**
 * Pacing: a provider that refuses some calls for their rate and serves the others is asked less often. The rate let
 * through follows what the provider admits: down to a little below it with refusals, up step by step without (AIMD).
 * Of one record in one process, without a timer: it moves only with calls (docs/decisions/0013).
 */
import type { QuietList } from "./quiet-list.ts";
import type { Ticket } from "./ticket.ts";

/**
 * So many calls begun one after another, over at least `FULL_STOP_LEAST_MS`, and all refused, are no excess but a full
 * stop: they hold everybody. Fewer happen by chance between two calls that the limit lets pass.
 */
export const REFUSED_IN_A_ROW = 10;
const FULL_STOP_LEAST_MS = 100;
// How many calls back is remembered; as many in a row are a full stop, however fast they came.
const PLACES = 256;

// The rate is judged once a second, but not by fewer calls than this unless they take ten times as long: a second with
// two calls says nothing. Refusals of calls that began earlier were judged with theirs, so a burst of them counts once.
const EPOCH_MS = 1_000;
const EPOCH_CALLS = 10;
const LONGEST_EPOCH_MS = 10_000;
// Below what was admitted, so that the provider's own bucket fills again.
const BACK_OFF = 0.95;
// Of the rate after the last refusal, for each second of an epoch without one in which somebody was turned away.
const STEP = 0.02;
const STEP_MOST_SECONDS = 4;
// So many epochs in a row without a refusal: the limit is far away, and steps of what it once was would take hours.
const CALM_EPOCHS = 8;
const CALM_FACTOR = 1.25;
// How much may go at once after a pause; calls do not come evenly, and a bucket of one would lose half of them.
const BURST_MS = 1_000;
const BURST_LEAST = 2;
// Pacing is over when nobody was turned away or refused for this long.
const OVER_AFTER_MS = 30_000;
// How long the provider's word on its limit stands. Then the rate rises past it until it is refused, and told anew: limits are
// raised without a word to those who keep below them.
const TOLD_FOR_MS = 30_000;

export class Pace {
  // As it was measured; Infinity while it still is.
  #measured = Infinity;
  // As the provider says; Infinity where it does not.
  #told = Infinity;
  #toldAtMs = 0;
  #step = 0;
  #tokens = 0;
  #filledAtMs: number;
  #lastNeededMs: number;
  // The epoch: when it began (null: with the next call), its last call, and what became of them.
  #fromMs: number | null;
  #lastBegunMs = 0;
  #begun = 0;
  #refused = 0;
  #turnedAway = 0;
  // Epochs in a row in which somebody was turned away and nobody refused.
  #calm = 0;
  // By mark, the latest so many: which were refused, and when they had begun.
  readonly #marks: Float64Array = new Float64Array(PLACES).fill(-1);
  readonly #startsMs: Float64Array = new Float64Array(PLACES);

  constructor(nowMs: number) {
    this.#filledAtMs = this.#lastNeededMs = this.#fromMs = nowMs;
  }

  /** Calls per second let through; Infinity while it is not known. */
  get perSecond(): number {
    return Math.min(this.#measured, this.#told);
  }

  /** Whether one more call may begin; one that may not still counts as demand. @param share see `waitMs` */
  admits(nowMs: number, share = 1): boolean {
    if (this.waitMs(nowMs, share) === 0) return true;
    this.#turnedAway++;
    this.#lastNeededMs = nowMs;
    return false;
  }

  /**
   * Until the next call may begin, milliseconds.
   *
   * @param share what of the calls saved up it may use: the rest is kept for others, so that it gets what they leave over
   * @param ahead how many begin before it
   */
  waitMs(nowMs: number, share = 1, ahead = 0): number {
    this.#judge(nowMs);
    const { perSecond } = this;
    if (perSecond === Infinity) return 0;
    this.#fill(nowMs);
    const most = this.#burst;
    const needed = ahead + Math.min(most, 1 + most * (1 - share));
    return this.#tokens >= needed ? 0 : ((needed - this.#tokens) / perSecond) * 1_000;
  }

  /**
   * The provider says how many calls per second its limit is. That is a bound, and no measure: others may take their part of it.
   * Until it was measured here, it stands for it.
   */
  tell(perSecond: number, nowMs: number): void {
    this.#judge(nowMs);
    if (this.perSecond === Infinity) this.#begin(nowMs);
    this.#told = perSecond;
    this.#toldAtMs = nowMs;
  }

  /** A call begins. Never below zero: in observe mode and under an override more begin than are admitted. */
  take(nowMs: number): void {
    this.#judge(nowMs);
    this.#fromMs ??= nowMs;
    this.#lastBegunMs = nowMs;
    this.#begun++;
    if (this.perSecond === Infinity) return;
    this.#fill(nowMs);
    this.#tokens = Math.max(0, this.#tokens - 1);
  }

  /**
   * The provider refused a call for its rate.
   *
   * @param mark the call's place in the order of calls
   * @returns whether this is a full stop: calls begun one after another were all refused
   */
  refused(mark: number, startedAtMs: number, nowMs: number): boolean {
    this.#judge(nowMs);
    this.#lastNeededMs = nowMs;
    if (this.#fromMs !== null && startedAtMs >= this.#fromMs) this.#refused++;
    this.#marks[mark % PLACES] = mark;
    this.#startsMs[mark % PLACES] = startedAtMs;
    return this.#isFullStop(mark);
  }

  /** A hold begins: what was counted so far says nothing of the rate after it. */
  pause(): void {
    this.#fromMs = null;
    this.#begun = this.#refused = this.#turnedAway = 0;
  }

  /** Whether nobody has needed it for long. */
  isOver(nowMs: number): boolean {
    return nowMs - this.#lastNeededMs >= OVER_AFTER_MS;
  }

  // Refusals around a call, in the order the calls began: they come in any other, since some take longer.
  #isFullStop(mark: number): boolean {
    let first = mark;
    let last = mark;
    while (last - first + 1 < PLACES && this.#wasRefused(first - 1)) first--;
    while (last - first + 1 < PLACES && this.#wasRefused(last + 1)) last++;
    const calls = last - first + 1;
    if (calls < REFUSED_IN_A_ROW) return false;
    const spanMs = (this.#startsMs[last % PLACES] as number) - (this.#startsMs[first % PLACES] as number);
    return spanMs >= FULL_STOP_LEAST_MS || calls === PLACES;
  }

  #wasRefused(mark: number): boolean {
    return mark >= 0 && this.#marks[mark % PLACES] === mark;
  }

  #judge(nowMs: number): void {
    if (nowMs - this.#toldAtMs >= TOLD_FOR_MS) this.#forget();
    if (this.#fromMs === null) return;
    const elapsedMs = nowMs - this.#fromMs;
    if (elapsedMs < EPOCH_MS || (this.#begun < EPOCH_CALLS && elapsedMs < LONGEST_EPOCH_MS)) return;
    const seconds = Math.max(EPOCH_MS, this.#lastBegunMs - this.#fromMs) / 1_000;
    if (this.#refused > 0) this.#lower(seconds, nowMs);
    else if (this.#turnedAway > 0) this.#raise(seconds);
    this.pause();
    this.#fromMs = nowMs;
  }

  #raise(seconds: number): void {
    if (this.#measured >= this.#told) return; // it is where the provider says it is
    const stepped = this.#measured + this.#step * Math.min(seconds, STEP_MOST_SECONDS);
    const raised = ++this.#calm > CALM_EPOCHS ? Math.max(stepped, this.#measured * CALM_FACTOR) : stepped;
    this.#measured = Math.min(raised, this.#told);
  }

  // To a little below what was admitted. A rate that is known is halved at most, and falls in any case.
  #lower(seconds: number, nowMs: number): void {
    this.#calm = 0;
    const admitted = ((this.#begun - this.#refused) / seconds) * BACK_OFF;
    if (this.#measured !== Infinity) {
      this.#measured = Math.min(this.#measured * BACK_OFF, Math.max(admitted, this.#measured / 2));
    } else if (admitted > 0) {
      if (this.perSecond === Infinity) this.#begin(nowMs);
      this.#measured = Math.min(admitted, this.#told);
    }
    this.#step = this.#measured * STEP;
  }

  // The word is old: what it was goes on as if it had been measured.
  #forget(): void {
    if (this.#told === Infinity) return;
    if (this.#measured === Infinity) this.#measured = this.#told;
    this.#step = this.#measured * STEP;
    this.#told = Infinity;
    this.#calm = 0;
  }

  #begin(nowMs: number): void {
    this.#filledAtMs = nowMs;
    this.#tokens = 0;
  }

  get #burst(): number {
    return Math.max(BURST_LEAST, (this.perSecond * BURST_MS) / 1_000);
  }

  #fill(nowMs: number): void {
    const filled = this.#tokens + ((nowMs - this.#filledAtMs) * this.perSecond) / 1_000;
    this.#tokens = Math.min(this.#burst, filled);
    this.#filledAtMs = nowMs;
  }
}

// A refusal comes at once; a call in flight for longer than this beyond twice as long is being served.
const STANDS_AFTER_MS = 50;

/**
 * Whether other calls are being served while one was refused: streams whose content has begun, or a call that has been
 * in flight for much longer than the refusal took. Answers take 8–60 s and a refusal 50 ms, so "a success since the call
 * began" alone would miss nearly all of them.
 */
export function othersStand(quiet: QuietList, refused: Ticket, nowMs: number): boolean {
  if (quiet.shown > 0) return true;
  const oldest = quiet.firstYoung;
  if (oldest === null) return false;
  return nowMs - oldest.startedAtMs >= 2 * (nowMs - refused.startedAtMs) + STANDS_AFTER_MS;
}
