/**
 * When jobs come back that were put back for one circuit: one at its deadline (the probe), two a while later, then four, so
 * that they arrive as the ramp lets them in. Per process: how many wait elsewhere nobody knows.
 */
import type { Random } from "../../random.ts";

interface Wave {
  readonly generation: number;
  readonly beginMs: number;
  placed: number;
  lastMs: number;
}

// Keys may come from user input; a wave that has run out says nothing.
const MOST_WAVES = 1_000;

export class Spread {
  readonly #stepMs: number;
  readonly #random: Random;
  readonly #waves = new Map<string, Wave>();

  /** @param stepMs how much later each doubling comes */
  constructor(stepMs: number, random: Random) {
    this.#stepMs = stepMs;
    this.#random = random;
  }

  /**
   * The instant at which the next job may come back.
   *
   * @param earliestMs when the circuit would take one
   */
  place(key: string, generation: number, earliestMs: number): number {
    const wave = this.#waveOf(key, generation, earliestMs);
    // The first alone, then 2, 4, 8 …: the step is the number of doublings so far.
    const step = Math.floor(Math.log2(++wave.placed));
    const inTurnMs = wave.beginMs + step * this.#stepMs;
    // The first one comes at the deadline itself: it is the probe, and replicas have theirs at other instants already.
    const jitterMs = wave.placed === 1 ? 0 : this.#random() * this.#stepMs;
    const atMs = Math.max(earliestMs, inTurnMs) + jitterMs;
    wave.lastMs = Math.max(wave.lastMs, atMs);
    return atMs;
  }

  #waveOf(key: string, generation: number, earliestMs: number): Wave {
    const known = this.#waves.get(key);
    // Well after all that were placed, or of another round: what was placed before says nothing about these.
    const goesOn = known !== undefined && known.generation === generation && earliestMs <= known.lastMs + this.#stepMs;
    if (goesOn) return known;
    const wave: Wave = { generation, beginMs: earliestMs, placed: 0, lastMs: earliestMs };
    this.#waves.delete(key);
    this.#waves.set(key, wave);
    for (const old of this.#waves.keys()) {
      if (this.#waves.size <= MOST_WAVES) break;
      this.#waves.delete(old);
    }
    return wave;
  }
}
