/**
 * The pure core, the most important files first, each with the tests that must kill its mutants. They are few on purpose:
 * a mutant that only a distant test notices is a hole beside the source.
 */
export interface Target {
  /** Below packages/recloser/src, without `.ts`. */
  readonly file: string;
  /** Tests below packages/recloser/src, without `.test.ts`. */
  readonly tests: readonly string[];
}

export const TARGETS: readonly Target[] = [
  { file: "transition", tests: ["transition", "transition-answers", "clock-step"] },
  { file: "trip", tests: ["trip"] },
  { file: "cooldown", tests: ["cooldown"] },
  { file: "window", tests: ["window", "window-retract"] },
  { file: "ramp", tests: ["ramp"] },
  { file: "hold", tests: ["hold"] },
  { file: "hold", tests: ["hold"] },
  { file: "retry-budget", tests: ["retry-budget"] },
];
