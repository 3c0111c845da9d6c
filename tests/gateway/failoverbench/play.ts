/** Plays a scenario through a real gateway with OpenAI's own client, as it comes by default, and judges what came of it. */
import OpenAI from "openai";
import { createRecloser, type Clock } from "recloser";
import { policiesOf } from "../../../packages/gateway/src/backed-policies.ts";
import type { RouteConfig } from "../../../packages/gateway/src/config/config.ts";
import { gatewayConfig, route, target } from "../../support/gateway-config.ts";
import { startGateway, type TestGateway } from "../../support/running-gateway.ts";
import { FLAP, type Scenario } from "./scenarios.ts";
import { ANSWER, FALLBACK, startWall, type Wall } from "./wall.ts";

/** The benchmark's words: rescued and well behaved, an honest error, or wrong. */
export type Verdict = "pass" | "safe" | "fail";

export interface Played {
  readonly verdict: Verdict;
  /** What was wrong, or how it ended. */
  readonly says: string;
  readonly attempts: number;
  readonly tookMs: number;
}

// The benchmark's limits are 30 s: of no answer, of no first token, between tokens. Divided as its faults are.
const HURRY = 20;
const LIMIT_MS = 10_000 / HURRY;
const MOST_MS = 15_000;

interface Caller {
  readonly text: string;
  readonly model: string | null;
  readonly hasUsage: boolean;
  readonly error: unknown;
}

export async function play(scenario: Scenario, stream: RouteConfig["stream"]): Promise<Played> {
  await using wall = await startWall(HURRY);
  await using gateway = await startGateway(configOf(wall, scenario.fallback ?? FALLBACK, stream));
  const startedMs = performance.now();
  const caller = await ask(gateway, scenario.model);
  const tookMs = Math.round(performance.now() - startedMs);
  const alive = await ask(gateway, "healthy");
  const attempts = wall.attempts.filter(({ model }) => model === scenario.model).length;
  const wrong = faultsOf(scenario, caller, wall, attempts, tookMs);
  if (alive.text !== ANSWER) wrong.push("the gateway does not serve afterwards");
  const isIdeal = scenario.ideal === "error" ? caller.error !== null : caller.error === null && caller.text === ANSWER;
  const verdict = wrong.length > 0 ? "fail" : isIdeal ? "pass" : "safe";
  const ended = caller.error === null ? `answered by ${caller.model}` : `error: ${sayOf(caller.error)}`;
  return { verdict, says: wrong.length > 0 ? wrong.join("; ") : ended, attempts, tookMs };
}

function faultsOf(scenario: Scenario, caller: Caller, wall: Wall, attempts: number, tookMs: number): string[] {
  const fallback = scenario.fallback ?? FALLBACK;
  const wrong: string[] = [];
  if (tookMs > MOST_MS) wrong.push(`hung for ${tookMs} ms`);
  if (caller.error === null && caller.text !== ANSWER) wrong.push("a cut answer was given for whole");
  if (attempts > scenario.mostAttempts) wrong.push(`${attempts} attempts at the first provider`);
  if (attempts < (scenario.leastAttempts ?? 1)) wrong.push(`only ${attempts} attempts at the first provider`);
  const atFallback = wall.attempts.filter(({ model }) => model === fallback).length;
  if (scenario.staysAtFirst === true && atFallback > 0) wrong.push("was routed around");
  if (caller.error !== null && wall.hasRefusedPrefill) wrong.push("the refused prefill hides what happened");
  if (caller.error === null && atFallback > 0 && caller.model !== fallback)
    wrong.push(`reports the model ${caller.model}`);
  if (caller.error === null && !caller.hasUsage) wrong.push("no usage is reported");
  return wrong;
}

/** A minute of outage, and the time after it, at ten times the speed. */
export async function playFlap(
  stream: RouteConfig["stream"],
): Promise<Played & { readonly recoveredAfterMs: number | null }> {
  const speed = 10;
  await using wall = await startWall(HURRY);
  const config = configOf(wall, FALLBACK, stream);
  const clock = fastClock(speed);
  await using recloser = createRecloser({ policies: policiesOf(config), clock });
  await using gateway = await startGateway(config, { recloser });
  const startedMs = clock.now();
  const wrong: string[] = [];
  let attempts = 0;
  let recoveredAfterMs: number | null = null;
  for (let nth = 0; nth < FLAP.requests; nth++) {
    await clock.sleep(Math.max(0, startedMs + nth * FLAP.everyMs - clock.now()));
    const sinceMs = nth * FLAP.everyMs;
    if (sinceMs >= FLAP.downMs) wall.restore();
    const { error, text, model } = await ask(gateway, FLAP.model);
    if (error !== null || text !== ANSWER) wrong.push(`request ${nth + 1}: ${error === null ? "cut" : sayOf(error)}`);
    if (sinceMs < FLAP.downMs) attempts = wall.attempts.filter((one) => one.model === FLAP.model).length;
    else if (model === FLAP.model) recoveredAfterMs ??= sinceMs - FLAP.downMs;
  }
  if (attempts > FLAP.mostAttempts) wrong.push(`${attempts} attempts at the dead provider`);
  if (recoveredAfterMs === null || recoveredAfterMs > 30_000)
    wrong.push("the first provider was not used again in 30 s");
  const says = wrong.length > 0 ? wrong.join("; ") : `first provider used again after ${recoveredAfterMs} ms`;
  return { verdict: wrong.length > 0 ? "fail" : "pass", says, attempts, tookMs: 0, recoveredAfterMs };
}

function fastClock(speed: number): Clock {
  const startMs = performance.now();
  return {
    now: () => 1_700_000_000_000 + (performance.now() - startMs) * speed,
    sleep: (ms, { signal } = {}) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, ms / speed);
        signal?.addEventListener("abort", () => {
          clearTimeout(timer);
          reject(signal.reason as Error);
        });
      }),
  };
}

function configOf(wall: Wall, fallback: string, stream: RouteConfig["stream"]): ReturnType<typeof gatewayConfig> {
  const first = target("first", wall.url, { maxContext: 8_000 });
  // The second one knows every model by the fallback's name.
  const second = target("second", wall.url, { models: { "*": fallback }, maxContext: 128_000 });
  return gatewayConfig({
    targets: [first, second],
    routes: [route("main", ["first", "second"], { stream })],
    timeouts: { headersMs: LIMIT_MS, firstTokenMs: LIMIT_MS, idleMs: LIMIT_MS },
  });
}

async function ask(gateway: TestGateway, model: string): Promise<Caller> {
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: "any", timeout: MOST_MS });
  const caller = { text: "", model: null as string | null, hasUsage: false, error: null as unknown };
  try {
    const prompt =
      "Explain in exactly sixty words why a gateway earns trust only when the provider behind it misbehaves.";
    const chunks = await client.chat.completions.create({
      model,
      messages: [{ role: "user", content: prompt }],
      stream: true,
      stream_options: { include_usage: true },
    });
    for await (const chunk of chunks) {
      caller.model = chunk.model;
      caller.hasUsage ||= chunk.usage !== undefined && chunk.usage !== null;
      caller.text += chunk.choices[0]?.delta.content ?? "";
    }
  } catch (error) {
    caller.error = error;
  }
  return caller;
}

function sayOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 80) : String(error);
}
