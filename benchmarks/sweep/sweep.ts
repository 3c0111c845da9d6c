/** Every bar at every value of every number: what is kept as raw results. */
import { BARS, SHOWN } from "./bars/index.ts";
import { type Curves, curves } from "./curves.ts";
import { both, type Choice, type Knob, knobNamed, PAIRS, withConstants } from "./knobs.ts";
import type { Bar, Effort, Reading } from "./reading.ts";

export type Readings = Readonly<Record<string, Reading>>;

export interface SweepResult {
  readonly seeds: readonly number[];
  /** The defaults, with all the effort there is. */
  readonly chosen: Readings;
  readonly knobs: readonly {
    readonly knob: string;
    readonly points: readonly { readonly value: number; readonly readings: Readings }[];
  }[];
  readonly pairs: readonly {
    readonly knobs: readonly [string, string];
    readonly points: readonly { readonly values: readonly [number, number]; readonly readings: Readings }[];
  }[];
  /** Null where only some numbers were asked for. */
  readonly curves: Curves | null;
}

export interface SweepPlan {
  /** For the defaults. */
  readonly most: Effort;
  /** For other values of a number, where it moves the bar; other bars are looked at with the first seed. */
  readonly each: Effort;
  readonly knobs: readonly Knob[];
  readonly pairs: typeof PAIRS;
  readonly curves: boolean;
  readonly progress: (text: string) => void;
}

const ALL: readonly Bar[] = [...BARS, ...SHOWN];

export async function sweep(plan: SweepPlan): Promise<SweepResult> {
  const { each, progress } = plan;
  const glance = { ...each, seeds: each.seeds.slice(0, 1) };
  progress("the defaults");
  const chosen = await read({ policy: {} }, ALL, () => plan.most);
  const knobs = [];
  for (const knob of plan.knobs) {
    const points = [];
    for (const value of knob.values) {
      progress(`${knob.name} ${value}${knob.unit === "" ? "" : ` ${knob.unit}`}`);
      const effort = ({ name }: Bar): Effort => (knob.moves.includes(name) ? each : glance);
      points.push({ value, readings: await read(knob.choice(value), ALL, effort) });
    }
    knobs.push({ knob: knob.name, points });
  }
  const pairs = [];
  for (const pair of plan.pairs) {
    const [first, second] = pair.knobs.map(knobNamed) as [Knob, Knob];
    const points = [];
    for (const a of pair.values[0]) {
      for (const b of pair.values[1]) {
        progress(`${first.name} ${a}, ${second.name} ${b}`);
        const readings = await read(both(first.choice(a), second.choice(b)), barsNamed(pair.bars), () => each);
        points.push({ values: [a, b] as const, readings });
      }
    }
    pairs.push({ knobs: pair.knobs, points });
  }
  const shown = plan.curves ? await curves(plan.most.seeds, progress) : null;
  return { seeds: plan.most.seeds, chosen, knobs, pairs, curves: shown };
}

async function read(choice: Choice, bars: readonly Bar[], effort: (bar: Bar) => Effort): Promise<Readings> {
  const readings: Record<string, Reading> = {};
  await withConstants(choice, async () => {
    for (const bar of bars) readings[bar.name] = await bar.measure(choice.policy, effort(bar));
  });
  return readings;
}

function barsNamed(names: readonly string[]): readonly Bar[] {
  return ALL.filter(({ name }) => names.includes(name));
}

/** Whether all bars of the design hold among these readings. */
export function holds(readings: Readings): boolean {
  return BARS.every(({ name }) => readings[name]?.ok ?? true);
}
