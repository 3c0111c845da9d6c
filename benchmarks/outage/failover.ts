/** A fleet with two providers, of which the second can carry two fifths of the load: what a failover makes of it. */
import { createRecloser, failover, type FailoverRoute, type PolicyOptions } from "recloser";
import { recoveryOf } from "./gauges.ts";
import { BASE_ERRORS, FROM_MS, LATENCY, PATIENCE_MS, TO_MS } from "./scenarios.ts";
import {
  type CallerRecord,
  type Latency,
  ProviderModel,
  type ProviderMode,
  type ProviderSegment,
  SimulatedNetwork,
  SimulatedProcess,
  type SimulatedAnswer,
  StoreModel,
  Workload,
  World,
} from "./simulation.ts";

export interface FailoverPlan {
  readonly seed: number;
  readonly replicas: number;
  /** Calls per second of all replicas together. */
  readonly perSecond: number;
  /** What the first provider does from 30 s until 210 s. */
  readonly fault: ProviderMode;
  /** What the second one can carry, always. */
  readonly limit: ProviderMode;
  readonly latency?: Latency;
  readonly patienceMs?: number;
  /** Of the second route; `false`: everything falls on it at once. */
  readonly ramp?: FailoverRoute["ramp"];
  readonly policy?: PolicyOptions;
}

export interface FailoverGauges {
  /** Calls that the second provider answered during the fault, and in each ten seconds of it. */
  readonly carried: number;
  readonly carriedPer10s: readonly number[];
  /** Of the calls that reached it then, the share that it refused with 429 or 503. */
  readonly refusedShare: number;
  /** How often its circuit opened, once per fleet. */
  readonly trips: number;
  /** From the fault's end until the first provider carries 95 % of the callers of five seconds again. */
  readonly recoveryMs: number | null;
  /** Callers who came during the fault and got a good answer. */
  readonly good: number;
}

const END_MS = 330_000;
const STORE_LINK = { latency: { kind: "lognormal", p50Ms: 0.5, p95Ms: 2 } } as const;

interface Seen {
  readonly ends: (CallerRecord & { readonly route: string | null })[];
  trips: number;
}

/** Plays a plan to its end. The same plan gives the same figures. */
export async function playFailover(plan: FailoverPlan): Promise<FailoverGauges> {
  const world = new World({ seed: plan.seed, lightSignals: true });
  const provider = (name: string, segment: ProviderSegment): ProviderModel =>
    new ProviderModel(world, { name, latency: plan.latency ?? LATENCY, schedule: [segment, BASE_ERRORS], log: true });
  const first = provider("first", { fromMs: FROM_MS, toMs: TO_MS, does: plan.fault });
  const second = provider("second", { does: plan.limit });
  const store = new StoreModel(world, new SimulatedNetwork(world, STORE_LINK));
  const seen: Seen = { ends: [], trips: 0 };
  for (let i = 1; i <= plan.replicas; i++) startReplica(plan, i, world, [first, second], store, seen);
  await world.run(END_MS + PATIENCE_MS);
  return gaugesOf(second, seen);
}

function startReplica(
  plan: FailoverPlan,
  index: number,
  world: World,
  [first, second]: readonly [ProviderModel, ProviderModel],
  store: StoreModel,
  seen: Seen,
): void {
  const process = new SimulatedProcess(world, `replica ${index}`);
  const recloser = createRecloser({
    ...{ clock: process.clock, random: world.random(`${process.name}: library`), replicaId: process.name },
    ...(plan.policy === undefined ? {} : { defaults: plan.policy }),
    store: store.client(process),
  });
  recloser.on("transition", ({ key, to, origin }) => {
    if (key === "second" && to === "open" && origin === "local") seen.trips++;
  });
  const routes: readonly FailoverRoute<SimulatedAnswer>[] = [
    { breaker: recloser.breaker("first"), run: (context) => first.answer(process, context) },
    { breaker: recloser.breaker("second"), run: (context) => second.answer(process, context), ramp: plan.ramp },
  ];
  // The route that answered last, read when the same turn tells of its caller's end.
  let route: string | null = null;
  void new Workload(process, {
    arrivals: { kind: "poisson", perSecond: plan.perSecond / plan.replicas },
    timeoutMs: plan.patienceMs ?? PATIENCE_MS,
    call: async (signal) => {
      let answeredBy: string | null = null;
      try {
        return await failover(routes, { signal, onAnswer: (report) => void (answeredBy = report.route) });
      } finally {
        route = answeredBy;
      }
    },
    onEnd: (record) => seen.ends.push({ ...record, route: record.end === "ok" ? route : null }),
  });
}

function gaugesOf(second: ProviderModel, { ends, trips }: Seen): FailoverGauges {
  const inFault = ({ atMs }: { readonly atMs: number }): boolean => atMs >= FROM_MS && atMs < TO_MS;
  const calls = second.log.filter(inFault);
  const answered = calls.filter(({ end }) => end === "ok");
  const carriedPer10s = Array.from({ length: (TO_MS - FROM_MS) / 10_000 }, () => 0);
  for (const { atMs } of answered) {
    const at = Math.floor((atMs - FROM_MS) / 10_000);
    carriedPer10s[at] = (carriedPer10s[at] ?? 0) + 1;
  }
  const refused = calls.filter(({ status }) => status === 429 || status === 503);
  const byFirst = ends
    .filter(({ atMs }) => atMs < END_MS)
    .map((record): CallerRecord => (record.route === "first" ? record : { ...record, end: "failed" }));
  return {
    carried: answered.length,
    carriedPer10s,
    refusedShare: refused.length / calls.length,
    trips,
    recoveryMs: recoveryOf(byFirst, TO_MS),
    good: ends.filter((record) => inFault(record) && record.end === "ok").length,
  };
}
