/** From samples to figures. Ratios and differences are taken within a round; what is quoted is their median. */
import { type Spread, spread } from "../figures.ts";
import { BARE, DIRECT, OURS, PORTKEY } from "./contenders.ts";
import type { CaseId, GatewayResult, MemorySample, Sample } from "./result.ts";

export type Of = (sample: Sample) => number;

export const rate: Of = ({ requests, seconds }) => requests / seconds;
export const cpu: Of = ({ cpuUs }) => cpuUs ?? NaN;
export const p50: Of = ({ p50Us }) => p50Us;
export const p99: Of = ({ p99Us }) => p99Us;

export interface Verdict {
  readonly text: string;
  readonly figure: Spread;
  readonly limit: number;
  /** Whether the limit is the least that will do, instead of the most. */
  readonly isLeast: boolean;
  readonly met: boolean;
}

export class Figures {
  readonly #result: GatewayResult;

  constructor(result: GatewayResult) {
    this.#result = result;
  }

  has(contender: string): boolean {
    return this.#result.samples.some((sample) => sample.contender === contender);
  }

  figure(id: CaseId, contender: string, of: Of): Spread {
    return spread(this.#rounds(id, contender).map(of));
  }

  /** What it adds to a call without it. */
  added(id: CaseId, contender: string, of: Of): Spread {
    return this.#compared(id, contender, DIRECT, of, (ours, direct) => ours - direct);
  }

  times(id: CaseId, contender: string, to: string, of: Of): Spread {
    return this.#compared(id, contender, to, of, (ours, theirs) => ours / theirs);
  }

  addedTimes(id: CaseId, contender: string, to: string, of: Of): Spread {
    const direct = this.#rounds(id, DIRECT).map(of);
    const added = (name: string): number[] =>
      this.#rounds(id, name).map((sample, at) => of(sample) - (direct[at] ?? NaN));
    const theirs = added(to);
    return spread(added(contender).map((ours, at) => ours / (theirs[at] ?? NaN)));
  }

  verdicts(): Verdict[] {
    const ms = (value: Spread): Spread => ({ median: value.median / 1e3, min: value.min / 1e3, max: value.max / 1e3 });
    const found = [
      least("requests a second, on two cores with the load beside it", this.figure("busy", OURS, rate), 4_000),
      most("added to a lone caller's answer, p50, ms", ms(this.added("alone", OURS, p50)), 0.3),
      least("requests a second, to those of the bare pass-through", this.times("busy", OURS, BARE, rate), 0.8),
    ];
    if (this.has(PORTKEY)) {
      found.push(
        least("requests a second, to those of portkey", this.times("busy", OURS, PORTKEY, rate), 5),
        most("added p50, to what portkey adds", this.addedTimes("alone", OURS, PORTKEY, p50), 1 / 3),
      );
    }
    const { memory } = this.#result;
    if (memory.length > 2) {
      const many = (memory.at(-1)?.requests ?? 0).toLocaleString("en");
      found.push(
        most(
          `live heap after ${many} requests, to that after a tenth`,
          growth(memory, (one) => one.heapBytes),
          1.05,
        ),
        most(
          "resident memory, likewise",
          growth(memory, (one) => one.residentBytes),
          1.1,
        ),
      );
    }
    return found;
  }

  #compared(id: CaseId, contender: string, to: string, of: Of, how: (a: number, b: number) => number): Spread {
    const theirs = this.#rounds(id, to);
    return spread(this.#rounds(id, contender).map((ours, at) => how(of(ours), of(theirs[at] as Sample))));
  }

  #rounds(id: CaseId, contender: string): Sample[] {
    return this.#result.samples
      .filter((sample) => sample.case === id && sample.contender === contender)
      .toSorted((a, b) => a.round - b.round);
  }
}

function growth(memory: readonly MemorySample[], of: (sample: MemorySample) => number): Spread {
  const last = memory.at(-1) as MemorySample;
  const first = memory.find(({ requests }) => requests >= last.requests / 10) as MemorySample;
  return spread([of(last) / of(first)]);
}

function least(text: string, figure: Spread, limit: number): Verdict {
  return { text, figure, limit, isLeast: true, met: figure.median >= limit };
}

function most(text: string, figure: Spread, limit: number): Verdict {
  return { text, figure, limit, isLeast: false, met: figure.median <= limit };
}
