import { playFleet } from "../../outage/fleet.ts";
import { latencies } from "../../outage/simulation.ts";
import { type Bar, shown, worst } from "../reading.ts";

const DIES_MS = 60_000;
const FOR_MS = 240_000;

function tripAfter(policy: object, seed: number): () => Promise<number> {
  return async () => {
    let trippedMs = Infinity;
    await playFleet(
      {
        ...{ seed, arm: "per-process", replicas: 1, perSecond: 1, asks: "answer", tries: 1, policy },
        forMs: DIES_MS + FOR_MS,
        latency: { answer: latencies.chatAnswer },
        schedule: [{ fromMs: DIES_MS, does: { kind: "status", status: 503 } }],
      },
      { onTransition: ({ atMs, to }) => void (to === "open" && (trippedMs = Math.min(trippedMs, atMs))) },
    );
    return Math.min(trippedMs - DIES_MS, FOR_MS) / 1_000;
  };
}

export const lowRate: Bar = {
  name: "low-rate",
  title: "time until a dead provider trips at 1 call/s",
  about:
    "One replica with 1 call/s; the provider, until then answering in 1–10 s, fails every call after 50 ms. Seconds until the circuit opens (four minutes: not at all).",
  unit: "s",
  wants: "most",
  async measure(policy, { seeds }) {
    return shown(
      await worst(
        "most",
        seeds.map((seed) => tripAfter(policy, seed)),
      ),
    );
  },
};
