/**
 * The fleet's policies as one replica knows them: read from the store when it has news, in force until their time is over,
 * whether the store answers or not. What makes no sense here is left out, a whole pattern at a time, and told.
 */
import { type Alarm, type Clock, createAlarm } from "../clock.ts";
import { orSoon } from "../deadlines.ts";
import { StoreError } from "../errors.ts";
import type { PolicyEvent } from "../events.ts";
import type { PolicyOptions } from "../policy.ts";
import { optionsFrom } from "../policy-paths.ts";
import { describe } from "../warn.ts";
import {
  type FleetOption,
  type FleetOptions,
  FLEET_OPTIONS_MOST,
  inForce,
  type StorePolicies,
} from "./fleet-policy.ts";
import { BACKGROUND_DEADLINE_MS } from "./health.ts";

/** What was set for one key or glob. */
export interface FleetLayer {
  readonly pattern: string;
  readonly options: PolicyOptions;
}

export interface FleetPoliciesOwner {
  readonly namespace: string;
  readonly clock: Clock;
  /** Other policies are in force. `changes`: what is different. */
  policiesChanged(layers: readonly FleetLayer[], changes: readonly PolicyEvent[]): void;
  /** They could not be read, or some are left out. Not again for the same cause. */
  policiesRefused(error: Error): void;
}

export class FleetPolicies {
  readonly namespace: string;
  readonly source: StorePolicies | null;
  readonly #owner: FleetPoliciesOwner;
  readonly #alarm: Alarm;
  /** What is in force here. Its instants are this clock's. */
  options: readonly FleetOption[] = [];
  // As last read, with what is left out.
  #read: readonly FleetOption[] = [];
  #complaints: ReadonlySet<string> = new Set();
  #reading: Promise<void> | null = null;
  // How often they may have changed, and of that, how often when they were last asked for.
  #wanted = 0;
  #had = 0;
  #closed = false;

  /** @param source null: the store keeps none */
  constructor(source: StorePolicies | null, owner: FleetPoliciesOwner) {
    this.source = source;
    this.namespace = owner.namespace;
    this.#owner = owner;
    this.#alarm = createAlarm(owner.clock, () => this.#settle());
  }

  /**
   * Reads them, if they may have changed or could not be read before. Bounded, and never rejects: a store that keeps its
   * records and not this is no store that is away.
   */
  async look(mayHaveChanged: boolean): Promise<void> {
    if (mayHaveChanged) this.#wanted++;
    await this.#reading;
    if (this.source === null || this.#closed || this.#had === this.#wanted) return;
    // Whoever comes meanwhile waits for this one, and then for the next: what changes now may not be in it.
    this.#reading ??= orSoon(this.#ask(this.source), BACKGROUND_DEADLINE_MS, this.#owner.clock).finally(
      () => (this.#reading = null),
    );
    await this.#reading;
  }

  async #ask(source: StorePolicies): Promise<void> {
    const asked = this.#wanted;
    const sentMs = this.#owner.clock.now();
    try {
      const answer = await source.read(this.namespace);
      if (asked < this.#had) return; // it was given up, and another came
      this.#had = asked;
      this.take(answer, this.#owner.clock.now());
    } catch (error) {
      const isLate = this.#owner.clock.now() - sentMs >= BACKGROUND_DEADLINE_MS;
      if (!isLate)
        this.#complain([
          new StoreError(`the fleet's policies cannot be read, and what was read before holds: ${describe(error)}`, {
            cause: error,
          }),
        ]);
    }
  }

  /** @param nowMs this clock's, when the answer was given */
  take({ nowMs: storeMs, options }: FleetOptions, nowMs: number): void {
    if (this.#closed) return;
    const aheadMs = storeMs - nowMs;
    this.#read = options.slice(0, FLEET_OPTIONS_MOST).map((one) => ({
      ...one,
      atMs: one.atMs - aheadMs,
      untilMs: one.untilMs === null ? null : one.untilMs - aheadMs,
    }));
    this.#settle();
  }

  // By what was read, as of now.
  #settle(): void {
    const nowMs = this.#owner.clock.now();
    const live = inForce(this.#read, nowMs);
    const ends = live.flatMap(({ untilMs }) => (untilMs === null ? [] : [untilMs]));
    if (ends.length > 0) this.#alarm.set(Math.max(1, Math.min(...ends) - nowMs));
    else this.#alarm.clear();
    const { layers, refused } = layersOf(live);
    const options = live.filter(({ pattern }) => layers.some((layer) => layer.pattern === pattern));
    const changes = differences(this.options, options, nowMs);
    this.options = options;
    if (changes.length > 0) this.#owner.policiesChanged(layers, changes);
    this.#complain(refused);
  }

  #complain(errors: readonly Error[]): void {
    const before = this.#complaints;
    this.#complaints = new Set(errors.map(({ message }) => message));
    for (const error of errors) if (!before.has(error.message)) this.#owner.policiesRefused(error);
  }

  close(): void {
    this.#closed = true;
    this.#alarm.clear();
  }
}

function layersOf(options: readonly FleetOption[]): {
  readonly layers: readonly FleetLayer[];
  readonly refused: readonly Error[];
} {
  const byPattern = new Map<string, [string, unknown][]>();
  for (const { pattern, option, value } of options) {
    const entries = byPattern.get(pattern) ?? [];
    byPattern.set(pattern, [...entries, [option, value]]);
  }
  const layers: FleetLayer[] = [];
  const refused: Error[] = [];
  for (const [pattern, entries] of byPattern) {
    try {
      layers.push({ pattern, options: optionsFrom(Object.fromEntries(entries), `fleet["${pattern}"].`) });
    } catch (error) {
      const why = (error as Error).message;
      refused.push(new StoreError(`a policy of the fleet's is left out: ${why}`, { cause: error }));
    }
  }
  return { layers, refused };
}

function differences(
  before: readonly FleetOption[],
  after: readonly FleetOption[],
  nowMs: number,
): readonly PolicyEvent[] {
  const named = (options: readonly FleetOption[]): ReadonlyMap<string, FleetOption> =>
    new Map(options.map((one) => [`${one.option} ${one.pattern}`, one]));
  const [had, has] = [named(before), named(after)];
  const set = after.filter((one) => !isSame(had.get(`${one.option} ${one.pattern}`), one));
  const ended = before.filter((one) => !has.has(`${one.option} ${one.pattern}`));
  return [
    ...set.map(({ pattern, option, value, by, reason, untilMs }) => ({
      ...{ key: pattern, option, value, by, reason, untilMs, atMs: nowMs },
    })),
    ...ended.map(({ pattern, option }) => ({
      ...{ key: pattern, option, value: null, by: null, reason: null, untilMs: null, atMs: nowMs },
    })),
  ];
}

// Instants are compared by whether there is an end: two readings of one clock differ.
function isSame(one: FleetOption | undefined, other: FleetOption): boolean {
  if (one === undefined) return false;
  const facts = ({ value, by, reason, untilMs }: FleetOption): string =>
    JSON.stringify([value, by, reason, untilMs === null]);
  return facts(one) === facts(other) && Math.abs((one.untilMs ?? 0) - (other.untilMs ?? 0)) < SAME_END_MS;
}

const SAME_END_MS = 500;
