import type { Random } from "../random.ts";

/**
 * A repeatable source of randomness: the same seed gives the same numbers on every machine.
 *
 * The generator is Mulberry32 (public domain, Tommy Ettinger): 32 bits of state are ample for tests.
 *
 * @example
 * const random = seededRandom(7);
 * random(); // the same number in every run
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
