import { createPolicy } from "../../../packages/recloser/src/policy.ts";
import { playFleet } from "../../outage/fleet.ts";
import { latencies } from "../../outage/simulation.ts";
import { atMost, type Bar, worst } from "../reading.ts";

/** From the hang's beginning to the first open circuit, seconds. */
function tripAfter(policy: object, seed: number, hangsMs: number, longestMs: number): () => Promise<number> {
  return async () => {
    let trippedMs = Infinity;
    const onTransition = ({ atMs, to }: { atMs: number; to: string }): void => {
      if (to === "open" && atMs >= hangsMs) trippedMs = Math.min(trippedMs, atMs);
    };
    await playFleet(
      {
        ...{ seed, arm: "shared", replicas: 8, perSecond: 80, asks: "answer", tries: 1, policy },
        forMs: hangsMs + longestMs,
        latency: { answer: latencies.chatAnswer },
        schedule: [{ fromMs: hangsMs, does: { kind: "hang" } }],
      },
      { onTransition },
    );
    return (trippedMs - hangsMs) / 1_000;
  };
}

export const hang: Bar = {
  name: "hang",
  title: "time until a hang trips",
  about:
    "8 replicas × 10 calls/s share a record. The provider, until then answering in 1–10 s, accepts calls and never answers; also from the first call on. Seconds until the circuit opens: at most `silence` and one more, in the worst of the seeds.",
  unit: "s",
  wants: "most",
  async measure(policy, { seeds }) {
    const { silenceMs } = createPolicy(policy);
    const silence = silenceMs === false ? 60_000 : silenceMs;
    const runs = seeds.flatMap((seed) =>
      [0, 15_000].map((hangsMs) => tripAfter(policy, seed, hangsMs, silence + 5_000)),
    );
    return atMost(await worst("most", runs), silence / 1_000 + 1);
  },
};
