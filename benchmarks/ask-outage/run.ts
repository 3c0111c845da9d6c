/**
 * `npm run ask:outage`: three replicas of the reference application on one Redis, 20 questions a second, and first the provider
 * dies, then Redis. Says what was promised and whether it held; exit code 1 where it did not. `--quick` plays it in half a minute,
 * `--write-docs` writes its chart and its page's figures.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { simulatedProvider } from "recloser/testing";
import { simulatedModel } from "../../examples/nl2sql/src/golden/simulated-model.ts";
import { startRedis } from "../../tests/support/servers/redis.ts";
import { publish } from "../publish.ts";
import { askSteadily } from "./load.ts";
import { PLAN, QUICK } from "./plan.ts";
import { startReplica } from "./replicas.ts";
import { chartOf, judged, resultOf } from "./verdict.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean" }, "write-docs": { type: "boolean" } } });
const plan = values.quick === true ? QUICK : PLAN;
const REPLICAS = 3;
const WARM_UP = { questionsPerSecond: 5, forMs: 10_000 };

const redis = await startRedis();
const provider = await simulatedProvider({ answer: simulatedModel, latency: { answer: 150 } });
const replicas = await Promise.all(Array.from({ length: REPLICAS }, () => startReplica(provider.baseUrl, redis.url)));
try {
  // What a process does slowly is what it does for the first time.
  await askSteadily(replicas, WARM_UP.questionsPerSecond, performance.now(), WARM_UP.forMs);
  await provider.reset();
  console.log(`${REPLICAS} replicas, ${plan.questionsPerSecond} questions/s for ${plan.endMs / 1_000} s`);
  const beganMs = performance.now();
  const beganAtMs = Date.now();
  const at = async (ms: number, what: string, act: () => unknown): Promise<void> => {
    await sleep(Math.max(0, beganMs + ms - performance.now()));
    console.log(`${String(Math.round(ms / 1_000)).padStart(4)} s  ${what}`);
    await act();
  };
  // The provider remembers a thousand requests, which is less than this run has.
  const known = new Set<object>();
  const calls: number[] = [];
  const look = (): void => {
    for (const request of provider.requests)
      if (!known.has(request)) {
        known.add(request);
        calls.push(request.atMs - beganAtMs);
      }
  };
  const looking = setInterval(look, 1_000);
  const asking = askSteadily(replicas, plan.questionsPerSecond, beganMs, plan.endMs);
  // Each connection is reset, as by a provider whose load balancer has lost all that was behind it.
  await at(plan.providerDiesMs, "the provider dies", () => provider.setFault({ kind: "reset" }));
  await at(plan.providerReturnsMs, "the provider is back", () => provider.setFault(null));
  await at(plan.redisDiesMs, "Redis dies", () => redis.kill());
  await at(plan.redisReturnsMs, "Redis is back, empty", () => redis.restart());
  const asked = await asking;
  clearInterval(looking);
  look();
  const result = resultOf(plan, asked, calls);
  const verdicts = judged(plan, asked, calls);
  for (const { promise, seen, holds } of verdicts) console.log(`${holds ? "held  " : "BROKEN"}  ${promise}: ${seen}`);
  if (values["write-docs"] === true) {
    const written = await publish({
      results: { "ask-outage": { ...result, verdicts } },
      pages: {},
      charts: { "ask-outage": chartOf(plan, asked, calls) },
    });
    console.log(`wrote ${written.join(", ")}`);
  }
  process.exitCode = verdicts.every(({ holds }) => holds) ? 0 : 1;
} finally {
  await Promise.all(replicas.map((replica) => replica.close()));
  await provider.close();
  await redis.kill();
}
