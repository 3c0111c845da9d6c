/** One replica of a plan: its processes one after the other, each with a recloser of its own, and its callers. */
import type { Breaker, Recloser } from "../../packages/recloser/src/api.ts";
import type { GuardingBreaker } from "../../packages/recloser/src/breaker.ts";
import type { Machine } from "../../packages/recloser/src/machine.ts";
import type { Random } from "../../packages/recloser/src/random.ts";
import { createRecloser } from "../../packages/recloser/src/recloser.ts";
import { memoryStore } from "../../packages/recloser/src/store/memory.ts";
import type { SharedStore } from "../../packages/recloser/src/store/store.ts";
import { startArrivals } from "../../packages/recloser/src/testing/simulation/arrivals.ts";
import { SimulatedProcess } from "../../packages/recloser/src/testing/simulation/process.ts";
import type { World } from "../../packages/recloser/src/testing/simulation/world.ts";
import { makeCall } from "./caller.ts";
import type { CallRecord, EventRecord, History } from "./history.ts";
import type { OperatorWordName, Plan } from "./plan.ts";
import { optionsOf, patienceMs } from "./policies.ts";
import { nameOf, type Surroundings } from "./surroundings.ts";

const STRUCTURED = { provider: "openai", model: "gpt" };

/** What a replica is put into. */
export interface Setting {
  readonly world: World;
  readonly plan: Plan;
  readonly history: History;
  readonly around: Surroundings;
  /** Between a process and the store; mutants put something in its place. */
  readonly wrapClient: (client: SharedStore) => SharedStore;
}

export class Replica {
  readonly index: number;
  readonly #setting: Setting;
  readonly #choices: Random;
  life = -1;
  process!: SimulatedProcess;
  recloser!: Recloser;
  breaker!: Breaker;
  /** Calls that have not ended, in any of its processes that live. */
  pending = 0;
  #arrivals: { stop(): void } | null = null;
  #ended = false;

  constructor(index: number, setting: Setting) {
    this.index = index;
    this.#setting = setting;
    this.#choices = setting.world.random(`choices ${index}`);
    this.start(true);
  }

  get name(): string {
    return nameOf(this.index);
  }

  get machines(): readonly Machine[] {
    return (this.breaker as GuardingBreaker).machines;
  }

  get isRunning(): boolean {
    return this.process.state === "running";
  }

  /** A new process. @param sameId whether it calls itself what the one before did */
  start(sameId: boolean): void {
    const { world, plan, around, history, wrapClient } = this.#setting;
    const life = ++this.life;
    const shape = plan.replicas[this.index] as Plan["replicas"][number];
    const process = new SimulatedProcess(world, this.name, { skewMs: shape.skewMs });
    this.process = process;
    this.pending = 0;
    const client = (): SharedStore => {
      const inner = wrapClient(around.store.client(process));
      const claim = (): void => void history.claims.push({ replica: this.index, life, atMs: world.nowMs });
      return {
        ...inner,
        apply: (record, command, policy, by) => {
          if (command.type === "claim") claim();
          return inner.apply(record, command, policy, by);
        },
      };
    };
    this.recloser = createRecloser({
      clock: process.clock,
      random: world.random(`library ${this.index}.${life}`),
      replicaId: sameId ? this.name : `${this.name}-${life}`,
      store: plan.store === "memory" ? memoryStore() : client(),
      defaults: optionsOf(plan.policy),
    });
    this.breaker = this.recloser.breaker(plan.key === "plain" ? "llm" : STRUCTURED);
    this.#listen();
    if (this.#ended) return;
    const arrivals = { kind: "poisson", perSecond: shape.perSecond } as const;
    this.#arrivals = startArrivals(process, arrivals, world.random(`arrivals ${this.index}`), () => this.#call());
  }

  crash(): void {
    this.#arrivals?.stop();
    this.process.crash();
    this.pending = 0;
  }

  /** No more calls come. */
  endCalls(): void {
    this.#ended = true;
    this.#arrivals?.stop();
  }

  /** An operator speaks to it; whatever comes of it, the promise must not reject. */
  operate(word: OperatorWordName, forMs: number): void {
    if (!this.isRunning) return;
    const { breaker } = this;
    const by = `operator at ${this.name}`;
    const { history, world } = this.#setting;
    const spoken = {
      "force-open": () => breaker.forceOpen({ by, reason: "a drill", for: forMs }),
      "force-closed": () => breaker.forceClosed({ by, reason: "a drill", for: forMs }),
      clear: () => breaker.clearOverride({ by }),
      reset: () => breaker.reset({ by }),
      "probe-now": () => breaker.probeNow({ by }),
    }[word];
    spoken().catch((error: unknown) => history.faults.push(`${word} at ${world.nowMs} ms rejected: ${String(error)}`));
  }

  #listen(): void {
    const { history, world } = this.#setting;
    const { recloser, index: replica, life } = this;
    const push = (record: Pick<EventRecord, "name" | "event">): void => {
      history.events.push({ at: world.nowMs, replica, life, ...record } as EventRecord);
    };
    let known = recloser.storeHealth();
    const note = (record: Pick<EventRecord, "name" | "event">): void => {
      const { mode, sinceMs } = recloser.storeHealth();
      const isNew = mode !== known.mode || sinceMs !== known.sinceMs;
      // It may have gone and come, or come and gone, since the last event.
      if (isNew && mode === known.mode) push({ name: "mode", event: { mode: mode === "local" ? "shared" : "local" } });
      if (isNew) push({ name: "mode", event: { mode } });
      known = { ...known, mode, sinceMs };
      push(record);
    };
    recloser.on("transition", (event) => note({ name: "transition", event }));
    recloser.on("probe", (event) => note({ name: "probe", event }));
    recloser.on("override", (event) => note({ name: "override", event }));
    recloser.on("store", (event) => note({ name: "store", event }));
  }

  #call(): void {
    const { world, plan, history, around } = this.#setting;
    const { process, breaker, life, index: replica } = this;
    const shape = plan.replicas[replica] as Plan["replicas"][number];
    const choices = this.#choices;
    // Always the same number of draws, so that calls do not change each other's fate.
    const [mistakes, aborts, late] = [choices(), choices(), choices()];
    const record = newCall(history.calls.length, replica, life, world.nowMs);
    history.calls.push(record);
    this.pending++;
    const intent = {
      stream: shape.stream,
      isMistake: mistakes < plan.mistakes,
      abortMs: aborts < plan.aborts ? late * 1_500 : null,
      patienceMs: patienceMs(history.policy),
    };
    const machines = (): readonly Machine[] => (breaker as GuardingBreaker).machines;
    const place = { process, breaker, machines, provider: () => around.providerOf(replica) };
    makeCall(place, intent, record, () => {
      if (this.life === life) this.pending--;
    });
  }
}

const NONE: readonly never[] = [];

function newCall(id: number, replica: number, life: number, atMs: number): CallRecord {
  return {
    id,
    replica,
    life,
    atMs,
    admittedMs: null,
    probe: false,
    leases: NONE,
    standings: NONE,
    shownMs: null,
    wireEndMs: null,
    endMs: null,
    end: null,
    reason: null,
    stateSaid: null,
    inFlight: false,
    failure: null,
    strange: null,
    listenersLeft: 0,
  };
}
