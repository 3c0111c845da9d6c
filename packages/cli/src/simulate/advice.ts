/** What to change: what one step away from a policy comes to, told with its figures. Nothing is said that was not played. */
import type { PolicyOptions } from "recloser";
import { type Advice, adviceFrom, compare } from "../tuning/comparison.ts";
import { costsOf } from "./costs.ts";
import { neighboursOf } from "../tuning/neighbours.ts";
import { type Arm, play, type Played } from "./play.ts";
import type { Scenario } from "./scenario.ts";
import type { Variant } from "../tuning/variants.ts";

export interface Asked {
  readonly scenario: Scenario;
  readonly base: Played;
  readonly policy: PolicyOptions;
  readonly seeds: number;
  /** Already played, such as those of a sweep. */
  readonly others: readonly Played[];
  readonly progress: (done: number, all: number) => void;
}

/** Among the policies one step away; where there is a sweep, among its policies alone. */
export async function adviceOn(asked: Asked): Promise<readonly Advice[]> {
  const { base, scenario, others } = asked;
  const costs = costsOf(scenario.forMs);
  const found = others.length > 0 ? others : await neighbours(asked);
  return adviceFrom(found.map(({ arm, figures }) => ({ name: arm.name, ...compare(costs, base.figures, figures) })));
}

async function neighbours({ scenario, base, policy, seeds, progress }: Asked): Promise<readonly Played[]> {
  const variants = neighboursOf(policy);
  const played: Played[] = [];
  for (const [done, variant] of variants.entries()) {
    progress(done, variants.length);
    played.push(await play(scenario, armOf(base.arm, variant), seeds));
  }
  return played;
}

function armOf({ shared }: Arm, { name, policy }: Variant): Arm {
  return { name, policy, shared };
}
