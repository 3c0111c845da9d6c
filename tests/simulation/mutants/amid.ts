/** What is added to plans for a broken design that shows only where several things come together. */
import type { Fault, Plan } from "../plan.ts";

/** The circuit trips and closes again and again, and the faults come beside it. */
function churning(plan: Plan, faults: readonly Fault[]): Plan {
  return {
    ...plan,
    store: "shared",
    provider: [...plan.provider, { mode: "flapping", atMs: 1_000, forMs: plan.faultsForMs, replica: 0 }],
    faults: [...plan.faults, ...faults],
  };
}

/** One replica after the other is cut off from the store for long enough to miss a round. */
export function oneIsAway(plan: Plan): Plan {
  const { faultsForMs, replicas } = plan;
  const faults: Fault[] = [];
  for (let atMs = 2_000; atMs < faultsForMs; atMs += 3_000) {
    const replica = faults.length % replicas.length;
    faults.push({ kind: "partition", atMs, forMs: 2_000, replica, direction: "both" });
  }
  return churning(plan, faults);
}

/** Messages overtake each other and come twice, all the time. */
export function disorder(plan: Plan): Plan {
  const lossy = { kind: "lossy network", drop: 0, duplicate: 0.5, latencyMs: 120 } as const;
  return churning(plan, [{ ...lossy, atMs: 0, forMs: plan.faultsForMs }]);
}

/** Messages come twice, the second time often later than a command may, and answers are lost. */
export function lateCopies(plan: Plan): Plan {
  const lossy = { kind: "lossy network", drop: 0.3, duplicate: 1, latencyMs: 220 } as const;
  return churning(plan, [{ ...lossy, atMs: 0, forMs: plan.faultsForMs }]);
}

/**
 * A store that fails over while one replica, which may be the prober, cannot hear of it: its probe is still under way when
 * the next one is given the same number.
 */
export function failoverAmidProbes(plan: Plan): Plan {
  const { seed, faultsForMs, replicas } = plan;
  const atMs = faultsForMs * 0.4 + (seed % 4_000);
  const away = { kind: "partition", replica: seed % replicas.length, direction: "both" } as const;
  return {
    ...plan,
    store: "shared",
    provider: [...plan.provider, { mode: "hang", atMs: 1_000, forMs: faultsForMs, replica: 0 }],
    faults: [
      ...plan.faults,
      { kind: "failover", atMs, forMs: 0, lostMs: 1_500 },
      { ...away, atMs: atMs - 100, forMs: 2_000 },
    ],
  };
}
