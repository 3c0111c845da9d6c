import { simulatedProvider } from "recloser/testing";
import { describe, expect, test } from "vitest";
import type { GatewayConfig } from "../../packages/gateway/src/config/config.ts";
import { gatewayConfig, target } from "../support/gateway-config.ts";
import { plainServer } from "../support/plain-server.ts";
import { openRaw, post, sendRaw } from "../support/raw-http.ts";
import { startGateway, type TestGateway } from "../support/running-gateway.ts";

const PATH = "/v1/chat/completions";
const CANARY = "canary-prompt-8231";
const ask = { model: "gpt-5", messages: [{ role: "user", content: CANARY }] };

interface Logged {
  readonly gateway: TestGateway;
  readonly text: () => string;
  readonly lines: (event?: string) => readonly Record<string, unknown>[];
}

interface Times {
  readonly stream: boolean;
  readonly durationMs: number;
  readonly firstTokenMs: number;
  readonly addedMs: number;
  readonly bytes: number;
  readonly requestBytes: number;
}

async function logged(
  config: Parameters<typeof gatewayConfig>[0],
  log: Partial<GatewayConfig["log"]> = {},
): Promise<Logged> {
  let text = "";
  const all = gatewayConfig({ ...config, log: { level: "info", pretty: false, ...log } });
  const gateway = await startGateway(all, { logTo: { write: (line) => void (text += line) } });
  const lines = (event?: string): Record<string, unknown>[] =>
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => event === undefined || line["event"] === event);
  return { gateway, text: () => text, lines };
}

describe("A request's line", () => {
  test("comes at its end: who answered whom, how, in how long, for how many tokens", async () => {
    await using provider = await simulatedProvider({ latency: { answer: 20 } });
    const { gateway, lines } = await logged({ targets: [target("one", provider.baseUrl)] });
    await using _ = gateway;
    const { headers } = await sendRaw(gateway.url, post(PATH, ask));
    await expect.poll(() => lines("request").length).toBe(1);
    const [line] = lines("request");
    expect(line).toMatchObject({
      level: "info",
      event: "request",
      requestId: headers["x-recloser-request-id"],
      client: null,
      format: "openai",
      route: "main",
      model: "gpt-5",
      target: "one",
      stream: false,
      status: 200,
      end: "answered",
      attempts: 1,
      steps: [{ target: "one", result: "whole", reason: null, status: null, calls: 1, probe: false }],
      firstTokenMs: null,
      inputTokens: expect.any(Number),
      outputTokens: expect.any(Number),
    });
    const { durationMs, addedMs, bytes, requestBytes } = line as unknown as Times;
    const time = String(line?.["time"]);
    expect(new Date(time).toISOString()).toBe(time);
    expect(durationMs).toBeGreaterThanOrEqual(20);
    expect(addedMs).toBeGreaterThan(0);
    expect(addedMs).toBeLessThan(durationMs);
    expect(bytes).toBeGreaterThan(0);
    expect(requestBytes).toBe(JSON.stringify(ask).length);
  });

  test("of a stream tells when its first token came", async () => {
    await using provider = await simulatedProvider({ latency: { firstToken: 20 } });
    const { gateway, lines } = await logged({ targets: [target("one", provider.baseUrl)] });
    await using _ = gateway;
    await sendRaw(gateway.url, post(PATH, { ...ask, stream: true }));
    await expect.poll(() => lines("request")).toHaveLength(1);
    const { firstTokenMs, durationMs, stream } = lines("request")[0] as unknown as Times;
    expect(stream).toBe(true);
    expect(firstTokenMs).toBeGreaterThanOrEqual(20);
    expect(firstTokenMs).toBeLessThanOrEqual(durationMs);
  });

  test("of a failover names every target that was asked, and why it did not answer", async () => {
    await using bad = await simulatedProvider({ fault: { kind: "status", status: 503 } });
    await using good = await simulatedProvider();
    const targets = [target("bad", bad.baseUrl), target("good", good.baseUrl)];
    const { gateway, lines } = await logged({ targets, retry: { perTarget: 0 } });
    await using _ = gateway;
    await sendRaw(gateway.url, post(PATH, ask));
    await expect.poll(() => lines("request")).toHaveLength(1);
    expect(lines("request")[0]).toMatchObject({
      target: "good",
      attempts: 2,
      end: "answered",
      steps: [
        { target: "bad", result: "failed", reason: "overloaded", status: 503 },
        { target: "good", result: "whole" },
      ],
    });
  });

  test("says how it ended where it did not end well", async () => {
    await using cut = await simulatedProvider({ fault: { kind: "cut-stream" } });
    await using hung = await simulatedProvider({ fault: { kind: "hang-mid-stream" } });
    const first = await logged({ targets: [target("cut", cut.baseUrl)] });
    await using _1 = first.gateway;
    await sendRaw(first.gateway.url, post(PATH, { ...ask, stream: true }));
    await sendRaw(first.gateway.url, post("/nothing", ask));
    await first.gateway.gateway.recloser.breaker("cut").forceOpen({ by: "test", reason: "drill" });
    const second = await logged({ targets: [target("hung", hung.baseUrl)] });
    await using _2 = second.gateway;
    const open = openRaw(second.gateway.url, post(PATH, { ...ask, stream: true }));
    await open.seen('"content"');
    open.socket.destroy();
    await expect
      .poll(() => first.lines("request").map(({ end, status }) => [end, status]))
      .toEqual([
        ["broken", 200],
        ["refused", 404],
      ]);
    expect(first.lines("request")[0]).toMatchObject({ level: "warn" });
    await expect.poll(() => second.lines("request")).toHaveLength(1);
    expect(second.lines("request")[0]).toMatchObject({ end: "left", target: "hung", status: 200 });
  });
});

