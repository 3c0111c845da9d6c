/** A client guarded for batch work is shed before others, whichever SDK it is. */
import { type Breaker, type PolicyOptions, ShedError } from "recloser";
import { createFetch } from "recloser/fetch";
import { guardRunnable } from "recloser/langchain";
import { describe, expect, test } from "vitest";
import { guardedModel } from "./guarded-ai-sdk.ts";
import { anthropic, CHAT, MESSAGE, openai } from "./guarded-clients.ts";
import { guardedGoogle, QUESTION } from "./guarded-google.ts";
import { guardedLangChain, readAll } from "./guarded-langchain.ts";
import { load } from "./sdks.ts";

interface Guarded {
  readonly breaker: Breaker;
  readonly ask: () => PromiseLike<unknown>;
}

const batch = { priority: "batch" } as const;
// One of the two slots is kept for interactive calls.
const policy: PolicyOptions = { shed: { maxInFlight: 2 } };

const WAYS: Readonly<Record<string, () => Promise<Guarded>>> = {
  "openai, whole": async () => {
    const { client, breaker } = await openai({ ...batch, policy });
    return { breaker, ask: () => client.chat.completions.create(CHAT) };
  },
  "openai, streamed": async () => {
    const { client, breaker } = await openai({ ...batch, policy });
    return { breaker, ask: async () => readAll(await client.chat.completions.create({ ...CHAT, stream: true })) };
  },
  anthropic: async () => {
    const { client, breaker } = await anthropic({ ...batch, policy });
    return { breaker, ask: () => client.messages.create(MESSAGE) };
  },
  "google, whole": async () => {
    const { ai, breaker } = await guardedGoogle({ ...batch, policy });
    return { breaker, ask: () => ai.models.generateContent(QUESTION) };
  },
  "google, streamed": async () => {
    const { ai, breaker } = await guardedGoogle({ ...batch, policy });
    return { breaker, ask: async () => readAll(await ai.models.generateContentStream(QUESTION)) };
  },
  "the AI SDK, whole": async () => {
    const { model, breaker } = await guardedModel("openai.chat", { ...batch, policy });
    const { generateText } = await load("ai");
    return { breaker, ask: () => generateText({ model, prompt: "hi", maxRetries: 0 }) };
  },
  "the AI SDK, streamed": async () => {
    const { model, breaker } = await guardedModel("openai.chat", { ...batch, policy });
    const { streamText } = await load("ai");
    return {
      breaker,
      ask: async () => {
        for await (const part of streamText({ model, prompt: "hi", maxRetries: 0, onError: () => {} }).fullStream)
          if (part.type === "error") throw part.error;
      },
    };
  },
  LangChain: async () => {
    const { model, recloser, breaker } = await guardedLangChain({ policy });
    const guarded = guardRunnable(model, recloser, { ...batch, retry: false });
    return { breaker, ask: () => guarded.invoke("hi") };
  },
  fetch: async () => {
    const { recloser, provider } = await openai({ policy });
    const guarded = createFetch(recloser, { ...batch, key: "llm", whenOpen: "throw" });
    return { breaker: recloser.breaker("llm"), ask: async () => (await guarded(`${provider.url}/v1/models`)).text() };
  },
};

describe.each(Object.entries(WAYS))("A client guarded for batch work: %s", (_name, make) => {
  test("is answered while there is room, and shed where the rest is kept", async () => {
    const { breaker, ask } = await make();
    await ask();
    const permit = await breaker.acquire();
    const error: unknown = await Promise.resolve(ask()).catch((thrown: unknown) => thrown);
    expect(ShedError.from(error)).toMatchObject({ reason: "concurrency", limit: 1, priority: "batch" });
    expect(breaker.tryAcquire()?.kind).toBe("call");
    permit.success();
  });
});
