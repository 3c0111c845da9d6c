/** A gateway as a whole: who may use it, what it serves beside models, how it changes and how it stops. */
import { createHash } from "node:crypto";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { simulatedProvider } from "recloser/testing";
import { describe, expect, test } from "vitest";
import type { ClientConfig } from "../../packages/gateway/src/config/config.ts";
import { gatewayConfig, route, target } from "../support/gateway-config.ts";
import { plainServer } from "../support/plain-server.ts";
import { openRaw, post, sendRaw } from "../support/raw-http.ts";
import { startGateway } from "../support/running-gateway.ts";

const PATH = "/v1/chat/completions";
const ask = { model: "gpt-5", messages: [{ role: "user" as const, content: "hello" }] };

const client = (id: string, other: Partial<ClientConfig> = {}): ClientConfig => ({
  id,
  keySha256: createHash("sha256").update(`key-of-${id}`).digest("hex"),
  routes: null,
  maxInFlight: null,
  mayBypass: false,
  priority: "interactive",
  ...other,
});

describe("Where clients are named", () => {
  test.each<[string, Record<string, string>, number]>([
    ["no key", {}, 401],
    ["a wrong key", { authorization: "Bearer key-of-nobody" }, 401],
    ["an empty key", { authorization: "Bearer " }, 401],
    ["its key, as OpenAI's SDK sends it", { authorization: "Bearer key-of-team" }, 200],
    ["its key, as Anthropic's sends it", { "x-api-key": "key-of-team" }, 200],
    ["its key, as Gemini's sends it", { "x-goog-api-key": "key-of-team" }, 200],
    ["its key beside a provider's", { "x-recloser-key": "key-of-team", authorization: "Bearer x" }, 200],
    ["a wrong key and a right one", { authorization: "Bearer x", "x-api-key": "key-of-team" }, 401],
  ])("a request with %s", async (_name, headers, status) => {
    const server = await plainServer();
    const config = gatewayConfig({ targets: [target("one", server.url)], clients: [client("other"), client("team")] });
    await using gateway = await startGateway(config);
    expect((await sendRaw(gateway.url, post(PATH, ask, headers))).status).toBe(status);
    expect(server.received).toHaveLength(status === 200 ? 1 : 0);
    expect(JSON.stringify(server.received)).not.toContain("key-of-team");
    await expect.poll(() => gateway.records[0]?.client).toBe(status === 200 ? "team" : null);
  });

  test("the key of the gateway goes to no provider, not even to one that gets the caller's", async () => {
    const server = await plainServer();
    const targets = [target("one", server.url, { auth: { kind: "caller" } })];
    await using gateway = await startGateway(gatewayConfig({ targets, clients: [client("team")] }));
    await sendRaw(gateway.url, post(PATH, ask, { authorization: "Bearer key-of-team" }));
    await sendRaw(gateway.url, post(PATH, ask, { "x-recloser-key": "key-of-team", authorization: "Bearer theirs" }));
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual([undefined, "Bearer theirs"]);
  });

  test("each has as many requests under way as it may, and gives them back", async () => {
    await using provider = await simulatedProvider({ fault: { kind: "hang" } });
    const clients = [client("team", { maxInFlight: 1 })];
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", provider.baseUrl)], clients }));
    const request = post(PATH, ask, { authorization: "Bearer key-of-team" });
    const open = openRaw(gateway.url, request);
    await expect.poll(() => provider.requests.length).toBe(1);
    expect((await sendRaw(gateway.url, request)).status).toBe(429);
    open.socket.destroy();
    await provider.setFault(null);
    await expect.poll(async () => (await sendRaw(gateway.url, request)).status).toBe(200);
  });

  test("only who may goes around an open circuit, and counts for nothing", async () => {
    await using provider = await simulatedProvider();
    const clients = [client("ops", { mayBypass: true }), client("team")];
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", provider.baseUrl)], clients }));
    const { recloser } = gateway.gateway;
    await recloser.breaker("one").forceOpen({ by: "test", reason: "drill" });
    const send = async (id: string, bypass: string): Promise<number> => {
      const headers = {
        authorization: `Bearer key-of-${id}`,
        ...(bypass === "" ? {} : { "x-recloser-bypass": bypass }),
      };
      return (await sendRaw(gateway.url, post(PATH, ask, headers))).status;
    };
    expect([
      await send("team", ""),
      await send("team", "why"),
      await send("ops", ""),
      await send("ops", "why"),
    ]).toEqual([503, 403, 503, 200]);
    expect(recloser.breaker("one").snapshot().window.calls).toBe(0);
  });
});

