/** A script of faults: what applies when, decided from the time and the requests seen, without a timer of its own. */
import { fieldsOf, integerBetween, milliseconds, numberBetween, objectOf, refuse } from "./check.ts";
import type { Check } from "./check.ts";
import { checkedFault, coversModel } from "./fault.ts";
import type { Fault } from "./fault.ts";

/**
 * One step of a schedule; `fault: null` means well.
 *
 * - `forMs`: the fault holds for so long, then the next step begins.
 * - `afterMs`: nothing is wrong for so long, then the fault is set and the next step begins at once; as the last step it stays.
 * - `requests`: the fault holds for the next so many requests its `models` covers (struck or not), then the next step begins.
 * - `repeat`: the steps, so many times or `"forever"`.
 *
 * After the last step the provider is well again, unless that step was an `afterMs`.
 *
 * @example
 * const flapping: ScheduleStep[] = [{ repeat: "forever", steps: [
 *   { forMs: 5_000, fault: { kind: "status", status: 503 } },
 *   { forMs: 5_000, fault: null },
 * ] }];
 */
export type ScheduleStep = TimedStep | DelayedStep | CountedStep | RepeatedSteps;
export interface TimedStep {
  readonly forMs: number;
  readonly fault: Fault | null;
}
export interface DelayedStep {
  readonly afterMs: number;
  readonly fault: Fault | null;
}
export interface CountedStep {
  readonly requests: number;
  readonly fault: Fault | null;
}
export interface RepeatedSteps {
  readonly repeat: number | "forever";
  readonly steps: readonly ScheduleStep[];
}
type Leaf = TimedStep | DelayedStep | CountedStep;

const DEEPEST = 8;
const LEAF_CHECKS: readonly (readonly [string, Check])[] = [
  ["forMs", numberBetween(1, Infinity, "milliseconds")],
  ["afterMs", milliseconds],
  ["requests", integerBetween(1, Number.MAX_SAFE_INTEGER, "requests")],
];

export function checkedSchedule(value: unknown, option: string, depth = 0): readonly ScheduleStep[] {
  if (!Array.isArray(value) || value.length === 0) refuse(option, "a list of one or more steps", value);
  if (depth > DEEPEST) refuse(option, `at most ${DEEPEST} loops inside each other`, depth);
  return value.map((step, index) => checkedStep(step, `${option}[${index}]`, depth));
}

function checkedStep(value: unknown, option: string, depth: number): ScheduleStep {
  const fields = objectOf(value, option);
  if (Object.hasOwn(fields, "repeat")) return checkedRepeat(value, option, depth);
  for (const [name, check] of LEAF_CHECKS) {
    if (!Object.hasOwn(fields, name)) continue;
    let fault: Fault | null = null;
    fieldsOf(value, option, { [name]: check, fault: (given, at) => void (fault = checkedFault(given, at)) });
    checkDown(fault, name, `${option}.fault`);
    return { [name]: fields[name], fault } as unknown as Leaf;
  }
  return refuse(option, "a step with forMs, afterMs, requests or repeat", value);
}

function checkDown(fault: Fault | null, step: string, option: string): void {
  if (fault?.kind !== "down") return;
  // While nobody can connect no request is counted: the step would never end.
  if (step === "requests")
    refuse(option, "a fault that lets requests arrive, for a step counted in requests", fault.kind);
  if (fault.forMs !== undefined)
    refuse(`${option}.forMs`, "no such field inside a schedule (the step says how long)", fault.forMs);
}

function checkedRepeat(value: unknown, option: string, depth: number): RepeatedSteps {
  const times = integerBetween(1, Number.MAX_SAFE_INTEGER, "rounds");
  let steps: readonly ScheduleStep[] = [];
  const fields = fieldsOf(value, option, {
    repeat: (given, at) => {
      if (given !== "forever") times(given, at);
    },
    steps: (given, at) => void (steps = checkedSchedule(given, at, depth + 1)),
  });
  if (!steps.some(takesTime))
    refuse(`${option}.steps`, "a loop in which some time or a request passes", fields["steps"]);
  return { repeat: fields["repeat"] as number | "forever", steps };
}

function takesTime(step: ScheduleStep): boolean {
  if ("repeat" in step) return step.steps.some(takesTime);
  return !("afterMs" in step) || step.afterMs >= 1;
}

function* leavesOf(steps: readonly ScheduleStep[]): Generator<Leaf> {
  for (const step of steps) {
    if (!("repeat" in step)) yield step;
    else for (let round = 0; step.repeat === "forever" || round < step.repeat; round++) yield* leavesOf(step.steps);
  }
}

/** A schedule under way. */
export interface ScheduleRun {
  readonly fault: Fault | null;
  readonly done: boolean;
  /** When time alone moves it on, epoch milliseconds; null when it waits for requests or is done. */
  readonly dueMs: number | null;
  advance(nowMs: number): void;
  /** The fault in force for a request that arrives now; counts it. */
  take(model: string | null, nowMs: number): Fault | null;
}

export function startSchedule(steps: readonly ScheduleStep[], startMs: number): ScheduleRun {
  const leaves = leavesOf(steps);
  let leaf: Leaf | null = null;
  let fault: Fault | null = null;
  let dueMs: number | null = null;
  let left = 0;

  // Steps begin where the one before was due to end, not when somebody looked, so that a schedule does not drift.
  const enterNext = (atMs: number): void => {
    leaf = leaves.next().value ?? null;
    dueMs = null;
    if (leaf === null) return;
    if ("afterMs" in leaf) dueMs = atMs + leaf.afterMs;
    else fault = leaf.fault;
    if ("forMs" in leaf) dueMs = atMs + leaf.forMs;
    if ("requests" in leaf) left = leaf.requests;
  };
  const isDue = (nowMs: number): boolean => dueMs !== null && dueMs <= nowMs;
  const advance = (nowMs: number): void => {
    while (isDue(nowMs)) {
      fault = leaf !== null && "afterMs" in leaf ? leaf.fault : null;
      enterNext(dueMs ?? nowMs);
    }
  };

  enterNext(startMs);
  advance(startMs);
  return {
    get fault() {
      return fault;
    },
    get done() {
      return leaf === null;
    },
    get dueMs() {
      return dueMs;
    },
    advance,
    take(model, nowMs) {
      advance(nowMs);
      const met = fault;
      if (leaf !== null && "requests" in leaf && (met === null || coversModel(met, model)) && --left === 0) {
        fault = null;
        enterNext(nowMs);
        advance(nowMs);
      }
      return met;
    },
  };
}
