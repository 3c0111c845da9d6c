/** What a caller sees of a stream that breaks after it has begun, and what a caller who leaves or dawdles does to the provider. */
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { type Fault, simulatedProvider, type SimulatedProvider } from "recloser/testing";
import { describe, expect, test } from "vitest";
import { watchedCall } from "../support/faults/answered.ts";
import { gatewayConfig, type Given, target } from "../support/gateway-config.ts";
import { openRaw, post, sendRaw } from "../support/raw-http.ts";
import { startGateway, type TestGateway } from "../support/running-gateway.ts";

const ask = { model: "gpt-5", messages: [{ role: "user" as const, content: "hello" }], stream: true as const };
const PATH = "/v1/chat/completions";

interface Rig extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly provider: SimulatedProvider;
}

async function rig(
  fault: Fault | null,
  given: Partial<Given> = {},
  dialect: "openai" | "anthropic" | "gemini" = "openai",
): Promise<Rig> {
  const provider = await simulatedProvider({ fault, dialect, answerTokens: 20 });
  const targets = [target("one", provider.baseUrl, { format: dialect, provider: dialect })];
  const config = gatewayConfig({ targets, ...given });
  const routes = config.routes.map((route) => ({ ...route, format: dialect }));
  const gateway = await startGateway({ ...config, routes });
  return {
    gateway,
    provider,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await provider.close();
      expect(gateway.defects).toEqual([]);
    },
  };
}

const BREAKS: readonly Fault[] = [
  { kind: "cut-stream" },
  { kind: "cut-stream", how: "reset" },
  { kind: "no-terminal-marker" },
  { kind: "malformed-chunk" },
  { kind: "malformed-chunk", where: "framing" },
  { kind: "hang-mid-stream" },
  { kind: "stream-error" },
  { kind: "stream-error", thenMarker: true },
];
const hasty = { timeouts: { idleMs: 300 } };

describe.each(BREAKS)("A stream that breaks ($kind $how $where $thenMarker)", (fault) => {
  test("ends with an error for OpenAI's client, after what had come", async () => {
    await using r = await rig(fault, hasty);
    const client = new OpenAI({ baseURL: `${r.gateway.url}/v1`, apiKey: "any" });
    let text = "";
    const reading = (async () => {
      for await (const chunk of await client.chat.completions.create(ask))
        text += chunk.choices[0]?.delta.content ?? "";
    })();
    await expect(reading).rejects.toThrow(/broke off|simulated|error|overloaded/i);
    await expect(reading).rejects.toBeInstanceOf(OpenAI.APIError);
    expect(text).not.toBe("");
    await expect.poll(() => r.gateway.records.at(-1)?.steps.at(-1)?.kind).toBe("broken");
  });

  test("never ends cleanly on the wire", async () => {
    await using r = await rig(fault, hasty);
    const call = watchedCall(r.gateway);
    const { text, ...answer } = await sendRaw(r.gateway.url, post(PATH, ask));
    call.record(
      "provider",
      answer,
      `breaks a stream: ${Object.values(fault).join(" ")}`,
      "what had come, then an error",
    );
    expect(text).toContain('"error"');
    expect(text).not.toMatch(/\r\n0\r\n\r\n$/);
  });

  test("ends with an error for Anthropic's client", async () => {
    await using r = await rig(fault, hasty, "anthropic");
    const client = new Anthropic({ baseURL: r.gateway.url, apiKey: "any" });
    const reading = client.messages.stream({ model: "claude", max_tokens: 100, messages: ask.messages }).finalMessage();
    await expect(reading).rejects.toBeInstanceOf(Anthropic.AnthropicError);
  });

  test("ends with an error in Gemini's stream of events", async () => {
    await using r = await rig(fault, hasty, "gemini");
    const body = { contents: [{ role: "user", parts: [{ text: "hello" }] }] };
    const path = "/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse";
    const { text } = await sendRaw(r.gateway.url, post(path, body));
    expect(text).toContain('"error"');
    expect(text).not.toMatch(/\r\n0\r\n\r\n$/);
  });
});

test("A stream whose [DONE] is missing is whole: its finish reason had come", async () => {
  await using r = await rig({ kind: "no-terminal-marker", omit: "marker" });
  const client = new OpenAI({ baseURL: `${r.gateway.url}/v1`, apiKey: "any" });
  let finish: string | null = null;
  for await (const chunk of await client.chat.completions.create(ask))
    finish ??= chunk.choices[0]?.finish_reason ?? null;
  expect(finish).toBe("stop");
});

describe("The broken stream of the Responses API", () => {
  test("ends with the error event its client knows", async () => {
    await using r = await rig({ kind: "cut-stream" });
    const client = new OpenAI({ baseURL: `${r.gateway.url}/v1`, apiKey: "any" });
    const reading = (async () => {
      for await (const event of await client.responses.create({ model: "gpt-5", input: "hello", stream: true }))
        void event;
    })();
    await expect(reading).rejects.toThrow(/broke off/);
  });
});

describe("A caller who leaves", () => {
  test.each<[string, Fault | null, string]>([
    ["before anything came", { kind: "hang" }, ""],
    ["in the middle of a stream", { kind: "hang-mid-stream" }, '"content"'],
  ])("%s, ends the call upstream within 50 ms, and counts as nothing", async (_name, fault, awaited) => {
    await using r = await rig(fault);
    const open = openRaw(r.gateway.url, post(PATH, ask));
    await expect.poll(() => r.provider.requests.length).toBe(1);
    await open.seen(awaited);
    const leftMs = performance.now();
    open.socket.destroy();
    await expect.poll(() => r.provider.stats().aborted, { interval: 2 }).toBe(1);
    // The promise is 50 ms; the rest is for a machine with other things to do.
    expect(performance.now() - leftMs).toBeLessThan(250);
    const breaker = r.gateway.gateway.recloser.breaker({ provider: "openai", model: "gpt-5", credential: "main" });
    expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { failures: 0 } });
    await expect.poll(() => r.gateway.records.at(-1)?.left).toBe("left");
  });
});

test("A caller's own short limit ends its request, and says nothing of the provider", async () => {
  await using r = await rig({ kind: "hang" });
  const { status, body } = await sendRaw(r.gateway.url, post(PATH, ask, { "x-recloser-timeout-ms": "100" }));
  expect([status, JSON.parse(body)]).toMatchObject([504, { error: { code: "timeout" } }]);
  const breaker = r.gateway.gateway.recloser.breaker({ provider: "openai", model: "gpt-5", credential: "main" });
  expect(breaker.snapshot().window.failures).toBe(0);
});

test("The gateway's own limit ends a provider that takes too long, and counts", async () => {
  await using r = await rig({ kind: "slow-drip", everyMs: 50 }, { timeouts: { totalMs: 400 } });
  const { text } = await sendRaw(r.gateway.url, post(PATH, ask));
  expect(text).toMatch(/504 |"error"/);
  const breaker = r.gateway.gateway.recloser.breaker({ provider: "openai", model: "gpt-5", credential: "main" });
  expect(breaker.snapshot().window.failures).toBe(1);
});
