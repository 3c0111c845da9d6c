/**
 * Draws fault plans. Each seed switches a random part of the kinds of faults off (swarm testing: what is never together
 * with everything else is found too), and what is drawn shrinks: fewer faults, fewer replicas, earlier and shorter.
 */
import fc from "fast-check";
import {
  type Fault,
  FAULT_KINDS,
  type FaultKind,
  OPERATOR_WORDS,
  type Plan,
  PROVIDER_MODES,
  type ProviderFault,
  type ReplicaPlan,
  type Span,
} from "./plan.ts";
import { POLICY_NAMES, type PolicyName } from "./policies.ts";

const MOST_REPLICAS = 5;
const HOUR_MS = 3_600_000;

/** What is drawn of a fault before it is known which kinds there are. */
interface Draw {
  /** In [0, 1): which of the kinds that are switched on. */
  readonly kind: number;
  /** In [0, 1] of the time in which things go wrong. */
  readonly at: number;
  readonly forMs: number;
  readonly replica: number;
  readonly variant: number;
}

const part = fc.integer({ min: 0, max: 1_000 }).map((thousandths) => thousandths / 1_000);
const fixed = (max: number): fc.Arbitrary<number> => fc.noShrink(fc.integer({ min: 0, max }));

/** How a provider is dead for long. */
const OUTAGES = ["hang", "503", "slow", "unreachable", "flapping"] as const;

const draw = (longestMs: number): fc.Arbitrary<Draw> =>
  fc.record({
    kind: fixed(999).map((thousandths) => thousandths / 1_000),
    at: part,
    forMs: fc.integer({ min: 50, max: longestMs }),
    replica: fixed(MOST_REPLICAS - 1),
    variant: fixed(59),
  });

const replica: fc.Arbitrary<ReplicaPlan> = fc.record({
  perSecond: fc.constantFrom(2, 1, 4, 8),
  stream: fc.boolean(),
  skewMs: fc.constantFrom(0, 400, -2_500, 60_000),
});

const policy: fc.Arbitrary<PolicyName> = fc.oneof(
  ...POLICY_NAMES.map((name) => ({ arbitrary: fc.constant(name), weight: name === "defaults" ? 1 : 3 })),
);

const biasedPlan: fc.Arbitrary<Plan> = fc
  .record({
    seed: fixed(1_000_000_000),
    policy: fc.noShrink(policy),
    store: fc.noShrink(fc.constantFrom("shared" as const, ...Array<"shared">(8).fill("shared"), "memory" as const)),
    key: fc.constantFrom("plain" as const, "plain" as const, "structured" as const),
    length: part,
    replicas: fc.array(replica, { minLength: 1, maxLength: MOST_REPLICAS }),
    mistakes: fc.constantFrom(0, 0, 0.05, 0.3),
    aborts: fc.constantFrom(0, 0, 0.05, 0.3),
    providerKinds: fixed(2 ** PROVIDER_MODES.length - 1),
    faultKinds: fixed(2 ** FAULT_KINDS.length - 1),
    isCalm: fc.noShrink(fc.constantFrom(true, false, false, false)),
    // Half of all plans have a long outage: most of what can go wrong with a probe needs one.
    outage: fc.option(fc.tuple(fc.noShrink(fc.constantFrom(...OUTAGES)), draw(20_000)), { freq: 2 }),
    provider: fc.array(draw(10_000), { maxLength: 3 }),
    faults: fc.array(draw(8_000), { maxLength: 7 }),
  })
  .map(({ providerKinds, faultKinds, outage, provider, faults, isCalm, length, ...plan }) => {
    const slowly = plan.policy === "defaults" ? 3 : 1;
    const faultsForMs = Math.round((12_000 + 12_000 * length) * slowly);
    const modes = chosen(PROVIDER_MODES, providerKinds);
    const kinds = chosen(FAULT_KINDS, faultKinds);
    const span = ({ at, forMs }: Draw): Span => ({
      atMs: Math.round(at * faultsForMs * 0.9),
      forMs: forMs * slowly,
    });
    return {
      ...plan,
      faultsForMs,
      provider: [
        ...(outage === null ? [] : [providerFault(outage[0], span({ ...outage[1], at: outage[1].at / 3 }), outage[1])]),
        ...provider.map((drawn) => providerFault(pick(modes, drawn.kind), span(drawn), drawn)),
      ].map((fault) => ({ ...fault, replica: fault.replica % plan.replicas.length })),
      // A quarter of all plans has nothing wrong but the provider: some promises hold only there.
      faults: isCalm
        ? []
        : faults.map((drawn) => faultOf(pick(kinds, drawn.kind), span(drawn), drawn, plan.replicas.length)),
    };
  });

/** Any plan. Without bias: the library prefers extremes, and two thirds of all faults would last for no time. */
export const anyPlan: fc.Arbitrary<Plan> = fc.noBias(biasedPlan);

/** The plan of a seed. */
export function planOf(seed: number): Plan {
  return fc.sample(anyPlan, { seed, numRuns: 1 })[0] as Plan;
}

function chosen<T>(all: readonly T[], mask: number): readonly T[] {
  const some = all.filter((_, at) => (mask & (1 << at)) !== 0);
  return some.length === 0 ? all : some;
}

function pick<T>(from: readonly T[], at: number): T {
  return from[Math.floor(at * from.length)] as T;
}

function providerFault(mode: ProviderFault["mode"], span: Span, { replica: at }: Draw): ProviderFault {
  return { mode, ...span, replica: at };
}

const LATENCIES_MS = [40, 150, 500];
const STEPS_MS = [HOUR_MS, -HOUR_MS, 2_000, -2_000];
const DIRECTIONS = ["both", "to store", "from store"] as const;

function faultOf(kind: FaultKind, span: Span, { replica: at, variant }: Draw, replicas: number): Fault {
  const which = at % replicas;
  const one = <T>(values: readonly T[]): T => values[variant % values.length] as T;
  switch (kind) {
    case "store down":
    case "store hung":
    case "store failing":
    case "store flapping":
    case "pushes lost":
    case "store wiped":
      return { kind, ...span };
    case "store slow":
      return { kind, ...span, latencyMs: one(LATENCIES_MS) };
    case "failover":
      return { kind, ...span, lostMs: one([100, 500, 1_500, 4_000]) };
    case "clock step":
      return { kind, ...span, byMs: one(STEPS_MS) };
    case "partition":
      return { kind, ...span, replica: which, direction: one(DIRECTIONS) };
    case "lossy network":
      return { kind, ...span, drop: one([0, 0.1, 0.4]), duplicate: one([0.3, 0, 0.5]), latencyMs: one([5, 40, 120]) };
    case "replica paused":
      return { kind, ...span, replica: which };
    case "replica crashed":
      return { kind, ...span, replica: which, sameId: variant % 2 === 0 };
    case "operator":
      return { kind, ...span, replica: which, word: one(OPERATOR_WORDS) };
  }
}
