/**
 * Asks once a second, with OpenAI down from the third question to the tenth. Both providers are simulated.
 *
 *     node --conditions=recloser-source --import tsx examples/failover/start.ts
 */
import { setTimeout as sleep } from "node:timers/promises";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { createRecloser } from "recloser";
import { simulatedProvider } from "recloser/testing";
import { Assistant } from "./ask.ts";

const gpt = await simulatedProvider();
const claude = await simulatedProvider({ dialect: "anthropic" });
const openai = new OpenAI({ baseURL: gpt.baseUrl, apiKey: "any", maxRetries: 0, logLevel: "off" });
const anthropic = new Anthropic({ baseURL: claude.url, apiKey: "any", maxRetries: 0, logLevel: "off" });
const recloser = createRecloser({ defaults: { failureThreshold: 3, cooldown: { initial: "2s", max: "4s" } } });
const assistant = new Assistant({ openai, anthropic }, recloser);

for (let question = 1; question <= 16; question++) {
  if (question === 3) await gpt.setFault({ kind: "status", status: 503 });
  if (question === 10) await gpt.setFault(null);
  console.log(`\n${question}: ${await assistant.answer("Why?")}`);
  await sleep(1_000);
}
await Promise.all([gpt.close(), claude.close()]);
