import { createPolicy } from "../../../packages/recloser/src/policy.ts";
import { playFleet } from "../../outage/fleet.ts";
import { recoveryOf } from "../../outage/gauges.ts";
import { type CallerRecord, type Distribution, latencies } from "../../outage/simulation.ts";
import { atMost, type Bar, type Effort, worst } from "../reading.ts";

const DIES_MS = 10_000;
// So that the provider returns at different places of the ladder, the last step among them.
const OUTAGES_MS = [25_000, 60_000, 110_000, 185_000];

/** From the provider's return until 95 % of the callers get a good answer, seconds. */
function recovery(
  policy: object,
  seed: number,
  outageMs: number,
  { answer, longestMs }: Answers,
): () => Promise<number> {
  return async () => {
    const backMs = DIES_MS + outageMs;
    const records: CallerRecord[] = [];
    const { cooldown } = createPolicy(policy);
    await playFleet(
      {
        ...{ seed, arm: "shared", replicas: 8, perSecond: 40, asks: "answer", tries: 1, policy },
        forMs: backMs + 2 * cooldown.maxMs + 3 * longestMs + 10_000,
        latency: { answer },
        schedule: [{ fromMs: DIES_MS, toMs: backMs, does: { kind: "status", status: 503 } }],
      },
      { onEnd: (record) => void (record.atMs >= backMs && records.push(record)) },
    );
    return (recoveryOf(records, backMs) ?? Infinity) / 1_000;
  };
}

interface Answers {
  readonly answer: Distribution;
  readonly longestMs: number;
}

const CHAT: Answers = { answer: latencies.chatAnswer, longestMs: 10_000 };
const LONG: Answers = { answer: latencies.answer, longestMs: 60_000 };

async function measured(policy: object, { seeds, isSmall }: Effort, answers: Answers) {
  const outages = isSmall ? OUTAGES_MS.slice(1, 2) : OUTAGES_MS;
  const runs = seeds.flatMap((seed) => outages.map((outageMs) => recovery(policy, seed, outageMs, answers)));
  const { cooldown } = createPolicy(policy);
  return atMost(await worst("most", runs), (cooldown.maxMs + answers.longestMs) / 1_000 + 5);
}

const about = (answers: string): string =>
  `8 replicas × 5 calls/s share a record; ${answers}. After an outage of 25, 60, 110 or 185 s: seconds until 95 % of the callers of the next five get a good answer, at most \`cooldown.max\` + the longest answer + 5 s, in the worst of the seeds.`;

export const recoveryChat: Bar = {
  name: "recovery",
  title: "time to recover",
  about: about("answers take 1–10 s"),
  unit: "s",
  wants: "most",
  measure: (policy, effort) => measured(policy, effort, CHAT),
};

export const recoveryLong: Bar = {
  name: "recovery-long",
  title: "time to recover, answers of 8–60 s",
  about: about("answers take 8–60 s, unstreamed"),
  unit: "s",
  wants: "most",
  measure: (policy, effort) => measured(policy, effort, LONG),
};
