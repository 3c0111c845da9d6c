/** An operator's word on the policy of breakers of a whole fleet, and what was said so far. */
import type { Breaker, Recloser } from "../api.ts";
import { durationMs, type Duration } from "../duration.ts";
import { InvalidOptionError } from "../errors.ts";
import type { HistoryEvent, StoreHistory } from "../history/history.ts";
import { type BreakerKey, recordNames } from "../key.ts";
import { POLICY_OPTION_NAMES } from "../policy.ts";
import { optionsFrom } from "../policy-paths.ts";
import { fleetOf } from "../policy-sources.ts";
import type { FleetOption, FleetOptions, PolicyChange, StorePolicies } from "../store/fleet-policy.ts";
import type { SharedStore } from "../store/store.ts";
import { exact, text } from "../validate.ts";
import { writtenDown } from "./written-down.ts";

/** Where a fleet's policies are, and what was done to them is written down. */
export interface PolicyPlace {
  readonly namespace: string;
  readonly policies: StorePolicies;
  readonly history: StoreHistory | null;
}

export type PolicyCommand =
  | {
      readonly type: "set";
      /** The breakers it is for: a key or a glob, `"openai:*"`. */
      readonly pattern: string;
      /** By path: `{ failureRate: 0.6, "cooldown.initial": "10s", mode: "observe" }`. */
      readonly options: Readonly<Record<string, unknown>>;
      readonly by: string;
      readonly reason: string;
      /** Default: until it is taken back. */
      readonly for?: Duration | undefined;
    }
  | {
      readonly type: "unset";
      readonly pattern: string;
      /** By path; default: all that was set for this pattern. */
      readonly options?: readonly string[] | undefined;
      readonly by: string;
      readonly reason?: string | undefined;
    };

export interface PolicyChanged {
  /** What had been set for the pattern, and what is. */
  readonly before: readonly FleetOption[];
  readonly after: readonly FleetOption[];
  /** The store's clock. */
  readonly nowMs: number;
  /** Whether it is in the history too, as who did what; null: the store keeps none. */
  readonly audited: boolean | null;
}

const LONGEST_PATTERN_BYTES = 200;
const LONGEST_TEXT = 500;
const LONGEST_VALUE = 1_000;
const LEAST_FOR_MS = 1_000;
const UNSET = "taken back";

/** Where a store keeps the policies of a namespace; null: it does not. */
export function policiesIn(store: SharedStore, namespace: string): PolicyPlace | null {
  const { policies, history = null } = store;
  return policies === undefined ? null : { namespace, policies, history };
}

/** The place of the policies that a recloser goes by, also one without a shared store; null: its store keeps none. */
export function policiesOf(recloser: Recloser, history: StoreHistory | null = null): PolicyPlace | null {
  const fleet = fleetOf(recloser);
  return fleet === null || fleet.source === null
    ? null
    : { namespace: fleet.namespace, policies: fleet.source, history };
}

/** The name that a breaker's policy is looked up by, as patterns have it: without a credential's label. */
export function policyNameOf(breaker: Breaker): string {
  return recordNames((breaker as unknown as { readonly key?: BreakerKey }).key ?? breaker.name).policy;
}

/** What a recloser goes by of the fleet's policies, its instants on the recloser's clock. */
export function fleetOptionsOf(recloser: Recloser): readonly FleetOption[] {
  return fleetOf(recloser)?.options ?? [];
}

/** Lets a recloser go by what was changed just now, as far as its store answers. Bounded, and never rejects. */
export async function freshPolicies(recloser: Recloser): Promise<void> {
  await fleetOf(recloser)?.look(true);
}

/** All that is in force, sorted. Whoever calls has a deadline of his own: a store may never answer. */
export async function readPolicies({ policies, namespace }: PolicyPlace): Promise<FleetOptions> {
  const { nowMs, options } = await policies.read(namespace);
  return { nowMs, options: sorted(options) };
}

