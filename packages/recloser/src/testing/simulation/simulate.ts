/** A whole simulation from one object: replicas with a breaker each, one provider, callers. */
import type { TransitionReason } from "../../events.ts";
import type { PolicyOptions } from "../../policy.ts";
import { createRecloser } from "../../recloser.ts";
import type { CircuitState } from "../../state.ts";
import type { ArrivalPlan } from "./arrivals.ts";
import { executeThrough, streamThrough, unguarded } from "./calls.ts";
import { SimulatedNetwork } from "./network.ts";
import { SimulatedProcess } from "./process.ts";
import { StoreModel } from "./store-model.ts";
import type { Distribution } from "../provider/latency.ts";
import { ProviderModel } from "./provider-model.ts";
import type { ProviderModelOptions } from "./provider-options.ts";
import type { ProviderCall, ProviderCounters } from "./provider-record.ts";
import { type CallerRecord, type MakeCall, Workload, type WorkloadCounters } from "./workload.ts";
import { World } from "./world.ts";

export interface SimulationPlan {
  readonly seed: number;
  /** How long it lasts, in milliseconds of virtual time. */
  readonly forMs: number;
  /** Default 1. Each has callers of its own. */
  readonly replicas?: number;
  /** Whether the replicas share their circuits through a store, 0.3–1 ms away; default false: each learns for itself. */
  readonly shared?: boolean;
  /** At each replica. */
  readonly arrivals: ArrivalPlan;
  /** What callers ask for; default "answer". */
  readonly asks?: "answer" | "stream";
  /** The breakers' policy, by default the library's; `false`: calls without a breaker, to compare with. */
  readonly policy?: PolicyOptions | false;
  readonly provider?: ProviderModelOptions;
  /** How long callers wait; default: as long as it takes. */
  readonly timeoutMs?: number;
  /** Keeps {@link SimulationResult.calls}; default false. */
  readonly keepCalls?: boolean;
}

/** A change of a breaker's state, in world time. */
export interface SimulatedTransition {
  readonly atMs: number;
  readonly replica: string;
  readonly from: CircuitState;
  readonly to: CircuitState;
  readonly reason: TransitionReason;
  /** The circuit the replicas share (or the only one), or the one of this replica beside it. */
  readonly scope: "shared" | "local";
}

export interface SimulationResult {
  /** What callers got, by replica. */
  readonly replicas: readonly WorkloadCounters[];
  readonly provider: ProviderCounters;
  /** In the order in which they happened. */
  readonly transitions: readonly SimulatedTransition[];
  /** Every call as its caller saw it, in the order of their ends, if the plan keeps them. */
  readonly calls: readonly (CallerRecord & { readonly replica: string })[];
  /** Every call as the provider saw it, if `provider.log` is set. */
  readonly log: readonly ProviderCall[];
}

// A store in the same data centre.
const NEAR: Distribution = { kind: "uniform", minMs: 0.3, maxMs: 1 };

/**
 * Runs a plan. The same plan gives the same result, byte by byte.
 *
 * @throws InvalidOptionError for a bad plan, naming the field
 * @example
 * const { provider } = await simulate({
 *   seed: 1,
 *   forMs: 180_000,
 *   replicas: 3,
 *   arrivals: { kind: "poisson", perSecond: 10 },
 *   provider: { schedule: [{ fromMs: 30_000, toMs: 90_000, does: { kind: "status", status: 503 } }] },
 * });
 * console.log(provider.callsWhileDead);
 */
export async function simulate(plan: SimulationPlan): Promise<SimulationResult> {
  const world = new World({ seed: plan.seed, lightSignals: true });
  const provider = new ProviderModel(world, plan.provider);
  const store = plan.shared === true ? new StoreModel(world, new SimulatedNetwork(world, { latency: NEAR })) : null;
  const transitions: SimulatedTransition[] = [];
  const calls: (CallerRecord & { readonly replica: string })[] = [];
  const workloads = Array.from({ length: plan.replicas ?? 1 }, (_, index) => {
    const replica = new SimulatedProcess(world, `replica ${index + 1}`);
    const { name } = replica;
    return new Workload(replica, {
      arrivals: plan.arrivals,
      call: callOf(plan, provider, store, replica, transitions),
      ...(plan.timeoutMs === undefined ? {} : { timeoutMs: plan.timeoutMs }),
      ...(plan.keepCalls === true ? { onEnd: (record) => calls.push({ ...record, replica: name }) } : {}),
    });
  });
  await world.run(plan.forMs);
  const replicas = workloads.map(({ counters }) => counters);
  return { replicas, provider: provider.counters, transitions, calls, log: provider.log };
}

function callOf(
  { policy, asks = "answer" }: SimulationPlan,
  provider: ProviderModel,
  store: StoreModel | null,
  replica: SimulatedProcess,
  transitions: SimulatedTransition[],
): MakeCall {
  if (policy === false) return unguarded(provider, replica, asks);
  const { world, name } = replica;
  const random = world.random(`${name}: library`);
  const recloser = createRecloser({
    ...{ clock: replica.clock, random, replicaId: name },
    ...(store === null ? {} : { store: store.client(replica) }),
  });
  recloser.on("transition", ({ from, to, reason, scope }) => {
    transitions.push({ atMs: world.nowMs, replica: name, from, to, reason, scope });
  });
  const breaker = recloser.breaker("provider", policy);
  return (asks === "answer" ? executeThrough : streamThrough)(breaker, provider, replica);
}
