/** Random operations on a store, and on the rules: both must come to the same, reply by reply and field by field. */
import { seededRandom } from "../seeded-random.ts";
import { StoreServer } from "../simulation/store-server.ts";
import type { StoreCommand } from "../../store/command.ts";
import type { SharedStore } from "../../store/store.ts";
import { type Facts, NO_RECORD } from "../../state.ts";
import { ContractError, same } from "./checks.ts";
import { Choice, randomCommand, randomPolicy, someReplica } from "./random-commands.ts";

/** A store's clock, where a test can set it. */
export interface StoreClock {
  /** @param nowMs epoch milliseconds, kept until it is set again */
  set(nowMs: number): Promise<void>;
}

const START_MS = 1_800_000_000_000;
// A record is left after so many operations, so that new ones come too.
const LIFE_OF_A_RECORD = 60;

/** @throws ContractError at the first difference, naming the seed, the operation and both sides */
export async function compareWithRules(
  store: SharedStore,
  namespace: string,
  operations: number,
  seed: number,
  clock: StoreClock | undefined,
): Promise<void> {
  const choice = new Choice(seededRandom(seed));
  const rules = new StoreServer();
  let nowMs = START_MS;
  let policy = randomPolicy(choice);
  let repeated: StoreCommand | null = null;
  for (let count = 0; count < operations; count++) {
    if (count % LIFE_OF_A_RECORD === 0) policy = randomPolicy(choice);
    const name = `${seed} ${Math.floor(count / LIFE_OF_A_RECORD)}`;
    const before = rules.records.get(name);
    if (clock !== undefined && repeated === null) await clock.set((nowMs = later(choice, nowMs, before)));
    else if (count === 0) nowMs = (await store.read(namespace, [])).nowMs;
    const command: StoreCommand = repeated ?? randomCommand(choice, before ?? NO_RECORD, nowMs);
    // At times a network delivers a report twice.
    repeated = command.type === "report" && repeated === null && choice.chance(0.05) ? command : null;
    const by = someReplica(choice);
    const answer = await store.apply({ namespace, name }, command, policy, by);
    nowMs = answer.nowMs;
    const expected = rules.apply(name, command, policy, by, nowMs).answer;
    try {
      same(answer.reply, expected.reply, "the reply");
      same(told(answer.facts), told(expected.facts), "the facts");
    } catch (error) {
      const what = `seed ${seed}, operation ${count}, at ${nowMs}: ${JSON.stringify(command)} by ${by} on ${JSON.stringify(before)}`;
      throw new ContractError(`${what}\n${(error as Error).message}`);
    }
  }
}

// On by a little or a lot, to the very instant of a deadline, and at times back.
function later(choice: Choice, nowMs: number, facts: Facts | undefined): number {
  const circuit = facts?.circuit;
  const deadlines = [
    ...(circuit?.is === "tripped" ? [circuit.openUntilMs, circuit.lease?.expiresAtMs ?? nowMs] : []),
    ...Object.values(facts?.holds ?? {}).map(({ untilMs }) => untilMs),
  ];
  const way = choice.random();
  if (way < 0.35 && deadlines.length > 0) {
    const at = choice.of(deadlines) - choice.of([0, 0, 1]);
    if (at > nowMs) return at;
  }
  if (way > 0.985) return nowMs - choice.of([5, 20_000, 3_600_000]);
  return nowMs + choice.of([0, 0.5, 1, 49, 1_000, 3_000, 10_000, 125_000]);
}

// A count of none is as good as no count.
function told(facts: Facts): unknown {
  const buckets = facts.buckets.map(({ failures, ...bucket }) => ({
    ...bucket,
    failures: Object.fromEntries(Object.entries(failures).filter(([, count]) => count > 0)),
  }));
  return { ...facts, buckets };
}
