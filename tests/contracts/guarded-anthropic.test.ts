import { CircuitOpenError } from "recloser";
import { guardAnthropic } from "recloser/anthropic";
import { describe, expect, test } from "vitest";
import { readAll, until } from "../support/guarded-openai.ts";
import { plainServer } from "../support/plain-server.ts";
import { anthropic, MESSAGE, MODEL } from "./guarded-clients.ts";

const STREAMED = { ...MESSAGE, stream: true as const };

describe("A guarded Anthropic client", () => {
  test("is an instance of its class, and leaves the one it was made from as it was", async () => {
    const { client, plain, breaker, sdk } = await anthropic();
    expect(client).toBeInstanceOf(sdk.Anthropic);
    expect(client.messages).toBeInstanceOf(sdk.Anthropic.Messages);
    await plain.messages.create(MESSAGE);
    expect(breaker.snapshot().window.calls).toBe(0);
  });

  test("passes on what asks no model", async () => {
    const { client, breaker, provider } = await anthropic();
    await breaker.forceOpen({ by: "test", reason: "test" });
    expect(
      (await client.messages.countTokens({ model: MODEL, messages: MESSAGE.messages })).input_tokens,
    ).toBeGreaterThan(0);
    expect((await client.models.list()).data.length).toBeGreaterThan(0);
    expect(provider.stats().requests).toBe(2);
  });

  test("stays guarded through withOptions", async () => {
    const { client, breaker, fetches } = await anthropic();
    await breaker.forceOpen({ by: "test", reason: "test" });
    const again = client.withOptions({ maxRetries: 0 });
    await expect(again.messages.create(MESSAGE)).rejects.toBeInstanceOf(CircuitOpenError);
    await expect(again.beta.messages.create(MESSAGE)).rejects.toBeInstanceOf(CircuitOpenError);
    expect(fetches()).toBe(0);
    expect(() => guardAnthropic(again, {} as never)).toThrow("recloser");
  });

  test("gives the promise that its users know", async () => {
    const { client, breaker } = await anthropic();
    const { data, response, request_id } = await client.messages.create(MESSAGE).withResponse();
    expect(data.content[0]).toMatchObject({ type: "text" });
    expect(response.headers.get("request-id")).toBe(request_id);
    expect(request_id).not.toBeNull();
    const raw = await client.messages.create(MESSAGE).asResponse();
    expect(await raw.json()).toMatchObject({ type: "message" });
    expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 2, successes: 2 } });
  });

  test("runs tools through guarded calls", async () => {
    const { client, breaker } = await anthropic();
    await client.beta.messages.toolRunner({ ...MESSAGE, tools: [] } as never);
    expect(breaker.snapshot().window).toMatchObject({ calls: 1, successes: 1 });
  });

  test("holds the model for as long as a rate limit says, and tells of it at once", async () => {
    const { client, provider, fetches } = await anthropic({ retry: {} });
    await provider.setFault({ kind: "rate-limit", retryAfter: 60 });
    await expect(client.messages.create(MESSAGE)).rejects.toMatchObject({ status: 429 });
    await expect(client.messages.create(MESSAGE)).rejects.toMatchObject({ reason: "rate-limited" });
    expect(fetches()).toBe(1);
  });
});

describe("A stream of a guarded Anthropic client", () => {
  const slow = { provider: { answerTokens: 100, latency: { interToken: 20 } } };

  test("is of the SDK's class, with all that it can do", async () => {
    const { client, plain, breaker } = await anthropic();
    const stream = await client.messages.create(STREAMED);
    expect(stream.constructor).toBe((await plain.messages.create(STREAMED)).constructor);
    const [left, right] = stream.tee();
    expect((await readAll(left)).length).toBe((await readAll(right)).length);
    const helper = client.messages.stream(MESSAGE);
    const text = await helper.finalText();
    expect(text).not.toBe("");
    expect(helper.request_id).not.toBeNull();
    await until(() => breaker.snapshot().inFlight === 0, "no permit left", 500);
    expect(breaker.snapshot().window).toMatchObject({ successes: 2, failures: 0 });
  });

  test("of a helper that is aborted closes its connection, and tells of the abort", async () => {
    const { client, breaker, provider, sdk } = await anthropic(slow);
    const stream = client.messages.stream(MESSAGE);
    stream.once("text", () => stream.abort());
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(sdk.Anthropic.APIUserAbortError);
    await until(() => provider.stats().aborted === 1, "aborted upstream", 1_000);
    expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { failures: 0 } });
  });

  test("that is left by `break` closes its connection, and is no failure", async () => {
    const { client, breaker, provider } = await anthropic(slow);
    for await (const _ of await client.messages.create(STREAMED)) break;
    await until(() => provider.stats().aborted === 1, "aborted upstream", 1_000);
    for await (const _ of client.messages.stream(MESSAGE)) break;
    await until(() => provider.stats().aborted === 2, "aborted upstream", 1_000);
    expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { failures: 0 } });
  });

  test("whose first event says that the provider is overloaded is tried again, and nobody notices", async () => {
    const failure = { type: "error", error: { type: "overloaded_error", message: "overloaded" } };
    const { client: guarded, plain, recloser } = await anthropic({ key: "llm", retry: { initial: 1 } });
    const whole = await (await plain.messages.create(STREAMED).asResponse()).text();
    let asked = 0;
    const server = await plainServer((response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(asked++ === 0 ? `event: error\ndata: ${JSON.stringify(failure)}\n\n` : whole);
    });
    const message = await guarded.withOptions({ baseURL: server.url }).messages.stream(MESSAGE).finalMessage();
    expect(message.stop_reason).toBe("end_turn");
    expect(recloser.breaker("llm").snapshot().window).toMatchObject({
      calls: 2,
      failures: 1,
      byKind: { overloaded: 1 },
    });
  });
});
