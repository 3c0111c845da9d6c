/** The ladder of cooldowns and of holds: how long an open period lasts. Pure arithmetic that saturates, never overflows. */

export interface Ladder {
  readonly initialMs: number;
  readonly factor: number;
  readonly maxMs: number;
}

// A retry hint may lengthen an open period this far and no further (protocol.md §8): a provider's typo of a day must not
// switch a service off for a day.
export const HINT_ON_COOLDOWN_MAX_MS = 600_000;
/** A retry hint may hold a scope this far (protocol.md §8). */
export const HINT_ON_HOLD_MAX_MS = 86_400_000;
/** After this long closed, or twice the last cooldown if longer, the next trip starts the ladder anew. */
const LADDER_RESET_MS = 60_000;

/** The rung of a ladder: `initial × factor^(step − 1)`, at most `max`. */
export function rungMs(ladder: Ladder, step: number): number {
  return Math.min(ladder.maxMs, ladder.initialMs * power(ladder.factor, step - 1));
}

/**
 * The cooldown of a step: the rung, lengthened by up to `jitter` of itself and clamped to the maximum.
 *
 * @param random a number in [0, 1), drawn by whoever makes the transition, so that all replicas share one deadline
 */
export function cooldownOf(ladder: Ladder, jitter: number, step: number, random: number): number {
  return Math.min(ladder.maxMs, rungMs(ladder, step) * (1 + jitter * random));
}

/** How long the circuit stays open: the cooldown, or the provider's own hint if that is longer; never jittered below it. */
export function openPeriodMs(cooldownMs: number, hintMs: number | null): number {
  return Math.max(cooldownMs, Math.min(hintMs ?? 0, HINT_ON_COOLDOWN_MAX_MS));
}

/** The ladder's step for a trip at `nowMs`: the first again after being closed long enough, else one up. */
export function tripStep(step: number, cooldownMs: number, closedAtMs: number | null, nowMs: number): number {
  if (closedAtMs === null) return step + 1;
  return nowMs - closedAtMs >= ladderResetMs(cooldownMs) ? 1 : step + 1;
}

/** How long a circuit must stay closed for the ladder to start anew. */
export function ladderResetMs(cooldownMs: number): number {
  return Math.max(LADDER_RESET_MS, 2 * cooldownMs);
}

// By multiplication: the last digit of a library's power may differ between here and a store's own arithmetic.
function power(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let left = exponent; left >= 1; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
