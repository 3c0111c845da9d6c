/** A fleet of replicas that call one provider in simulated time, with or without a breaker, and what was seen of it. */
import { createRecloser, type PolicyOptions, type Recloser } from "recloser";
import { secondProvider, withFailover } from "./fleet-failover.ts";
import { withRetries } from "./retries.ts";
import {
  type ArrivalPlan,
  type CallerRecord,
  executeThrough,
  type Latency,
  type MakeCall,
  ProviderModel,
  type ProviderSegment,
  SimulatedNetwork,
  SimulatedProcess,
  StoreModel,
  streamThrough,
  unguarded,
  Workload,
  World,
} from "./simulation.ts";

/**
 * `none`: one try. `retries`: the control. The others have the same retries around a breaker, alone or with a store; the last
 * one has a second, smaller provider to go to.
 */
export type Arm = "none" | "retries" | "per-process" | "shared" | "shared + failover";

export interface FleetPlan {
  readonly seed: number;
  readonly arm: Arm;
  readonly replicas: number;
  /** Calls per second of all replicas together. */
  readonly perSecond: number;
  readonly arrivals?: ArrivalPlan["kind"];
  readonly forMs: number;
  readonly asks: "answer" | "stream";
  readonly latency: Latency;
  readonly schedule: readonly ProviderSegment[];
  /** How long callers wait. */
  readonly patienceMs?: number;
  /** Tries of a call; default 3, in the arm `none` always 1. */
  readonly tries?: number;
  readonly policy?: PolicyOptions;
  /** When the store stands still. */
  readonly storeHangs?: { readonly fromMs: number; readonly toMs: number };
}

/** What is told while it runs; times are the world's. */
export interface FleetWatch {
  /** A caller has what it gets. */
  onEnd?(record: CallerRecord): void;
  /** A try leaves for the provider, and how it ended; null for an answer. */
  onTry?(atMs: number, probe: boolean): void;
  onTryEnd?(startedAtMs: number, error: unknown): void;
  /** A try leaves for the second provider. */
  onSecondTry?(): void;
  onTransition?(change: FleetChange): void;
}

export interface FleetChange {
  readonly atMs: number;
  readonly replica: number;
  readonly kind: "transition" | "hold";
  readonly to: string;
  readonly reason: string;
  readonly origin: string;
}

export interface Fleet {
  readonly world: World;
  readonly provider: ProviderModel;
  readonly workloads: readonly Workload[];
  /** Commands that the store carried out, by kind; empty without one. */
  readonly storeCounts: Readonly<Record<string, number>>;
}

// Half a millisecond one way, with a tail: a Redis in the same zone.
const STORE_LINK = { latency: { kind: "lognormal", p50Ms: 0.5, p95Ms: 2 } } as const;
const KEY = "provider";

/** Plays a plan to its end. */
export async function playFleet(plan: FleetPlan, watch: FleetWatch = {}): Promise<Fleet> {
  const world = new World({ seed: plan.seed });
  const provider = new ProviderModel(world, { latency: plan.latency, schedule: plan.schedule });
  const second = plan.arm === "shared + failover" ? secondProvider(world, plan, () => watch.onSecondTry?.()) : null;
  const store = sharesRecords(plan.arm) ? new StoreModel(world, new SimulatedNetwork(world, STORE_LINK)) : null;
  if (store !== null && plan.storeHangs !== undefined) {
    world.at(plan.storeHangs.fromMs, () => store.process.pause());
    world.at(plan.storeHangs.toMs, () => store.process.resume());
  }
  const reclosers: Recloser[] = [];
  const workloads = Array.from({ length: plan.replicas }, (_, index) => {
    const process = new SimulatedProcess(world, `replica ${index + 1}`);
    const recloser = plan.arm === "none" || plan.arm === "retries" ? null : recloserOf(process, plan, store);
    if (recloser !== null) {
      reclosers.push(recloser);
      tell(recloser, index, world, watch);
    }
    const call = callOf(plan, [watched(provider, watch, world), second], process, recloser);
    const arrivals = { kind: plan.arrivals ?? "poisson", perSecond: plan.perSecond / plan.replicas } as const;
    return new Workload(process, {
      arrivals,
      call,
      ...(plan.patienceMs === undefined ? {} : { timeoutMs: plan.patienceMs }),
      onEnd: (record) => watch.onEnd?.(record),
    });
  });
  await world.run(plan.forMs);
  for (const workload of workloads) workload.stop();
  return { world, provider, workloads, storeCounts: store?.counts ?? {} };
}

function recloserOf(process: SimulatedProcess, plan: FleetPlan, store: StoreModel | null): Recloser {
  return createRecloser({
    clock: process.clock,
    random: process.world.random(`${process.name}: library`),
    replicaId: process.name,
    ...(plan.policy === undefined ? {} : { defaults: plan.policy }),
    ...(store === null ? {} : { store: store.client(process) }),
  });
}

export function sharesRecords(arm: Arm): boolean {
  return arm === "shared" || arm === "shared + failover";
}

function tell(recloser: Recloser, replica: number, world: World, watch: FleetWatch): void {
  recloser.on("transition", ({ key, to, reason, origin }) => {
    if (key !== KEY) return;
    watch.onTransition?.({ atMs: world.nowMs, replica, kind: "transition", to, reason, origin });
  });
  recloser.on("hold", ({ key, kind }) => {
    if (key !== KEY) return;
    watch.onTransition?.({ atMs: world.nowMs, replica, kind: "hold", to: "hold", reason: kind, origin: "local" });
  });
}

function callOf(
  plan: FleetPlan,
  [provider, second]: readonly [ProviderModel, ProviderModel | null],
  process: SimulatedProcess,
  recloser: Recloser | null,
): MakeCall {
  const once = onceOf(plan, [provider, second], process, recloser);
  return plan.arm === "none" || plan.tries === 1 ? once : withRetries(once, process, plan.tries);
}

function onceOf(
  { asks }: FleetPlan,
  [provider, second]: readonly [ProviderModel, ProviderModel | null],
  process: SimulatedProcess,
  recloser: Recloser | null,
): MakeCall {
  if (recloser === null) return unguarded(provider, process, asks);
  const breaker = recloser.breaker(KEY);
  if (second !== null) return withFailover([breaker, recloser.breaker("second")], [provider, second], process);
  return (asks === "answer" ? executeThrough : streamThrough)(breaker, provider, process);
}

/** The provider, with each try noted. */
function watched(provider: ProviderModel, watch: FleetWatch, world: World): ProviderModel {
  if (watch.onTry === undefined && watch.onTryEnd === undefined) return provider;
  const noted: Pick<ProviderModel, "answer" | "stream"> = {
    answer(process, facts = {}) {
      const atMs = world.nowMs;
      watch.onTry?.(atMs, facts.probe === true);
      const answer = provider.answer(process, facts);
      if (watch.onTryEnd !== undefined)
        answer.then(
          () => watch.onTryEnd?.(atMs, null),
          (error: unknown) => watch.onTryEnd?.(atMs, error),
        );
      return answer;
    },
    stream(process, facts = {}) {
      watch.onTry?.(world.nowMs, facts.probe === true);
      return provider.stream(process, facts);
    },
  };
  return noted as ProviderModel;
}
