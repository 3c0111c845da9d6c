/** One replica: a Recloser with a store and connections of its own, the calls it makes as it is told, and what it writes down. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Breaker,
  type BreakerKey,
  type BreakerSnapshot,
  createRecloser,
  type PolicyOptions,
  type Recloser,
} from "recloser";
import type { GuardingBreaker } from "../../../packages/recloser/src/breaker.ts";
import type { BrokenScript } from "./broken-scripts.ts";
import { makeCall } from "./calls.ts";
import type { CallEnd, View } from "./entries.ts";
import type { Journal, News } from "./journal.ts";
import { machineMs } from "./machine-time.ts";
import { type ClientKind, storeAt, type StorePlace } from "./place.ts";
import { RecordedStore } from "./recorded-store.ts";

export interface SeatOptions {
  readonly name: string;
  /** Of the store, or what else says where it is. */
  readonly url: StorePlace;
  readonly client: ClientKind;
  readonly namespace: string;
  /** A defect in the scripts that this replica sends; for proving the checks. */
  readonly broken: BrokenScript | null;
  /** For long loads: calls are counted and not written down. */
  readonly isQuiet: boolean;
}

export interface Target {
  /** A record of its own, or, with a colon in it, a provider and a model. */
  readonly key: string;
  /** Of a provider, `http://127.0.0.1:PORT`; null: calls are answered in the process, in the next turn. */
  readonly provider: string | null;
  readonly streams?: boolean;
}

export interface Counters {
  readonly asked: number;
  readonly ended: number;
  readonly answered: number;
  readonly failed: number;
  readonly strange: readonly string[];
  readonly rejected: Readonly<Record<string, number>>;
}

export interface Look {
  readonly snapshot: BreakerSnapshot;
  readonly view: View;
  /** When the cooldown ends, on the machine's clock. */
  readonly openUntilAt: number | null;
}

export interface Health {
  readonly mode: "shared" | "local";
  readonly lastError: string | null;
  readonly roundTripMs: number | null;
  readonly droppedReports: number;
}

/** What a replica can be told to do. */
export interface SeatOrders {
  /** Makes a breaker and waits until its record has been read. @param atOpening makes a call in the moment the shared circuit opens */
  use(key: string, policy: PolicyOptions, atOpening?: Target): Promise<void>;
  /** Makes calls at a rate until `rest`. */
  load(target: Target, perSecond: number): Promise<void>;
  /** Makes no more calls, and waits for those under way, at most that long. */
  rest(mostMs?: number): Promise<void>;
  /** Callers at once, at an instant of the machine; gives how they ended. */
  burst(target: Target, callers: number, at?: number): Promise<CallEnd[]>;
  counters(): Promise<Counters>;
  look(key: string): Promise<Look>;
  health(): Promise<Health>;
  close(): Promise<void>;
}

export const ORDERS: readonly (keyof SeatOrders)[] = [
  "use",
  "load",
  "rest",
  "burst",
  "counters",
  "look",
  "health",
  "close",
];

const TICK_MS = 5;
const READ_WITHIN_MS = 5_000;

export class Seat implements SeatOrders {
  readonly #options: SeatOptions;
  readonly #journal: Journal;
  readonly #recloser: Recloser;
  readonly #endClient: () => void;
  readonly #views = new Map<string, string>();
  readonly #read = new Set<string>();
  readonly #loads = new Set<NodeJS.Timeout>();
  readonly #underWay = new Set<Promise<CallEnd>>();
  readonly #counters = { asked: 0, ended: 0, answered: 0, failed: 0 };
  readonly #strange: string[] = [];
  readonly #rejected: Record<string, number> = {};
  // The library's clock minus the machine's: both go at one pace.
  readonly #aheadMs: number;

  constructor(options: SeatOptions, journal: Journal) {
    this.#options = options;
    this.#journal = journal;
    this.#aheadMs = performance.timeOrigin + performance.now() - machineMs();
    const { store, end } = storeAt(options.url, options.client, options.broken);
    this.#endClient = end;
    const learnt = (key: string): void => {
      this.#read.add(key);
      // What the library makes of it is there in the next turn.
      setImmediate(() => this.#sample(key));
    };
    this.#recloser = createRecloser({
      store: new RecordedStore(store, this.#write, learnt),
      namespace: options.namespace,
      replicaId: options.name,
    });
    this.#write({ what: "up", pid: process.pid });
    this.#listen();
  }

  #listen(): void {
    const recloser = this.#recloser;
    recloser.on("transition", (event) => {
      this.#write({ what: "transition", key: event.key, event });
      this.#sample(event.key);
    });
    recloser.on("probe", (event) => this.#write({ what: "probe", key: event.key, event }));
    recloser.on("override", (event) => this.#write({ what: "override", key: event.key, event }));
    recloser.on("store", ({ mode, error }) =>
      this.#write({ what: "store", mode, message: error === null ? null : error.message }),
    );
  }

  readonly #write = (news: News): void => this.#journal.write(this.#options.name, news);

  #breaker(key: string): Breaker {
    return this.#recloser.breaker(placeOf(key));
  }

