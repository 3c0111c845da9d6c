import OpenAI from "openai";
import { CircuitOpenError } from "recloser";
import { createFetch } from "recloser/fetch";
import { describe, expect, test } from "vitest";
import { CHAT, endsOf, guardedOpenAI, many, readAll, tripAtThree, tripWith503 } from "../support/guarded-openai.ts";
import type { GuardedOpenAI } from "../support/guarded-openai.ts";

// The SDK waits 375 ms or more before a retry, so this tells none from one even on a busy machine; alone it takes a few ms.
const NO_RETRY_MS = 300;

async function opened(): Promise<GuardedOpenAI> {
  const guarded = await guardedOpenAI("createFetch", tripAtThree);
  await tripWith503(guarded);
  await guarded.provider.reset();
  return guarded;
}

function clientOf({ provider, client }: GuardedOpenAI, fetch: typeof globalThis.fetch): OpenAI {
  return new OpenAI({ baseURL: provider.baseUrl, apiKey: client.apiKey, logLevel: "off", fetch });
}

describe("An open circuit below an openai client with its default retries", () => {
  test.each(["chat", "chat stream", "responses", "responses stream", "embeddings of the same model"])(
    "makes it give up %s after one try, at once, with an error that says why",
    async (what) => {
      const guarded = await opened();
      let tries = 0;
      const counting: typeof fetch = (...args) => {
        tries++;
        return guarded.guardedFetch(...args);
      };
      const client = clientOf(guarded, counting);
      expect(client.maxRetries).toBe(2);
      const ask: Record<string, () => Promise<unknown>> = {
        chat: () => client.chat.completions.create(CHAT),
        "chat stream": () => client.chat.completions.create({ ...CHAT, stream: true }),
        responses: () => client.responses.create({ model: CHAT.model, input: "hi" }),
        "responses stream": () => readAll(client.responses.stream({ model: CHAT.model, input: "hi" })),
        "embeddings of the same model": () => client.embeddings.create({ model: CHAT.model, input: "hi" }),
      };
      const startMs = performance.now();
      const error: unknown = await ask[what]?.().catch((thrown: unknown) => thrown);
      expect(performance.now() - startMs).toBeLessThan(NO_RETRY_MS);
      expect(tries).toBe(1);
      expect(guarded.provider.stats().requests).toBe(0);
      expect(error).toBeInstanceOf(OpenAI.APIError);
      expect(CircuitOpenError.is(error)).toBe(true);
      const open = CircuitOpenError.from(error);
      expect(open).toMatchObject({
        key: guarded.breaker.name,
        reason: "open",
        state: "open",
        code: "ERR_CIRCUIT_OPEN",
      });
      expect(open?.retryAfterMs).toBeGreaterThan(20_000);
      expect(open?.retryAfterMs).toBeLessThanOrEqual(30_000);
      expect((error as Error).message).not.toMatch(/time(d )?out/i);
    },
  );

  test("makes 100 at once give up without a retry", async () => {
    const guarded = await opened();
    let tries = 0;
    const client = clientOf(guarded, (...args) => {
      tries++;
      return guarded.guardedFetch(...args);
    });
    const { rejections } = await endsOf(many(100, () => client.chat.completions.create(CHAT)));
    expect(rejections).toHaveLength(100);
    expect(tries).toBe(100);
    expect(guarded.provider.stats().requests).toBe(0);
  });

  test("leaves a client that asks for something else alone", async () => {
    const guarded = await opened();
    const models = await readAll(guarded.client.models.list());
    expect(models.length).toBeGreaterThan(0);
    expect(guarded.provider.stats().byPath).toEqual({ "/v1/models": 1 });
  });

  test("that opens while the SDK retries ends its retries", async () => {
    const guarded = await guardedOpenAI("createFetch", tripAtThree, { maxRetries: 5 });
    await guarded.provider.setFault({ kind: "status", status: 503, retryAfter: 0 });
    const error: unknown = await guarded.chat().catch((thrown: unknown) => thrown);
    expect(CircuitOpenError.from(error)).toMatchObject({ reason: "open" });
    expect(guarded.provider.stats().requests).toBe(3);
  });

  test("by a rate limit says so, and is given up at once as well", async () => {
    const guarded = await guardedOpenAI("createFetch", tripAtThree);
    await guarded.provider.setFault({ kind: "rate-limit", retryAfter: 3 });
    await guarded.chat().catch(() => {});
    const client = clientOf(guarded, guarded.guardedFetch);
    const startMs = performance.now();
    const error: unknown = await client.chat.completions.create(CHAT).catch((thrown: unknown) => thrown);
    expect(performance.now() - startMs).toBeLessThan(NO_RETRY_MS);
    const open = CircuitOpenError.from(error);
    expect(open).toMatchObject({ reason: "rate-limited", state: "closed" });
    expect(open?.retryAfterMs).toBeGreaterThan(1_000);
    expect(open?.retryAfterMs).toBeLessThanOrEqual(3_000);
    expect(guarded.provider.stats().requests).toBe(1);
  });
});

