import { playFleet } from "../../outage/fleet.ts";
import { latencies } from "../../outage/simulation.ts";
import { playPermits } from "../permits.ts";
import { atMost, type Bar, type Effort } from "../reading.ts";

const FOR_MS = 120_000;
const FAILING = [0.01, 0.05];
const UNARY = { from: 8_000, to: 60_000 };
const FIRST_TOKEN = { from: 300, to: 3_000 };

/** Runs in which the circuit tripped or a call was turned away. */
async function disturbed(policy: object, { seeds, isSmall }: Effort, asks: "answer" | "stream"): Promise<number> {
  let runs = 0;
  for (const failing of FAILING) {
    for (const perSecond of isSmall ? [1, 10, 100] : [1, 10, 100, 1_000, 10_000]) {
      // A million calls each.
      for (const seed of perSecond === 10_000 ? seeds.slice(0, 1) : seeds) {
        const answerMs = asks === "answer" ? UNARY : FIRST_TOKEN;
        const { rejected, trips } = await playPermits(policy, { seed, perSecond, failing, answerMs, forMs: FOR_MS });
        if (rejected + trips > 0) runs++;
      }
    }
    for (const perSecond of isSmall ? [20] : [20, 200, 1_000])
      for (const seed of perSecond === 1_000 ? seeds.slice(0, 1) : seeds)
        if (await fleetDisturbed(policy, seed, perSecond, failing, asks)) runs++;
  }
  return runs;
}

async function fleetDisturbed(
  policy: object,
  seed: number,
  perSecond: number,
  failing: number,
  asks: "answer" | "stream",
): Promise<boolean> {
  let changes = 0;
  const { workloads } = await playFleet(
    {
      ...{ seed, arm: "shared", replicas: 20, perSecond, asks, tries: 1, policy, forMs: FOR_MS },
      latency: { answer: latencies.answer },
      schedule: [{ does: { kind: "status", status: 503, probability: failing } }],
    },
    { onTransition: () => void changes++ },
  );
  return changes > 0 || workloads.some(({ counters }) => counters.rejected > 0);
}

const about = (calls: string): string =>
  `Two minutes from a cold start, one or five calls in a hundred fail after 50 ms, ${calls}; 1 to 10 000 calls/s on one replica, and 20 to 1 000 over 20 that share a record. Runs in which the circuit opens or anybody is turned away: none.`;

export const baseErrors: Bar = {
  name: "base-errors",
  title: "cold starts that are disturbed, streams",
  about: about("the others show their first token after 0.3–3 s"),
  unit: "runs",
  wants: "most",
  measure: async (policy, effort) => atMost(await disturbed(policy, effort, "stream"), 0),
};

export const baseErrorsUnary: Bar = {
  name: "base-errors-unary",
  title: "cold starts that are disturbed, unary",
  about: about("the others are answered after 8–60 s, unstreamed"),
  unit: "runs",
  wants: "most",
  measure: async (policy, effort) => atMost(await disturbed(policy, effort, "answer"), 0),
};
