/** What to change: what one step away from a policy comes to, told with its figures. Nothing is said that was not played. */
import type { PolicyOptions } from "recloser";
import { compare, type Comparison } from "./comparison.ts";
import { neighboursOf } from "./neighbours.ts";
import { type Arm, play, type Played } from "./play.ts";
import type { Scenario } from "./scenario.ts";
import type { Variant } from "./variants.ts";

export interface Advice {
  readonly kind: "change" | "trade";
  /** `cooldown.max=30s` */
  readonly change: string;
  readonly gains: readonly string[];
  readonly prices: readonly string[];
}

export interface Asked {
  readonly scenario: Scenario;
  readonly base: Played;
  readonly policy: PolicyOptions;
  readonly seeds: number;
  /** Already played, such as those of a sweep. */
  readonly others: readonly Played[];
  readonly progress: (done: number, all: number) => void;
}

const TOLD = 3;

/** Among the policies one step away; where there is a sweep, among its policies alone. */
export async function adviceOn(asked: Asked): Promise<readonly Advice[]> {
  const { base, scenario, others } = asked;
  const judged = (played: Played): Judged => ({
    name: played.arm.name,
    ...compare(base.figures, played.figures, scenario.forMs),
  });
  const found = (others.length > 0 ? others : await neighbours(asked)).map(judged);
  const some = found.filter(({ gains }) => gains.length > 0).toSorted((a, b) => b.score - a.score);
  const changes = some.filter(({ prices }) => prices.length === 0);
  const trades = some.filter(({ prices, score }) => prices.length > 0 && score > 0);
  return [
    ...changes.slice(0, TOLD).map((one) => adviceOf("change", one)),
    ...trades.slice(0, Math.max(1, TOLD - changes.length)).map((one) => adviceOf("trade", one)),
  ].slice(0, TOLD);
}

interface Judged extends Comparison {
  readonly name: string;
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

function adviceOf(kind: Advice["kind"], { name, gains, prices }: Judged): Advice {
  return { kind, change: name, gains, prices };
}