describe("What an open circuit looks like", () => {
  test("`throw` is found in what the SDK wraps around it", async () => {
    const guarded = await opened();
    const fetch = createFetch(guarded.recloser, { whenOpen: "throw" });
    const client = clientOf(guarded, fetch).withOptions({ maxRetries: 0 });
    const error: unknown = await client.chat.completions.create(CHAT).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.APIConnectionError);
    expect(error).not.toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
    expect(CircuitOpenError.is(error)).toBe(true);
    expect(CircuitOpenError.from(error)).toBe((error as Error).cause);
    expect(CircuitOpenError.from(error)).toMatchObject({
      key: guarded.breaker.name,
      lastFailure: { atMs: expect.any(Number) as number },
    });
    expect(guarded.provider.stats().requests).toBe(0);
  });

  const ask = ({ provider }: GuardedOpenAI, fetch: typeof globalThis.fetch, headers = {}): Promise<Response> =>
    fetch(`${provider.baseUrl}/chat/completions`, { method: "POST", body: JSON.stringify(CHAT), headers });

  test("`throw` rejects a bare fetch with the error itself, and so does `auto` for nobody's user-agent", async () => {
    const guarded = await opened();
    for (const options of [{ whenOpen: "throw" }, { whenOpen: "auto" }, {}] as const) {
      const error: unknown = await ask(guarded, createFetch(guarded.recloser, options)).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(CircuitOpenError);
    }
  });

  test("`response` is a 503 that says when to come back and not to retry", async () => {
    const guarded = await opened();
    const response = await ask(guarded, createFetch(guarded.recloser, { whenOpen: "response" }));
    expect(response.status).toBe(503);
    expect(response.headers.get("x-should-retry")).toBe("false");
    const seconds = Number(response.headers.get("retry-after"));
    expect(Number.isInteger(seconds) && seconds > 20 && seconds <= 30).toBe(true);
    expect(Number(response.headers.get("retry-after-ms"))).toBeLessThanOrEqual(30_000);
    expect(await response.json()).toMatchObject({
      error: { code: "ERR_CIRCUIT_OPEN", type: "circuit_open", reason: "open", key: guarded.breaker.name },
    });
    expect(guarded.provider.stats().requests).toBe(0);
  });

  test("`auto` answers LangChain with a 429 without a waiting time, which is what it does not retry", async () => {
    const guarded = await opened();
    const headers = { "user-agent": "langchainjs-openai/1.0.0" };
    const response = await ask(guarded, createFetch(guarded.recloser), headers);
    expect(response.status).toBe(429);
    expect(response.headers.has("retry-after")).toBe(false);
    expect(response.headers.get("x-should-retry")).toBe("false");
  });

  test("neither message nor body holds the prompt or the key", async () => {
    const guarded = await opened();
    const error = (await guarded.chat().catch((thrown: unknown) => thrown)) as { message: string; error: unknown };
    expect(JSON.stringify([error.message, error.error])).not.toMatch(/sk-test|"hi"/);
  });
});