describe("A change of state", () => {
  test("is one line, with what it rests on", async () => {
    await using provider = await simulatedProvider({ fault: { kind: "status", status: 503 } });
    const breaker = { minimumCalls: 3, cooldown: { initial: 50, max: 50, jitter: 0 } };
    const { gateway, lines } = await logged({
      targets: [target("one", provider.baseUrl)],
      breaker,
      retry: { perTarget: 0 },
    });
    await using _ = gateway;
    for (let i = 0; i < 5; i++) await sendRaw(gateway.url, post(PATH, ask));
    await provider.setFault(null);
    await expect.poll(async () => (await sendRaw(gateway.url, post(PATH, ask))).status).toBe(200);
    const changes = lines("transition").filter(
      ({ scope, key }) => scope !== undefined && String(key).includes("gpt-5"),
    );
    expect(changes[0]).toMatchObject({
      level: "warn",
      from: "closed",
      to: "open",
      reason: "failure-rate",
      cooldownMs: 50,
      evidence: { failures: 3, byKind: { overloaded: 3 }, summary: expect.stringContaining("3 of 3 calls failed") },
    });
    expect(changes.at(-1)).toMatchObject({ level: "info", to: "closed", reason: "probe-passed" });
    expect(new Set(changes.map(({ to, generation }) => `${String(to)} ${String(generation)}`)).size).toBe(
      changes.length,
    );
  });

  test("by an operator, a hold and the store are told too", async () => {
    await using provider = await simulatedProvider({ fault: { kind: "rate-limit", retryAfter: 30 } });
    const { gateway, lines } = await logged({ targets: [target("one", provider.baseUrl)] });
    await using _ = gateway;
    await sendRaw(gateway.url, post(PATH, ask));
    await gateway.gateway.recloser.breaker("one").forceOpen({ by: "ann", reason: "drill" });
    expect(lines("hold")[0]).toMatchObject({ kind: "rate-limited", level: "warn" });
    expect(lines("override")[0]).toMatchObject({ action: "force-open", by: "ann", reason: "drill" });
  });
});

describe("What is not in the log", () => {
  test("prompts, answers, keys, and what a provider says", async () => {
    const words = "canary-words-of-the-provider";
    const server = await plainServer((response) => {
      response
        .writeHead(500, { "content-type": "application/json", "x-canary": words })
        .end(`{"error":{"message":"${words}"}}`);
    });
    const { gateway, text, lines } = await logged({ targets: [target("one", server.url)] }, { level: "trace" });
    await using _ = gateway;
    await sendRaw(
      gateway.url,
      post(PATH, ask, { authorization: "Bearer canary-key-of-the-caller", "x-canary": CANARY }),
    );
    await sendRaw(gateway.url, post(`${PATH}?key=canary-key-in-the-query`, ask));
    await expect.poll(() => lines("request")).toHaveLength(2);
    expect(text()).not.toContain("canary");
    expect(text()).not.toContain("secret-of-one");
  });

  test.each([true, false])("what a terminal would obey, in lines for people or not (%s)", async (pretty) => {
    await using provider = await simulatedProvider();
    const { gateway, text } = await logged({ targets: [target("one", provider.baseUrl)] }, { pretty });
    await using _ = gateway;
    const requestId = "level=error\u2028\u202e\u2066".concat("x".repeat(240));
    await sendRaw(gateway.url, post(PATH, ask, { "x-request-id": requestId }));
    await sendRaw(gateway.url, post(PATH, { ...ask, model: "level=fatal".concat("y".repeat(140)) }));
    await expect.poll(() => text()).toContain("level=fatal");
    expect(text()).not.toMatch(/[\u2028\u202e\u2066]/);
    expect(text()).not.toContain("x".repeat(200));
    for (const line of text().trimEnd().split("\n"))
      expect(line).toMatch(pretty ? /^\d\d:\d\d:\d\d\.\d{3} / : /^\{.*\}$/);
  });

  test("anything below its level", async () => {
    await using provider = await simulatedProvider();
    const { gateway, text } = await logged({ targets: [target("one", provider.baseUrl)] }, { level: "warn" });
    await using _ = gateway;
    await sendRaw(gateway.url, post(PATH, ask));
    await gateway.gateway.close();
    expect(text()).toBe("");
  });
});
