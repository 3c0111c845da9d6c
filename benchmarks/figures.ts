/** From samples to figures: a median with its spread, a ratio, a target met or missed. */
import type { CaseResult } from "./measure.ts";
import type { Suite, SuiteResult, Target } from "./suite.ts";

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Verdict {
  readonly target: Target;
  readonly figure: Spread;
  readonly met: boolean;
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const below = sorted[(sorted.length - 1) >> 1];
  const above = sorted[sorted.length >> 1];
  const max = sorted.at(-1);
  if (below === undefined || above === undefined || max === undefined) throw new Error("no sample");
  return { median: (below + above) / 2, min: sorted[0] ?? below, max };
}

/** The time of one in times of another, round by round. */
export function ratio(ours: readonly number[], theirs: readonly number[]): Spread {
  return spread(ours.map((ns, round) => ns / (theirs[round] ?? NaN)));
}

/** How many times slower the control was in its worst round than in its best: 1 on a quiet machine. */
export function disturbance({ control }: Suite, result: SuiteResult): number {
  const spreads = result.cases.filter((one) => control in one.rounds).map((one) => spread(samples(one, control)));
  return Math.max(...spreads.map(({ min, max }) => max / min));
}

export function samples(result: CaseResult, contender: string): readonly number[] {
  const found = result.rounds[contender];
  if (found === undefined) throw new Error(`no contender "${contender}" in "${result.id}"`);
  return found;
}

export function verdicts(suite: Suite, result: SuiteResult): Verdict[] {
  return suite.targets.map((target) => {
    const figure = figureOf(target, suite, result);
    return { target, figure, met: figure.median <= target.limit };
  });
}

function figureOf(target: Target, { ours }: Suite, result: SuiteResult): Spread {
  switch (target.kind) {
    case "ratio": {
      const one = caseOf(result, target.of);
      return ratio(samples(one, target.ours ?? ours), samples(one, target.to));
    }
    case "ns":
      return spread(samples(caseOf(result, target.of), ours));
    case "bytes":
    case "timers": {
      const idle = result.idle.find(({ contender, state }) => contender === ours && state === target.of);
      if (idle === undefined) throw new Error(`no idle breakers of "${ours}"`);
      return spread([target.kind === "bytes" ? idle.bytesEach : idle.timers]);
    }
  }
}

function caseOf(result: SuiteResult, id: string): CaseResult {
  const found = result.cases.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no case "${id}"`);
  return found;
}
