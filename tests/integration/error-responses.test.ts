/** The apps of examples/error-responses, on a real socket. */
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import OpenAI from "openai";
import { createBreaker } from "recloser";
import type { Breaker, PolicyOptions } from "recloser";
import { simulatedProvider } from "recloser/testing";
import type { Fault, SimulatedProvider } from "recloser/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { Assistant } from "../../examples/error-responses/answers.ts";
import { createApp as expressApp } from "../../examples/error-responses/express.ts";
import { createApp as fastifyApp } from "../../examples/error-responses/fastify.ts";
import { createApp as honoApp } from "../../examples/error-responses/hono.ts";
import { tripAtThree, until } from "../support/guarded-openai.ts";

const FRAMEWORKS: Readonly<Record<string, (assistant: Assistant) => Promise<RequestListener>>> = {
  hono: async (assistant) => getRequestListener(honoApp(assistant).fetch),
  express: async (assistant) => expressApp(assistant),
  fastify: async (assistant) => {
    const app = fastifyApp(assistant);
    await app.ready();
    return (request, response) => app.routing(request, response);
  },
};

interface App {
  readonly provider: SimulatedProvider;
  readonly breaker: Breaker;
  ask(path: "/answer" | "/tokens", signal?: AbortSignal, body?: string): Promise<Response>;
}

async function serving(
  framework: string,
  { fault = null, policy = {} }: { fault?: Fault | null; policy?: PolicyOptions } = {},
): Promise<App> {
  const provider = await simulatedProvider({ fault });
  const breaker = createBreaker({ name: "openai", ...tripAtThree, ...policy });
  const client = new OpenAI({ baseURL: provider.baseUrl, apiKey: "sk-test", maxRetries: 0, logLevel: "off" });
  const listener = await FRAMEWORKS[framework]!(new Assistant(client, breaker));
  const server = createServer(listener);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await provider.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const questions = JSON.stringify({ question: "Why?", questions: ["Why?", "And why that?"] });
  const headers = { "content-type": "application/json" };
  const ask: App["ask"] = (path, signal = AbortSignal.timeout(10_000), body = questions) =>
    fetch(url + path, { method: "POST", headers, body, signal });
  return { provider, breaker, ask };
}

async function trip({ breaker }: App): Promise<void> {
  const down = Object.assign(new Error("down"), { status: 503 });
  for (let i = 0; i < 3; i++) await breaker.execute(() => Promise.reject(down)).catch(() => {});
}

function eventsIn(text: string): (readonly [string, unknown])[] {
  return text
    .split("\n\n")
    .filter((frame) => frame !== "")
    .map((frame) => {
      const [, name = "", data = ""] = /^event: (.*)\ndata: (.*)$/.exec(frame) ?? [];
      return [name, JSON.parse(data)] as const;
    });
}

describe.each(Object.keys(FRAMEWORKS))("With %s", (framework) => {
  test("an answer comes as JSON, and a stream as events", async () => {
    const app = await serving(framework);
    expect(await (await app.ask("/answer")).json()).toEqual({ answer: expect.stringMatching(/./) as string });
    const response = await app.ask("/tokens");
    expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
    const events = eventsIn(await response.text());
    expect(events.at(0)?.[0]).toBe("token");
    expect(events.at(-1)).toEqual(["done", null]);
    expect(app.breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 3, successes: 3 } });
  });

  test.each(["/answer", "/tokens"] as const)("an open circuit at %s is a problem with Retry-After", async (path) => {
    const app = await serving(framework);
    await trip(app);
    const response = await app.ask(path);
    expect(response.status).toBe(503);
    expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const seconds = Number(response.headers.get("retry-after"));
    expect(seconds > 20 && seconds <= 30).toBe(true);
    expect(await response.json()).toMatchObject({
      status: 503,
      code: "ERR_CIRCUIT_OPEN",
      key: "openai",
      reason: "open",
    });
    expect(app.provider.stats().requests).toBe(0);
  });

  test("a provider's rate limit is passed on as a 429 once it holds", async () => {
    const app = await serving(framework, { fault: { kind: "rate-limit", retryAfter: 7 } });
    expect((await app.ask("/answer")).status).toBe(502);
    const response = await app.ask("/answer");
    expect(response.status).toBe(429);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(4);
  });

  test.each([
    [{ kind: "status", status: 500 }, 502],
    [{ kind: "auth" }, 502],
    [{ kind: "hang" }, 504],
  ] as const)("%j of the provider is a problem of its own: %i", async (fault, status) => {
    for (const path of ["/answer", "/tokens"] as const) {
      const app = await serving(framework, { fault, policy: { timeouts: { total: 100 } } });
      const response = await app.ask(path);
      expect(response.status).toBe(status);
      expect(await response.json()).toEqual({ type: "about:blank", title: expect.any(String) as string, status });
    }
  });

  test("a call that is shed is a 503", async () => {
    const app = await serving(framework, { policy: { shed: { maxInFlight: 1 } } });
    const permit = await app.breaker.acquire();
    expect((await app.ask("/answer")).status).toBe(503);
    permit.ignore();
  });

  test("what is no failure of a call stays what the framework makes of it", async () => {
    const app = await serving(framework);
    expect((await app.ask("/answer", undefined, "no JSON")).status).toBeGreaterThanOrEqual(400);
    expect(app.provider.stats().requests).toBe(0);
  });

  test("a circuit that opens between two questions is told by an event", async () => {
    const app = await serving(framework, { policy: { onTrip: "let-run" } });
    await app.provider.setFault({ kind: "slow-drip", everyMs: 5, bytes: 60 });
    const response = await app.ask("/tokens");
    expect(response.status).toBe(200);
    await trip(app);
    const events = eventsIn(await response.text());
    expect(events.at(0)?.[0]).toBe("token");
    expect(events.at(-1)).toEqual(["error", expect.objectContaining({ status: 503, code: "ERR_CIRCUIT_OPEN" })]);
    expect(app.provider.stats().requests).toBe(1);
    expect(app.breaker.snapshot().inFlight).toBe(0);
  });

  test("a stream that breaks after its first event ends with an event that says so", async () => {
    const app = await serving(framework, { fault: { kind: "no-terminal-marker" } });
    const events = eventsIn(await (await app.ask("/tokens")).text());
    expect(events.at(-1)).toEqual(["error", { type: "about:blank", title: "Bad Gateway", status: 502 }]);
  });

  test.each(["/answer", "/tokens"] as const)(
    "a client that leaves %s ends the call, which counts for nothing",
    async (path) => {
      const app = await serving(framework, { fault: { kind: "hang" } });
      const client = new AbortController();
      const asked = app.ask(path, client.signal).catch(() => null);
      await until(() => app.provider.stats().inFlight === 1, "the provider is asked");
      client.abort();
      await asked;
      await until(() => app.breaker.snapshot().inFlight === 0, "the permit is back");
      await until(() => app.provider.stats().inFlight === 0, "the provider's connection is closed");
      expect(app.breaker.snapshot().window.calls).toBe(0);
    },
  );

  test("a client that leaves amid a stream ends it", async () => {
    const app = await serving(framework, { fault: { kind: "hang-mid-stream" } });
    const client = new AbortController();
    const response = await app.ask("/tokens", client.signal);
    const reader = response.body!.getReader();
    await reader.read();
    client.abort();
    await reader.read().catch(() => null);
    await until(() => app.breaker.snapshot().inFlight === 0, "the permit is back");
    await until(() => app.provider.stats().inFlight === 0, "the provider's connection is closed");
    expect(app.breaker.snapshot().window.failures).toBe(0);
  });
});