test("Each official client finds its API, whole and streamed", async () => {
  await using openai = await simulatedProvider();
  await using anthropic = await simulatedProvider({ dialect: "anthropic" });
  await using gemini = await simulatedProvider({ dialect: "gemini" });
  await using gateway = await startGateway(
    gatewayConfig({
      targets: [
        target("o", openai.baseUrl),
        target("a", anthropic.baseUrl, { format: "anthropic", provider: "anthropic" }),
        target("g", gemini.baseUrl, { format: "gemini", provider: "gemini" }),
      ],
      routes: [
        route("openai", ["o"]),
        route("anthropic", ["a"], { format: "anthropic" }),
        route("gemini", ["g"], { format: "gemini" }),
      ],
    }),
  );
  const apiKey = "any";
  const o = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey });
  expect((await o.models.list()).data.map(({ id }) => id)).toContain("simulated-large");
  expect((await o.responses.create({ model: "m", input: "hello" })).output_text).not.toBe("");
  const events: string[] = [];
  for await (const { type } of await o.responses.create({ model: "m", input: "hello", stream: true }))
    events.push(type);
  expect([events[0], events.at(-1)]).toEqual(["response.created", "response.completed"]);

  for (const baseURL of [gateway.url, `${gateway.url}/anthropic`]) {
    const a = new Anthropic({ baseURL, apiKey });
    const question = { model: "claude", max_tokens: 50, messages: ask.messages };
    const whole = await a.messages.create(question);
    expect((await a.messages.stream(question).finalMessage()).content).toEqual(whole.content);
    expect((await a.messages.countTokens({ model: "claude", messages: ask.messages })).input_tokens).toBeGreaterThan(0);
    expect((await a.models.list()).data.length).toBeGreaterThan(0);
  }

  for (const baseUrl of [gateway.url, `${gateway.url}/gemini`]) {
    const g = new GoogleGenAI({ apiKey, httpOptions: { baseUrl } });
    const question = { model: "gemini-2.5-pro", contents: "hello" };
    const whole = await g.models.generateContent(question);
    let text = "";
    for await (const part of await g.models.generateContentStream(question)) text += part.text ?? "";
    expect([text, text === ""]).toEqual([whole.text, false]);
    expect((await g.models.countTokens(question)).totalTokens).toBeGreaterThan(0);
  }
  expect(gateway.defects).toEqual([]);
});

describe("A path that is no model's", () => {
  test("passes with its method and body, through the breaker, to the first target only", async () => {
    const first = await plainServer((response) => void response.writeHead(503).end("{}"));
    const second = await plainServer();
    const targets = [target("one", first.url), target("two", second.url)];
    await using gateway = await startGateway(gatewayConfig({ targets }));
    const sent = await fetch(`${gateway.url}/v1/files/f1?after=2`, { method: "DELETE" });
    expect([sent.status, first.received.length, second.received.length]).toEqual([503, 1, 0]);
    expect(first.received[0]).toMatchObject({ method: "DELETE", path: "/files/f1?after=2" });
    const breaker = gateway.gateway.recloser.breaker({ provider: "one", credential: "main" });
    expect(breaker.snapshot().window.failures).toBe(1);
  });
});

test("The built-in simulated provider answers at /sim/v1", async () => {
  const sim = target("sim", "sim:", { provider: "sim", auth: { kind: "none" }, allowPrivate: false });
  await using gateway = await startGateway(gatewayConfig({ targets: [sim], routes: [route("sim", ["sim"])] }));
  const o = new OpenAI({ baseURL: `${gateway.url}/sim/v1`, apiKey: "any", maxRetries: 0 });
  expect((await o.chat.completions.create(ask)).choices).toHaveLength(1);
  await gateway.gateway.simulated.get("sim")?.setFault({ kind: "bad-request" });
  await expect(o.chat.completions.create(ask)).rejects.toThrow(OpenAI.BadRequestError);
});

describe("A new configuration", () => {
  test("answers the requests to come, and those under way end by the old one", async () => {
    await using one = await simulatedProvider({ latency: { answer: 300 } });
    await using two = await simulatedProvider();
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", one.baseUrl)] }));
    const before = sendRaw(gateway.url, post(PATH, ask));
    await expect.poll(() => one.requests.length).toBe(1);
    await gateway.gateway.reload(gatewayConfig({ targets: [target("two", two.baseUrl)] }));
    const after = await sendRaw(gateway.url, post(PATH, ask));
    expect([after.headers["x-recloser-target"], (await before).headers["x-recloser-target"]]).toEqual(["two", "one"]);
    await expect.poll(() => one.stats().connections).toBe(0);
  });

  test("that is refused leaves the old one", async () => {
    await using one = await simulatedProvider();
    const config = gatewayConfig({ targets: [target("one", one.baseUrl)] });
    await using gateway = await startGateway(config);
    await expect(gateway.gateway.reload({ ...config, breaker: { minimumCalls: -1 } })).rejects.toThrow("minimumCalls");
    expect((await sendRaw(gateway.url, post(PATH, ask))).status).toBe(200);
  });
});

describe("Closing", () => {
  test("lets what is under way end, and takes nothing new", async () => {
    await using provider = await simulatedProvider({ latency: { answer: 300 } });
    const gateway = await startGateway(gatewayConfig({ targets: [target("one", provider.baseUrl)] }));
    const under = sendRaw(gateway.url, post(PATH, ask));
    await expect.poll(() => provider.requests.length).toBe(1);
    const closed = gateway.gateway.close();
    await expect(sendRaw(gateway.url, post(PATH, ask))).rejects.toThrow("ECONNREFUSED");
    expect((await under).status).toBe(200);
    await closed;
    await expect.poll(() => provider.stats().connections).toBe(0);
  });

  test("ends what takes too long with an error", async () => {
    await using provider = await simulatedProvider({ fault: { kind: "hang-mid-stream" } });
    const gateway = await startGateway(gatewayConfig({ targets: [target("one", provider.baseUrl)], drainMs: 100 }));
    const open = openRaw(gateway.url, post(PATH, { ...ask, stream: true }));
    await open.seen('"content"');
    await gateway.gateway.close();
    await open.closed;
    expect(open.text()).toContain("stream_interrupted");
  });
});
