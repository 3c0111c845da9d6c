import { expect, test } from "vitest";
import { columnOf, sectionOf } from "../docs/page.ts";
import { guarded } from "./guarded.ts";
import { load, pinned, SET } from "./sdks.ts";
import type { SdkName } from "./sdks.ts";
import { answer } from "./answers.ts";
import { nameOf, SDK_WAYS } from "./ways.ts";

const MAJORS: Readonly<Record<typeof SET, Readonly<Record<SdkName, number>>>> = {
  root: {
    openai: 6,
    "@anthropic-ai/sdk": 1,
    "groq-sdk": 1,
    "@google/genai": 2,
    ai: 6,
    "@ai-sdk/openai": 3,
    "@ai-sdk/anthropic": 3,
    langchain: 1,
    "@langchain/openai": 1,
  },
  newest: {
    openai: 7,
    "@anthropic-ai/sdk": 1,
    "groq-sdk": 1,
    "@google/genai": 3,
    ai: 7,
    "@ai-sdk/openai": 4,
    "@ai-sdk/anthropic": 4,
    langchain: 1,
    "@langchain/openai": 1,
  },
};

test(`the set "${SET}" pins the majors it is named for`, () => {
  for (const [name, major] of Object.entries(MAJORS[SET]))
    expect([name, pinned(name as SdkName).split(".")[0]]).toEqual([name, String(major)]);
});

test("the page names the versions that were tried", () => {
  const section = sectionOf("reference/sdks-open-circuit.md", "What an open circuit looks like to each SDK");
  const names = columnOf(section, "Package") as SdkName[];
  expect(names.toSorted()).toEqual(Object.keys(MAJORS[SET]).toSorted());
  const versions = columnOf(section, SET === "root" ? "On Node 20" : "On Node 22 and 24");
  expect(versions).toEqual(names.map((name) => pinned(name)));
});

// Not what a manifest says counts, but what the requests say; those of streamText say its provider's version.
const AI_SEPARATOR = SET === "root" ? "/" : "-";
const IN_USER_AGENT: Readonly<Record<string, readonly string[]>> = {
  openai: [`OpenAI/JS ${pinned("openai")}`],
  "openai, AzureOpenAI": [`AzureOpenAI/JS ${pinned("openai")}`],
  "@anthropic-ai/sdk": [`Anthropic/JS ${pinned("@anthropic-ai/sdk")}`],
  "groq-sdk": [`Groq/JS ${pinned("groq-sdk")}`],
  "@google/genai": [`google-genai-sdk/${pinned("@google/genai")}`],
  ai: [
    `ai/${pinned("ai")}`,
    `ai-sdk${AI_SEPARATOR}openai/${pinned("@ai-sdk/openai")}`,
    `ai-sdk${AI_SEPARATOR}anthropic/${pinned("@ai-sdk/anthropic")}`,
  ],
  // LangChain's own version is nowhere; that of the openai client below it is.
  "@langchain/openai": [`client/${pinned("openai")}`],
  langchain: [`client/${pinned("openai")}`],
};

test.each(SDK_WAYS.map((way) => [nameOf(way), way] as const))("%s asks as the pinned version", async (_, way) => {
  const { provider, url, fetch, breaker } = await guarded({ answer: (response, asked) => answer(response, asked) });
  await (
    await way.client({ fetch, url })
  )();
  const { "user-agent": agent = "", "x-stainless-package-version": client = "" } = provider.received[0]?.headers ?? {};
  const said = `${agent} client/${String(client)} `;
  expect(IN_USER_AGENT[way.sdk]?.filter((name) => said.includes(`${name} `))).toHaveLength(1);
  // And nothing but that one success came of it.
  expect(provider.received).toHaveLength(1);
  expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 1, successes: 1 } });
});

test.each(["@ai-sdk/openai", "@ai-sdk/anthropic"] as const)("%s is the pinned version", async (name) => {
  expect((await load(name)).VERSION).toBe(pinned(name));
});
