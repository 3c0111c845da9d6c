import { playFleet } from "../../outage/fleet.ts";
import { latencies } from "../../outage/simulation.ts";
import { atLeast, type Bar, worst } from "../reading.ts";

const LIMIT = 50;
const FOR_MS = 120_000;
// The bucket is full at first.
const FROM_MS = 20_000;

/** Good answers for each that the limit allows. */
function used(
  policy: object,
  seed: number,
  replicas: number,
  asks: "answer" | "stream",
  demand: number,
): () => Promise<number> {
  return async () => {
    let answers = 0;
    await playFleet(
      {
        ...{ seed, arm: replicas === 1 ? "per-process" : "shared", replicas, asks, tries: 1, policy },
        perSecond: LIMIT * demand,
        forMs: FOR_MS + 15_000,
        latency: { answer: latencies.chatAnswer },
        schedule: [{ does: { kind: "rate-limit", perSecond: LIMIT } }],
      },
      { onEnd: ({ atMs, end }) => void (end === "ok" && atMs >= FROM_MS && atMs < FOR_MS && answers++) },
    );
    return answers / ((LIMIT * (FOR_MS - FROM_MS)) / 1_000);
  };
}

export const rateLimit: Bar = {
  name: "rate-limit",
  title: "use of a rate limit at 110 % demand",
  about:
    "A provider that admits 50 calls/s and answers 429 above, without a hint; callers want 55/s, from one replica and from eight, unary (1–10 s) and streamed. Good answers for each that the limit allows: at least 0.9, in the worst of the seeds.",
  unit: "of the limit",
  wants: "least",
  async measure(policy, { seeds }) {
    const runs = seeds.flatMap((seed) =>
      [1, 8].flatMap((replicas) =>
        (["answer", "stream"] as const).map((asks) => used(policy, seed, replicas, asks, 1.1)),
      ),
    );
    return atLeast(await worst("least", runs), 0.9);
  },
};
