import { playFleet } from "../../outage/fleet.ts";
import { type Distribution, latencies } from "../../outage/simulation.ts";
import { atMost, shown, type Bar, worst } from "../reading.ts";

const DIES_MS = 15_000;
const FOR_MS = 45_000;

/** The provider dies with answers in service, which still come; every new call fails at once. */
function reached(policy: object, seed: number, error: Distribution, diesMs: number): () => Promise<number> {
  return async () => {
    let calls = 0;
    await playFleet(
      {
        ...{ seed, arm: "shared", replicas: 20, perSecond: 200, asks: "answer", tries: 1, policy },
        forMs: diesMs + FOR_MS - DIES_MS,
        latency: { answer: latencies.chatAnswer, error },
        schedule: [{ fromMs: diesMs, does: { kind: "status", status: 503 } }],
      },
      { onTry: (atMs) => void (atMs >= diesMs && calls++) },
    );
    return calls;
  };
}

export const deadFast: Bar = {
  name: "dead-fast",
  title: "calls that reach a dead provider",
  about:
    "20 replicas × 10 calls/s share a record. The provider, until then answering in 1–10 s, fails every new call after 50 ms; also from the first call on. All calls of the next 30 s that reach it, probes included: at most 40, in the worst of the seeds.",
  unit: "calls",
  wants: "most",
  async measure(policy, { seeds }) {
    const runs = seeds.flatMap((seed) => [reached(policy, seed, 50, DIES_MS), reached(policy, seed, 50, 0)]);
    return atMost(await worst("most", runs), 40);
  },
};

/** The same, with errors that take longer and come out of order: shown beside it. */
export const deadUneven: Bar = {
  name: "dead-uneven",
  title: "calls that reach a dead provider, errors after 25–75 ms",
  about: "As the first, but errors take 25–75 ms, so they come out of order.",
  unit: "calls",
  wants: "most",
  async measure(policy, { seeds }) {
    const error = { kind: "uniform", minMs: 25, maxMs: 75 } as const;
    const runs = seeds.map((seed) => reached(policy, seed, error, DIES_MS));
    return shown(await worst("most", runs));
  },
};