  #view(key: string): View {
    const machine = (this.#breaker(key) as unknown as GuardingBreaker).records.health;
    const nowMs = machineMs() + this.#aheadMs;
    const shared = machine.shared?.facts ?? machine.facts;
    const state = ({ circuit }: typeof shared): View["shared"] =>
      circuit.is === "closed" ? "closed" : nowMs < circuit.openUntilMs ? "open" : "half-open";
    const { incarnation, version, generation } = shared;
    return {
      ...{ incarnation, version, generation },
      shared: state(shared),
      local: state(machine.facts),
      isConnected: machine.shared?.isConnected ?? false,
      overridden: shared.override !== null || machine.facts.override !== null,
    };
  }

  // Written down where it has changed.
  #sample(key: string): void {
    if (![...this.#recloser.breakers()].some(({ name }) => name === key)) return;
    const view = this.#view(key);
    const text = JSON.stringify(view);
    if (this.#views.get(key) === text) return;
    this.#views.set(key, text);
    this.#write({ what: "view", key, view });
  }

  async use(key: string, policy: PolicyOptions, atOpening?: Target): Promise<void> {
    await this.#recloser.ready();
    const breaker = this.#recloser.breaker(placeOf(key), policy);
    if (atOpening !== undefined)
      breaker.on("transition", ({ to, scope }) => {
        if (to === "open" && scope === "shared") void this.#call(atOpening);
      });
    const deadline = machineMs() + READ_WITHIN_MS;
    while (!this.#read.has(key) && machineMs() < deadline) await sleep(2);
  }

  load(target: Target, perSecond: number): Promise<void> {
    const startedAt = machineMs();
    let made = 0;
    const timer = setInterval(() => {
      // What a stall has made late is not made up for in one go beyond a tenth of a second.
      const due = Math.floor(((machineMs() - startedAt) * perSecond) / 1_000);
      made = Math.max(made, due - Math.ceil(perSecond / 10));
      for (; made < due; made++) void this.#call(target);
    }, TICK_MS);
    this.#loads.add(timer);
    return Promise.resolve();
  }

  async rest(mostMs = 5_000): Promise<void> {
    for (const timer of this.#loads) clearInterval(timer);
    this.#loads.clear();
    await Promise.race([Promise.all(this.#underWay), sleep(mostMs, null, { ref: false })]);
  }

  async burst(target: Target, callers: number, at = 0): Promise<CallEnd[]> {
    const wait = at - machineMs();
    if (wait > 0) await sleep(wait);
    while (machineMs() < at); // a timer may come a little early
    return Promise.all(Array.from({ length: callers }, () => this.#call(target)));
  }

  #call({ key, provider, streams = false }: Target): Promise<CallEnd> {
    const { name, isQuiet } = this.#options;
    const call = `${name}-${++this.#counters.asked}`;
    const made = makeCall(this.#breaker(key), provider, call, streams, {
      key,
      write: isQuiet ? () => {} : this.#write,
      view: () => this.#view(key),
    }).then((how) => {
      this.#count(how);
      this.#underWay.delete(made);
      return how;
    });
    this.#underWay.add(made);
    return made;
  }

  #count(how: CallEnd): void {
    this.#counters.ended++;
    if (how.end === "answered") this.#counters.answered++;
    else if (how.end === "failed") this.#counters.failed++;
    else if (how.end === "strange") this.#strange.push(how.message);
    else this.#rejected[how.reason] = (this.#rejected[how.reason] ?? 0) + 1;
  }

  counters(): Promise<Counters> {
    return Promise.resolve({ ...this.#counters, strange: this.#strange, rejected: this.#rejected });
  }

  look(key: string): Promise<Look> {
    const snapshot = this.#breaker(key).snapshot();
    const openUntilAt = snapshot.openUntilMs === null ? null : snapshot.openUntilMs - this.#aheadMs;
    return Promise.resolve({ snapshot, view: this.#view(key), openUntilAt });
  }

  health(): Promise<Health> {
    const { mode, lastError, roundTripMs, droppedReports } = this.#recloser.storeHealth();
    return Promise.resolve({ mode, lastError: lastError?.message ?? null, roundTripMs, droppedReports });
  }

  async close(): Promise<void> {
    await this.rest(0);
    await this.#recloser.close();
    this.#endClient();
    this.#write({ what: "closed" });
  }
}

function placeOf(key: string): string | BreakerKey {
  const [provider = "", model] = key.split(":");
  return model === undefined ? key : { provider, model };
}
