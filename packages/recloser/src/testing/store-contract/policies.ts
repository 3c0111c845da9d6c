/** What a store that keeps the fleet's policies promises of them. One that does not has nothing to show. */
import { systemClock } from "../../clock.ts";
import {
  changedOptions,
  FLEET_OPTIONS_MOST,
  type FleetOption,
  inForce,
  type PolicyChange,
} from "../../store/fleet-policy.ts";
import type { SharedStore, StoreHint } from "../../store/store.ts";
import { seededRandom } from "../seeded-random.ts";
import { ContractError, must, same, Subject } from "./checks.ts";
import type { StoreClock } from "./equality.ts";
import type { Promised } from "./promises.ts";
import { Choice } from "./random-commands.ts";

const PUSH_WITHIN_MS = 2_000;
const PATTERNS = ["openai:*", "openai:gpt-5", "*", "a b", "ü:%|{x}\n", "__proto__"];
const OPTIONS = ["failureRate", "mode", "cooldown.initial", "shed.queue"];
const VALUES: readonly unknown[] = [0.1, 1e-7, false, "10s", 'größer\n"x"', { size: 3, maxWait: "1s" }, 12_345_678_901];

export const POLICY_PROMISES: readonly Promised[] = [
  {
    name: "a change of the fleet's policies is logged as the empty name, and told so to whoever listens",
    async run(store, namespace) {
      const { policies } = store;
      if (policies === undefined) return;
      const subject = new Subject(store, namespace);
      await subject.fails();
      const { cursor } = await store.changes(namespace, null);
      const heard: StoreHint[] = [];
      const end = await store.subscribe(namespace, (hint) => heard.push(hint)).catch(() => null);
      await policies.change(namespace, changeOf("*", { mode: "observe" }));
      same([...(await store.changes(namespace, cursor)).names], [""], "what changed");
      await subject.apply({ type: "reset" });
      const { names, complete } = await store.changes(namespace, cursor);
      same([names.toSorted(), complete], [["", subject.address.name], true], "what changed, with a record");
      const { cursor: later } = await store.changes(namespace, null);
      same([...(await store.changes(namespace, later)).names], [], "nothing has changed since");
      if (end === null) return; // a user who may not listen
      const isPushed = (): boolean => heard.some(({ name, by }) => name === "" && by === "an operator");
      for (let waitedMs = 0; !isPushed() && waitedMs < PUSH_WITHIN_MS; waitedMs += 5) await systemClock.sleep(5);
      end();
      must(isPushed(), "a push comes", heard);
    },
  },
  {
    name: "the fleet's policies are a namespace's own, and no record",
    async run(store, namespace) {
      if (store.policies === undefined) return;
      await store.policies.change(namespace, changeOf("*", { mode: "observe" }));
      same((await store.policies.read(`${namespace}}:pol{`)).options, [], "another namespace's");
      must((await store.read(namespace, [""])).records.size === 0, "the empty name has no record", null);
    },
  },
  {
    name: "too many options of the fleet's policies are refused, and nothing is changed",
    async run(store, namespace) {
      if (store.policies === undefined) return;
      const many = Object.fromEntries(Array.from({ length: FLEET_OPTIONS_MOST }, (_, at) => [`o${at}`, at]));
      const { options } = await store.policies.change(namespace, changeOf("a", many));
      must(options.length === FLEET_OPTIONS_MOST, "so many are kept", options.length);
      const one = await store.policies.change(namespace, changeOf("b", { mode: "off" })).then(
        () => "taken",
        () => "refused",
      );
      same([one, (await store.policies.read(namespace)).options.length], ["refused", FLEET_OPTIONS_MOST], "one more");
      await store.policies.change(namespace, { ...changeOf("a", {}), clears: true });
      same((await store.policies.read(namespace)).options, [], "all are taken back");
    },
  },
];

function changeOf(pattern: string, options: Readonly<Record<string, unknown>>): PolicyChange {
  return { pattern, options, clears: false, by: "an operator", reason: "drill", forMs: null };
}

/** Random changes in a store, and by the rules. @throws ContractError at the first difference */
export async function comparePolicies(
  store: SharedStore,
  namespace: string,
  changes: number,
  seed: number,
  clock: StoreClock | undefined,
): Promise<void> {
  const { policies } = store;
  if (policies === undefined) return;
  const choice = new Choice(seededRandom(seed));
  let expected: readonly FleetOption[] = [];
  let setMs = 1_800_000_000_000;
  for (let count = 0; count < changes; count++) {
    if (clock !== undefined) await clock.set((setMs += choice.of([0, 0.5, 1, 999, 1_000, 60_000, -5])));
    const isRead = choice.chance(0.2);
    const change = randomChange(choice);
    const { nowMs, options } = isRead ? await policies.read(namespace) : await policies.change(namespace, change);
    expected = isRead ? expected : (changedOptions(expected, change, nowMs) ?? []);
    try {
      same(sorted(options), sorted(inForce(expected, nowMs)), "the options");
    } catch (error) {
      const what = `seed ${seed}, change ${count}, at ${nowMs}: ${isRead ? "a read" : JSON.stringify(change)}`;
      throw new ContractError(`${what}\n${(error as Error).message}`);
    }
  }
}

function randomChange(choice: Choice): PolicyChange {
  const chosen = OPTIONS.filter(() => choice.chance(0.4));
  return {
    pattern: choice.of(PATTERNS),
    options: Object.fromEntries(chosen.map((option) => [option, choice.chance(0.3) ? null : choice.of(VALUES)])),
    clears: choice.chance(0.1),
    by: choice.of(["ann", 'b|o "b"']),
    reason: choice.of(["INC-12", "größer\n2. Zeile"]),
    forMs: choice.of([null, null, 1, 1_000, 60_000]),
  };
}

function sorted(options: readonly FleetOption[]): readonly FleetOption[] {
  const key = ({ pattern, option }: FleetOption): string => `${pattern} ${option}`;
  return options.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
