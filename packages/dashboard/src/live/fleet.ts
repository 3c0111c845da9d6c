/** The fleet as its store tells of it, asked for again and again; a store that does not answer leaves what was known. */
import {
  type FleetWindow,
  fleetWindows,
  type InspectableStore,
  type KeptReplica,
  type SharedStore,
  type StoreHistory,
} from "recloser/history";
import type { GivenPolicy } from "recloser/inspect";
import { tripRules } from "../views/breaker-view.ts";
import { replicaView } from "../views/replica-view.ts";
import type { Away, EventView, ReplicaView, SamplePoint, TripRules } from "../views/wire.ts";
import type { NewEvent } from "./journal.ts";
import { eventOf } from "./kept-event.ts";

/** What all replicas together know of a breaker. */
export interface OfFleet {
  readonly window: FleetWindow;
  readonly rules: TripRules | null;
  /** Null: nobody tells. */
  readonly rejectedLastMinute: number | null;
}

type OverrideEvent = Extract<EventView, { readonly type: "override" }>;

const ANSWER_WITHIN_MS = 2_000;
const NAMES_MOST = 2_000;
const EVENTS_AT_FIRST = 500;
// New ones are looked for this far back, for replicas that tell late.
const EVENTS_WITHIN_MS = 60_000;
const EVENTS_MOST = 500;
const HOURS = 24;
// What was not told is asked for again so soon.
const AGAIN_MS = 1_000;
const NOTHING: FleetWindow = { calls: 0, successes: 0, failures: 0, slow: 0, young: 0, byKind: {} };

export class Fleet {
  readonly #store: SharedStore;
  readonly #history: StoreHistory;
  readonly #namespace: string;
  readonly #nowMs: () => number;
  #replicas: readonly KeptReplica[] = [];
  #windows: ReadonlyMap<string, FleetWindow> = new Map();
  #rules: ReadonlyMap<string, TripRules> = new Map();
  #given: ReadonlyMap<string, GivenPolicy> = new Map();
  #rejected: ReadonlyMap<string, number> = new Map();
  #names: ReadonlySet<string> = new Set();
  // The store's clock minus ours.
  #aheadMs = 0;
  #hasEvents = false;
  #historyAway: Away | null = null;
  #isClosed = false;
  #refreshing: Promise<void> | null = null;
  #refreshedMs = Number.NEGATIVE_INFINITY;

  constructor(store: SharedStore, history: StoreHistory, namespace: string, nowMs: () => number) {
    this.#store = store;
    this.#history = history;
    this.#namespace = namespace;
    this.#nowMs = nowMs;
  }

  /** Every breaker that a replica or the store knows. */
  get names(): ReadonlySet<string> {
    return this.#names;
  }

  /** Since when the store does not tell what happened, and why; null: it does. */
  get historyAway(): Away | null {
    return this.#historyAway;
  }

  of(key: string): OfFleet {
    return {
      window: this.#windows.get(key) ?? NOTHING,
      rules: this.#rules.get(key) ?? null,
      rejectedLastMinute: this.#historyAway === null ? (this.#rejected.get(key) ?? 0) : null,
    };
  }

  /** What replicas say that their code gives a breaker; null: none has said. */
  givenOf(key: string): GivenPolicy | null {
    return this.#given.get(key) ?? null;
  }

  /** The breakers that a replica has. */
  keysOf(replicaId: string): ReadonlySet<string> {
    const found = this.#replicas.find(({ id }) => id === replicaId);
    return new Set(found?.report.rules.flatMap(({ keys }) => keys));
  }

  replicas(): readonly ReplicaView[] {
    return this.#replicas.map((replica) => replicaView(replica, this.#aheadMs));
  }

