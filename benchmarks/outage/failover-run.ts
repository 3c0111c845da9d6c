/** `npm run outage:failover`: the table of docs/decisions/0030-failover.md, in virtual time: the same figures on any machine. */
import { type FailoverGauges, type FailoverPlan, playFailover } from "./failover.ts";
import { FROM_MS, TO_MS } from "./scenarios.ts";

const PER_SECOND = 32; // what the second provider can carry of 80
const DOWN = { kind: "status", status: 503 } as const;
const LIMITS = [
  ["176 calls at once, 503 above", { kind: "capacity", concurrent: 176 }],
  ["32 calls a second, 429 above", { kind: "rate-limit", perSecond: PER_SECOND, retryAfter: "next" }],
] as const satisfies readonly (readonly [string, FailoverPlan["limit"]])[];
const FAULTS = [
  ["503", DOWN, [20, 4, 1]],
  ["flapping", { kind: "flapping", periodMs: 10_000, upShare: 0.5, down: DOWN }, [20]],
  ["hang", { kind: "hang" }, [20]],
] as const satisfies readonly (readonly [string, FailoverPlan["fault"], readonly number[]])[];

console.log(
  "second provider | first | processes | intake | carried of its capacity | refused | trips | first carries all after",
);
for (const [carries, limit] of LIMITS)
  for (const [name, fault, fleets] of FAULTS)
    for (const replicas of fleets) {
      const plan: FailoverPlan = { seed: 1, replicas, perSecond: 80, fault, limit };
      tell([carries, name, replicas, "as built"], await playFailover(plan));
      if (name === "503") tell([carries, name, replicas, "all at once"], await playFailover({ ...plan, ramp: false }));
    }

function tell(of: readonly (string | number)[], { carried, refusedShare, trips, recoveryMs }: FailoverGauges): void {
  const capacity = (PER_SECOND * (TO_MS - FROM_MS)) / 1_000;
  const recovery = recoveryMs === null ? "not at all" : `${Math.round(recoveryMs / 1_000)} s`;
  const figures = [(carried / capacity).toFixed(2), `${(100 * refusedShare).toFixed(0)} %`, trips, recovery];
  console.log([...of, ...figures].join(" | "));
}
