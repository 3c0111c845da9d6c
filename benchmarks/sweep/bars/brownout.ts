import { type Arm, playFleet } from "../../outage/fleet.ts";
import { latencies } from "../../outage/simulation.ts";
import { atLeast, shown, type Bar, type Effort, worst } from "../reading.ts";

const WARM_MS = 15_000;
const FAULT_MS = 60_000;

interface Case {
  readonly failing: number;
  readonly asks: "answer" | "stream";
  readonly fromMs: number;
  readonly seed: number;
}

/** Good answers for callers who came during the brownout. */
async function good(arm: Arm, policy: object, { failing, asks, fromMs, seed }: Case): Promise<number> {
  let answers = 0;
  const toMs = fromMs + FAULT_MS;
  await playFleet(
    {
      ...{ seed, arm, replicas: 8, perSecond: 80, asks, tries: 1, policy },
      forMs: toMs + 15_000,
      latency: { answer: latencies.chatAnswer },
      schedule: [{ fromMs, toMs, does: { kind: "status", status: 503, probability: failing } }],
    },
    { onEnd: ({ atMs, end }) => void (end === "ok" && atMs >= fromMs && atMs < toMs && answers++) },
  );
  return answers;
}

function kept(arm: Arm, policy: object, one: Case): () => Promise<number> {
  return async () => (await good(arm, policy, one)) / (await control(one));
}

// The same for every policy.
const controls = new Map<string, Promise<number>>();

function control(one: Case): Promise<number> {
  const key = JSON.stringify(one);
  let found = controls.get(key);
  if (found === undefined) {
    found = good("none", {}, one);
    controls.set(key, found);
  }
  return found;
}

function cases(failing: number, { seeds, isSmall }: Effort): Case[] {
  const all = (["answer", "stream"] as const).flatMap((asks) => [0, WARM_MS].map((fromMs) => ({ asks, fromMs })));
  // Cold streams and warm answers are the hardest.
  const chosen = isSmall ? all.filter(({ asks, fromMs }) => (asks === "stream") === (fromMs === 0)) : all;
  return seeds.flatMap((seed) => chosen.map((one) => ({ ...one, failing, seed })));
}

async function measured(failing: number, policy: object, effort: Effort): Promise<number> {
  const runs = cases(failing, effort).flatMap((one) =>
    (["per-process", "shared"] as const).map((arm) => kept(arm, policy, one)),
  );
  return worst("least", runs);
}

export const brownout: Bar = {
  name: "brownout-50",
  title: "good answers kept in a 50 % brownout",
  about:
    "8 replicas × 10 calls/s; every second call is answered 503, at random, for a minute. Good answers for each that callers without a breaker get: at least 0.95, in the worst of: unary (1–10 s) and streams (first token 0.3–3 s), warm and cold, alone and shared, and the seeds.",
  unit: "of the control's",
  wants: "least",
  measure: async (policy, effort) => atLeast(await measured(0.5, policy, effort), 0.95),
};

/** No demand: shown, since a breaker that opens here costs its callers answers. */
export const heavyBrownout: Bar = {
  name: "brownout-80",
  title: "good answers kept in an 80 % brownout",
  about: "As at 50 %, but four calls in five are answered 503.",
  unit: "of the control's",
  wants: "least",
  measure: async (policy, effort) => shown(await measured(0.8, policy, effort)),
};