  /**
   * Asks the store, unless that was done lately. Never rejects.
   *
   * @param learn is given what happened; `isPast` on what was there before the first look
   */
  async refresh(maxAgeMs: number, learn: (event: NewEvent, isPast: boolean) => void): Promise<void> {
    const agedMs = this.#nowMs() - this.#refreshedMs;
    if (this.#isClosed || (agedMs < maxAgeMs && (this.#historyAway === null || agedMs < AGAIN_MS))) return;
    this.#refreshing ??= withinMs(this.#ask(learn), ANSWER_WITHIN_MS)
      .catch(() => {})
      .finally(() => {
        this.#refreshedMs = this.#nowMs();
        this.#refreshing = null;
      });
    await this.#refreshing;
  }

  /** The last day of a breaker, by the minute; null: the store does not tell. */
  async minutes(key: string): Promise<readonly SamplePoint[] | null> {
    try {
      const points = await withinMs(this.#history.series(this.#namespace, key, HOURS), ANSWER_WITHIN_MS);
      return points.map((point) => ({ ...point, atMs: point.atMs - this.#aheadMs }));
    } catch {
      return null;
    }
  }

  /** Writes down what an operator did from here. Never rejects: it is done, whether that is kept or not. */
  async wrote(replica: string, { id, key, action, by, reason, untilMs, atMs }: OverrideEvent): Promise<void> {
    const forMs = untilMs === null ? null : untilMs - atMs;
    const event = { type: "override", key, action, by, reason, forMs } as const;
    const note = { replica, report: null, events: [{ id, ageMs: 0, event }], points: [] };
    await withinMs(this.#history.note(this.#namespace, note), ANSWER_WITHIN_MS).catch(() => {});
  }

  /** It asks for nothing any more. */
  close(): void {
    this.#isClosed = true;
  }

  async #ask(learn: (event: NewEvent, isPast: boolean) => void): Promise<void> {
    const replicas = await failureOf(this.#askForReplicas());
    // A store that is closed would connect anew for a question.
    if (this.#isClosed) return;
    // Records are there without a history: states go on where nobody tells what happened.
    const [events] = await Promise.all([
      replicas ?? failureOf(this.#askForEvents(learn)),
      failureOf(this.#askForRecords()),
    ]);
    const sinceMs = this.#historyAway?.sinceMs ?? this.#nowMs();
    this.#historyAway = events === null ? null : { sinceMs, error: events.message };
  }

  async #askForReplicas(): Promise<void> {
    const { nowMs, replicas } = await this.#history.replicas(this.#namespace);
    this.#aheadMs = nowMs - this.#nowMs();
    this.#replicas = replicas;
    this.#sum(replicas);
  }

  async #askForRecords(): Promise<void> {
    const names = await this.#storedNames();
    if (this.#isClosed) return;
    this.#names = new Set([...this.#rules.keys(), ...names].slice(0, NAMES_MOST));
    const windowsMs = new Map([...this.#names].map((name) => [name, this.#rules.get(name)?.windowMs ?? 30_000]));
    this.#windows = windowsMs.size === 0 ? new Map() : await fleetWindows(this.#store, this.#namespace, windowsMs);
  }

  // What the store has that no replica tells of: the fleet is gone, or has another version.
  async #storedNames(): Promise<readonly string[]> {
    const store = this.#store as SharedStore & Partial<InspectableStore>;
    return (await store.names?.(this.#namespace, { from: 0, count: NAMES_MOST })) ?? [];
  }

  async #askForEvents(learn: (event: NewEvent, isPast: boolean) => void): Promise<void> {
    const isPast = !this.#hasEvents;
    const ask = async (only?: "overrides"): Promise<void> => {
      if (this.#isClosed) return;
      const { events } = await this.#history.events(this.#namespace, {
        withinMs: isPast ? null : EVENTS_WITHIN_MS,
        most: isPast ? EVENTS_AT_FIRST : EVENTS_MOST,
        only,
      });
      for (const kept of events) {
        const event = eventOf(kept, this.#aheadMs);
        if (event !== null) learn(event, isPast);
      }
    };
    if (isPast) await ask("overrides");
    await ask();
    this.#hasEvents = true;
  }

  #sum(replicas: readonly KeptReplica[]): void {
    const rules = new Map<string, TripRules>();
    const given = new Map<string, GivenPolicy>();
    const rejected = new Map<string, number>();
    for (const { report } of replicas) {
      for (const { keys, given: told, ...some } of report.rules)
        for (const key of keys) {
          rules.set(key, tripRules(some));
          if (isGiven(told)) given.set(key, told);
        }
      for (const [key, count] of Object.entries(report.rejected)) rejected.set(key, (rejected.get(key) ?? 0) + count);
    }
    this.#rules = rules;
    this.#given = given;
    this.#rejected = rejected;
  }
}

function failureOf(answer: Promise<void>): Promise<Error | null> {
  return answer.then(
    () => null,
    (reason: unknown) => (reason instanceof Error ? reason : new Error(String(reason))),
  );
}

// Replicas may be of any version.
function isGiven(told: Partial<GivenPolicy> | undefined): told is GivenPolicy {
  return [told?.code, told?.own].every((values) => typeof values === "object" && values !== null);
}

function withinMs<T>(answer: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer in time")), ms);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
