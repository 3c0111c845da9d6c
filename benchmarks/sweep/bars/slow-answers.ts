import { playFleet } from "../../outage/fleet.ts";
import { executeThrough, ProviderModel, SimulatedProcess, World } from "../../outage/simulation.ts";
import { createBreaker } from "recloser";
import { shown, type Bar, worst } from "../reading.ts";

const CALLS = 20;

/** Of 20 calls begun together after a start, each to be answered after 30 s, the share that is. */
async function answered(policy: object, seed: number): Promise<number> {
  const world = new World({ seed });
  const process = new SimulatedProcess(world, "replica");
  const provider = new ProviderModel(world, { latency: { answer: 30_000 } });
  const call = executeThrough(
    createBreaker({ ...policy, clock: process.clock, random: world.random("library") }),
    provider,
    process,
  );
  let good = 0;
  world.after(0, () => {
    for (let made = 0; made < CALLS; made++)
      call(undefined).then(
        () => good++,
        () => {},
      );
  });
  await world.run(120_000);
  return good / CALLS;
}

/** The share of callers with a good answer where all answers take 25–60 s, in ten minutes. */
function steady(policy: object, seed: number, perSecond: number): () => Promise<number> {
  return async () => {
    const toMs = 600_000;
    let [asked, good] = [0, 0];
    await playFleet(
      {
        ...{ seed, arm: "per-process", replicas: 1, perSecond, asks: "answer", tries: 1, policy },
        forMs: toMs + 60_000,
        latency: { answer: { kind: "uniform", minMs: 25_000, maxMs: 60_000 } },
        schedule: [],
      },
      {
        onEnd: ({ atMs, end }) => {
          if (atMs >= toMs) return;
          asked++;
          if (end === "ok") good++;
        },
      },
    );
    return good / asked;
  };
}

export const slowStart: Bar = {
  name: "slow-start",
  title: "healthy calls of 30 s, 20 at once after a start",
  about:
    "20 unstreamed calls begin together in a process that has seen no answer yet, and each would be answered after 30 s. The share that is.",
  unit: "of the calls",
  wants: "least",
  measure: async (policy, { seeds }) => shown(await answered(policy, seeds[0] ?? 1)),
};

export const slowAnswers: Bar = {
  name: "slow-answers",
  title: "a provider whose answers all take 25–60 s",
  about:
    "Ten minutes from a cold start at 0.2, 2 and 10 calls/s, unstreamed, nothing fails. The share of callers with an answer, in the worst of these.",
  unit: "of the calls",
  wants: "least",
  async measure(policy, { seeds }) {
    const runs = seeds.slice(0, 2).flatMap((seed) => [0.2, 2, 10].map((perSecond) => steady(policy, seed, perSecond)));
    return shown(await worst("least", runs));
  },
};
