/** A fleet of replicas on one modelled store, in virtual time: the real library, a provider that fails on schedule. */
import type { GuardingBreaker } from "../../packages/recloser/src/breaker.ts";
import {
  type Breaker,
  createRecloser,
  type PolicyOptions,
  type Recloser,
  type RecloserEvents,
} from "../../packages/recloser/src/index.ts";
import type { Distribution } from "../../packages/recloser/src/testing/provider/latency.ts";
import type { Machine } from "../../packages/recloser/src/machine.ts";
import {
  type CallerRecord,
  executeThrough,
  ProviderModel,
  type ProviderSegment,
  SimulatedNetwork,
  SimulatedProcess,
  StoreModel,
  type StoreOperation,
  Workload,
  World,
} from "../../packages/recloser/src/testing/simulation/index.ts";

export interface FleetOptions {
  readonly replicas?: number;
  readonly seed?: number;
  /** Per replica; 0 (the default) makes no call by itself. */
  readonly perSecond?: number;
  readonly schedule?: readonly ProviderSegment[];
  /** How long an answer takes; 200–400 ms. */
  readonly answer?: Distribution;
  readonly policy?: PolicyOptions;
  readonly key?: string;
  /** Called before the replicas start, for a store that is in trouble from the beginning. */
  readonly prepare?: (store: StoreModel, network: SimulatedNetwork) => void;
}

export interface Replica {
  readonly process: SimulatedProcess;
  readonly recloser: Recloser;
  readonly breaker: Breaker;
  readonly transitions: RecloserEvents["transition"][];
  readonly events: string[];
  readonly ended: CallerRecord[];
  readonly workload: Workload | null;
  /** The record's machine, to look at. */
  readonly machine: () => Machine;
  /** One call by hand; what came of it when it has ended. */
  call(): { end: string | null };
}

export class Fleet {
  readonly world: World;
  readonly network: SimulatedNetwork;
  readonly store: StoreModel;
  readonly provider: ProviderModel;
  readonly replicas: Replica[] = [];
  readonly operations: StoreOperation[] = [];
  readonly #options: FleetOptions;

  constructor(options: FleetOptions = {}) {
    this.#options = options;
    this.world = new World({ seed: options.seed ?? 1 });
    this.network = new SimulatedNetwork(this.world, { latency: { kind: "uniform", minMs: 0.3, maxMs: 1 } });
    this.store = new StoreModel(this.world, this.network);
    this.store.onOperation((operation) => this.operations.push(operation));
    this.provider = new ProviderModel(this.world, {
      schedule: options.schedule ?? [],
      latency: { answer: options.answer ?? { kind: "uniform", minMs: 200, maxMs: 400 } },
      log: true,
    });
    options.prepare?.(this.store, this.network);
    for (let i = 1; i <= (options.replicas ?? 3); i++) this.start(`replica ${i}`);
  }

  /** One more replica, or one that comes back. */
  start(name: string, skewMs = this.replicas.length * 700): Replica {
    const process = new SimulatedProcess(this.world, name, { skewMs });
    const recloser = createRecloser({
      clock: process.clock,
      random: this.world.random(`${name}: library ${this.replicas.length}`),
      replicaId: name,
      store: this.store.client(process),
      defaults: this.#options.policy ?? {},
    });
    const breaker = recloser.breaker(this.#options.key ?? "openai");
    const transitions: RecloserEvents["transition"][] = [];
    const events: string[] = [];
    recloser.on("transition", (event) => {
      transitions.push(event);
      events.push(`${event.from} → ${event.to}`);
    });
    recloser.on("store", ({ mode }) => events.push(mode));
    recloser.on("probe", ({ result }) => events.push(`probe ${result}`));
    const ended: CallerRecord[] = [];
    const call = executeThrough(breaker, this.provider, process);
    const perSecond = this.#options.perSecond ?? 0;
    const workload =
      perSecond === 0
        ? null
        : new Workload(process, {
            arrivals: { kind: "poisson", perSecond },
            call,
            onEnd: (record) => ended.push(record),
          });
    const replica: Replica = {
      ...{ process, recloser, breaker, transitions, events, ended, workload },
      machine: () => (breaker as GuardingBreaker).records.health,
      call: () => {
        const made: { end: string | null } = { end: null };
        call(undefined).then(
          () => (made.end = "ok"),
          (error: unknown) => (made.end = endOf(error)),
        );
        return made;
      },
    };
    this.replicas.push(replica);
    return replica;
  }

  /** Lets milliseconds pass. */
  pass(ms: number): Promise<void> {
    return this.world.run(this.world.nowMs + ms);
  }

  get(index: number): Replica {
    return this.replicas[index] as Replica;
  }

  states(): string[] {
    return this.replicas.filter(({ process }) => process.state !== "crashed").map(({ breaker }) => breaker.state);
  }

  /** Fails until the shared circuit is open: 4 calls in a row over 100 ms, with `consecutiveFailures: 4`. */
  async trip(replica: Replica = this.get(0)): Promise<void> {
    for (let i = 0; i < 4; i++) {
      replica.call();
      await this.pass(60);
    }
    await this.pass(60);
  }

  /** Calls of the provider's log since an instant. */
  callsSince(fromMs: number): number {
    return this.provider.log.filter(({ atMs }) => atMs >= fromMs).length;
  }
}

function endOf(error: unknown): string {
  const { reason, status, message } = error as { reason?: string; status?: number; message: string };
  return reason ?? (status === undefined ? message : String(status));
}
