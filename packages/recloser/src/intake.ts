/**
 * How much a route may take over from the routes before it. When the first provider fails, its whole load falls on the second
 * at once, which may have a fraction of its quota: the calls in flight there are limited, and the limit grows while it is
 * met, until the provider refuses one; what it carries then is what it can carry (docs/decisions/0030-failover.md).
 *
 * One per breaker in this process, however many failovers have it as a route. Without a timer: it moves only with calls.
 */
import type { Breaker } from "./api.ts";
import type { OutcomeKind } from "./outcome.ts";

/** Calls in flight with which a route begins to take over, beside those it has already. */
export const INTAKE_FROM = 4;

// Until the first refusal the limit doubles with each round of answers (a slow start), and by time where they take long.
const GROWTH_PER_SECOND = 1.3;
// After one, each answer adds so much: one more is tried for each twenty answers, so about one call in twenty is refused,
// however fast they are and however many processes share the provider.
const GROWTH_PER_ANSWER = 0.05;
// Answers may take a minute, and the provider's limit may have become another: where nothing was refused for so long, time
// makes it grow too, twice as fast for each span more.
const CALM_MS = 10_000;
const CALM_PER_SECOND = 0.02;
// A span without calls says nothing of what could have been carried in it.
const LONGEST_STEP_MS = 1_000;
// Refused although nothing else is in flight: others take all that there is, so it is asked less and less often.
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** For how long nobody asks before it begins anew. Longer than the longest usual cooldown: a first route that flaps must not send it back. */
const RESTED_MS = 90_000;

// Other failures say nothing of how much is too much.
const REFUSALS: ReadonlySet<OutcomeKind> = new Set(["rate-limited", "overloaded"]);

export class Intake {
  /** Calls in flight, whichever place the route has in their failover. */
  inFlight = 0;
  #limit = 0;
  #askedAtMs = -Infinity;
  // When it was last found full, without having been found otherwise since; null: it was not.
  #fullAtMs: number | null = null;
  #refusedAtMs: number | null = null;
  #pauseMs = 0;
  #notBeforeMs = -Infinity;

  /** Calls in flight at most. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** Whether the route may take over one more call; one that it may not counts as demand. */
  admits(from: number, nowMs: number): boolean {
    if (nowMs - this.#askedAtMs > RESTED_MS) this.#begin(from);
    this.#askedAtMs = nowMs;
    if (nowMs < this.#notBeforeMs) return false;
    if (this.inFlight < this.limit) {
      this.#fullAtMs = null;
      return true;
    }
    const sinceMs = this.#fullAtMs ?? nowMs;
    this.#fullAtMs = nowMs;
    this.#grow(Math.min(nowMs - sinceMs, LONGEST_STEP_MS), nowMs);
    return this.inFlight < this.limit;
  }

  began(): void {
    this.inFlight++;
  }

  /** A call was answered, or its stream has begun to be. */
  answered(): void {
    this.#pauseMs = 0;
    if (this.#fullAtMs !== null) this.#limit += this.#refusedAtMs === null ? 1 : GROWTH_PER_ANSWER;
  }

  /** A call ended. @param kind what it was counted as; null where it says nothing */
  ended(kind: OutcomeKind | null, nowMs: number): void {
    this.inFlight--;
    if (kind === null || !REFUSALS.has(kind)) return;
    this.#refusedAtMs = nowMs;
    this.#fullAtMs = null;
    this.#limit = Math.max(1, Math.min(this.#limit, this.inFlight));
    if (this.inFlight > 0) return;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, 2 * this.#pauseMs));
    this.#notBeforeMs = nowMs + this.#pauseMs;
  }

  #begin(from: number): void {
    this.#limit = this.inFlight + from;
    this.#fullAtMs = this.#refusedAtMs = null;
    this.#pauseMs = 0;
  }

  #grow(forMs: number, nowMs: number): void {
    let perSecond = GROWTH_PER_SECOND;
    if (this.#refusedAtMs !== null) {
      const calm = Math.floor((nowMs - this.#refusedAtMs) / CALM_MS);
      if (calm === 0) return;
      perSecond = Math.min(perSecond, 1 + CALM_PER_SECOND * 2 ** (calm - 1));
    }
    this.#limit *= perSecond ** (forMs / 1_000);
  }
}

// By breaker, so that failovers that are made anew for each call share it.
const byBreaker = new WeakMap<Breaker, Intake>();

export function intakeOf(breaker: Breaker): Intake {
  let intake = byBreaker.get(breaker);
  if (intake === undefined) {
    intake = new Intake();
    byBreaker.set(breaker, intake);
  }
  return intake;
}