/**
 * Sets or takes back options for breakers of the whole fleet: replicas go by it at once where the store pushes, else within
 * their poll, and keep window and state. It is over what the code says of a key and under the options that a breaker was made
 * with; of several patterns the most specific counts, option by option.
 *
 * @throws InvalidOptionError naming the field, before anything is written; StoreError, or what the client throws
 * @example
 * const place = policiesIn(redisStore({ url }), "checkout");
 * await changePolicy(place, { type: "set", pattern: "openai:*", options: { mode: "observe" }, by: "ann", reason: "INC-12", for: "2h" });
 */
export async function changePolicy(place: PolicyPlace, command: PolicyCommand): Promise<PolicyChanged> {
  const { policies, namespace } = place;
  const change = changeOf(command);
  const present = await policies.read(namespace);
  const before = ofPattern(present.options, change.pattern);
  // Together with what is there already: each may be well by itself.
  if (command.type === "set") {
    const had = Object.fromEntries(before.map(({ option, value }) => [option, value]));
    optionsFrom({ ...had, ...command.options });
  }
  const isNothing = before.length === 0 && command.type === "unset";
  const { nowMs, options } = isNothing ? present : await policies.change(namespace, change);
  const audited = isNothing ? null : await write(place, command, change, nowMs);
  return { before, after: ofPattern(options, change.pattern), nowMs, audited };
}

function changeOf(command: PolicyCommand): PolicyChange {
  const pattern = text("pattern", command.pattern);
  if (new TextEncoder().encode(pattern).length > LONGEST_PATTERN_BYTES)
    throw new InvalidOptionError("pattern", `a key or glob of at most ${LONGEST_PATTERN_BYTES} bytes`, pattern);
  const by = short("by", command.by);
  if (command.type === "unset") {
    for (const option of command.options ?? []) known(option);
    const options = Object.fromEntries((command.options ?? []).map((option) => [option, null]));
    const reason = exact(command.reason, UNSET, (value) => short("reason", value));
    return { pattern, options, clears: command.options === undefined, by, reason, forMs: null };
  }
  const { options } = command;
  if (Object.keys(options).length === 0) throw new InvalidOptionError("options", "at least one option", options);
  for (const [option, value] of Object.entries(options))
    if (value === null || (JSON.stringify(value) ?? "").length > LONGEST_VALUE)
      throw new InvalidOptionError(option, "a value of the policy's", value);
  optionsFrom(options);
  const forMs = exact(command.for, null, (value) => durationMs("for", value, LEAST_FOR_MS));
  return { pattern, options, clears: false, by, reason: short("reason", command.reason), forMs };
}

function known(option: string): void {
  if (!POLICY_OPTION_NAMES.includes(option.split(".", 1)[0] as string))
    throw new InvalidOptionError("options", `names of options: ${POLICY_OPTION_NAMES.join(", ")}`, option);
}

function short(option: string, value: unknown): string {
  const said = text(option, value);
  if (said.length <= LONGEST_TEXT) return said;
  throw new InvalidOptionError(option, `a text of at most ${LONGEST_TEXT} characters`, said);
}

function write(
  { history, namespace }: PolicyPlace,
  command: PolicyCommand,
  { pattern, options, by, reason, forMs }: PolicyChange,
  nowMs: number,
): Promise<boolean | null> {
  const event: HistoryEvent = { type: "policy", key: pattern, action: command.type, options, by, reason, forMs };
  return writtenDown(history, namespace, `policy ${nowMs} ${Object.keys(options).join()}`, event);
}

function ofPattern(options: readonly FleetOption[], pattern: string): readonly FleetOption[] {
  return sorted(options.filter((one) => one.pattern === pattern));
}

function sorted(options: readonly FleetOption[]): readonly FleetOption[] {
  const key = ({ pattern, option }: FleetOption): string => `${pattern}\0${option}`;
  return options.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
