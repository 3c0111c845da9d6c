import { simulatedProvider } from "recloser/testing";
import { describe, expect, test } from "vitest";
import { gatewayConfig, target } from "../support/gateway-config.ts";
import { openRaw, post, sendRaw } from "../support/raw-http.ts";
import { startGateway, type TestGateway } from "../support/running-gateway.ts";
import { hasPromtool, promtool } from "../support/servers/promtool.ts";

const PATH = "/v1/chat/completions";
const ask = { model: "gpt-5", messages: [{ role: "user", content: "canary-prompt" }] };
const admin = { host: "127.0.0.1", port: 0, readOnlyTokens: [], operatorTokens: [], allowedHosts: [] };

async function scrape({ adminUrl }: TestGateway): Promise<string> {
  const answer = await fetch(`${adminUrl}/metrics`);
  expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  return answer.text();
}

/** A series' value; undefined where there is none. */
function valueOf(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
  const line = text
    .split("\n")
    .find(
      (one) =>
        (one.startsWith(`${name}{`) || one.startsWith(`${name} `)) &&
        Object.entries(labels).every(([label, value]) => one.includes(`${label}="${value}"`)),
    );
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(" ") + 1));
}

async function afterTraffic(): Promise<{ text: string; gateway: TestGateway } & AsyncDisposable> {
  const bad = await simulatedProvider({ fault: { kind: "status", status: 503 } });
  const good = await simulatedProvider({ latency: { firstToken: 20 } });
  const targets = [target("bad", bad.baseUrl), target("good", good.baseUrl)];
  const config = gatewayConfig({ targets, admin, retry: { perTarget: 0 }, breaker: { minimumCalls: 2 } });
  const gateway = await startGateway(config, { processMetrics: true });
  for (let i = 0; i < 3; i++) await sendRaw(gateway.url, post(PATH, ask));
  await sendRaw(gateway.url, post(PATH, { ...ask, stream: true }));
  await sendRaw(gateway.url, post("/nothing", ask));
  await expect.poll(() => gateway.records.length).toBe(5);
  const close = async (): Promise<void> => {
    await gateway.gateway.close();
    await Promise.all([bad.close(), good.close()]);
  };
  return { text: await scrape(gateway), gateway, [Symbol.asyncDispose]: close };
}

describe("/metrics", () => {
  test("counts requests, attempts, failovers, tokens and bytes", async () => {
    await using played = await afterTraffic();
    const { text } = played;
    const answered = { route: "main", target: "good", status: "200", end: "answered" };
    expect(valueOf(text, "recloser_gateway_requests_total", answered)).toBe(4);
    const refused = { route: "none", target: "none", status: "404", end: "refused" };
    expect(valueOf(text, "recloser_gateway_requests_total", refused)).toBe(1);
    const failed = { target: "bad", result: "failed", reason: "overloaded" };
    expect(valueOf(text, "recloser_gateway_attempts_total", failed)).toBe(2);
    expect(
      valueOf(text, "recloser_gateway_attempts_total", { target: "bad", result: "rejected", reason: "open" }),
    ).toBe(2);
    expect(valueOf(text, "recloser_gateway_failovers_total", { from: "bad", to: "good", reason: "open" })).toBe(2);
    expect(valueOf(text, "recloser_gateway_tokens_total", { target: "good", direction: "output" })).toBeGreaterThan(0);
    expect(valueOf(text, "recloser_gateway_request_bytes_total", { route: "main" })).toBeGreaterThan(0);
    expect(valueOf(text, "recloser_gateway_response_bytes_total", { route: "main" })).toBeGreaterThan(0);
  });

  test("times answers, first tokens and what the gateway itself takes", async () => {
    await using played = await afterTraffic();
    const { text } = played;
    expect(valueOf(text, "recloser_gateway_request_duration_seconds_count", { route: "main" })).toBe(4);
    expect(valueOf(text, "recloser_gateway_first_token_seconds_count", { target: "good" })).toBe(1);
    expect(valueOf(text, "recloser_gateway_first_token_seconds_sum", { target: "good" })).toBeGreaterThanOrEqual(0.02);
    expect(valueOf(text, "recloser_gateway_added_seconds_count", { route: "main" })).toBe(4);
    expect(valueOf(text, "recloser_gateway_added_seconds_sum", { route: "main" })).toBeGreaterThan(0);
  });

  test("shows the circuits, each in all of its states, and the process", async () => {
    await using played = await afterTraffic();
    const { text } = played;
    for (const [state, value] of [
      ["open", 1],
      ["closed", 0],
      ["half-open", 0],
    ] as const)
      expect(valueOf(text, "recloser_state", { record: "bad:gpt-5", state })).toBe(value);
    expect(valueOf(text, "recloser_transitions_total", { record: "bad:gpt-5", to: "open" })).toBe(1);
    expect(valueOf(text, "recloser_rejections_total", { reason: "open" })).toBe(2);
    expect(valueOf(text, "process_resident_memory_bytes")).toBeGreaterThan(0);
    expect(text).not.toContain("canary");
  });

  test("says how many requests of a client are under way", async () => {
    await using provider = await simulatedProvider({ fault: { kind: "hang" } });
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", provider.baseUrl)], admin }));
    const open = openRaw(gateway.url, post(PATH, ask));
    await expect.poll(() => provider.requests.length).toBe(1);
    expect(valueOf(await scrape(gateway), "recloser_gateway_in_flight", { client: "none" })).toBe(1);
    open.socket.destroy();
    await expect
      .poll(async () => valueOf(await scrape(gateway), "recloser_gateway_in_flight", { client: "none" }))
      .toBe(0);
  });

  test("a model's name that would break out of a label does not, and there are only so many", async () => {
    await using provider = await simulatedProvider();
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", provider.baseUrl)], admin }));
    await sendRaw(gateway.url, post(PATH, { ...ask, model: 'x"}\\1' }));
    for (let i = 0; i < 600; i++) gateway.gateway.recloser.breaker(`made-up-${i}`);
    const text = await scrape(gateway);
    expect(text).toContain(String.raw`x\"}\\1`);
    expect(text).toContain('record="other"');
    expect(text.split("\n").filter((line) => line.startsWith("recloser_state{")).length).toBeLessThanOrEqual(501 * 3);
  });
});

test.runIf(await hasPromtool())("what is served passes Prometheus' own check", async () => {
  await using played = await afterTraffic();
  // prom-client's own two names for the process are none of ours to mend.
  const own = played.text.split("\n\n").filter((part) => part.includes("recloser_"));
  expect(await promtool(["check", "metrics"], `${own.join("\n\n")}\n`)).toEqual({ code: 0, said: "" });
});
