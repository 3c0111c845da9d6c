/** What a gateway tells a collector of OTLP: spans and metrics by OpenTelemetry's names. In processes of their own: tests/e2e. */
import { loadConfig } from "@recloser/gateway/config";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { otlpCollector } from "../support/otlp-collector.ts";
import { plainServer, type PlainServer } from "../support/plain-server.ts";
import { startGateway, type TestGateway } from "../support/running-gateway.ts";

const SERVER = 2;
const CLIENT = 3;
const ERROR = 2;
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLERS = `00-${TRACE}-00f067aa0ba902b7-01`;

beforeEach(() => {
  vi.stubEnv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json");
  return () => void vi.unstubAllEnvs();
});

/** As a user's file has it. */
const started = (config: object): Promise<TestGateway> => {
  const file = { admin: false, log: { level: "silent" }, listen: { port: 0 }, ...config };
  const bytes = Buffer.from(JSON.stringify(file));
  return startGateway(loadConfig({ file: { name: "recloser.json", bytes }, env: {} }).config);
};

const target = ({ url }: PlainServer, other: object = {}): object => ({
  provider: "openai",
  key: "secret-of-the-target",
  baseUrl: `${url}/v1`,
  allowPrivate: true,
  ...other,
});
const answering = (status: number): Promise<PlainServer> =>
  plainServer((response) => {
    const usage = { prompt_tokens: 7, completion_tokens: 3 };
    response.writeHead(status, { "content-type": "application/json" });
    const good = { choices: [{ message: { content: "hi" }, finish_reason: "stop" }], usage };
    response.end(JSON.stringify(status === 200 ? good : {}));
  });

async function ask({ url }: TestGateway, path = "/v1/chat/completions", headers: object = {}): Promise<number> {
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ model: "gpt-5", messages: [{ role: "user", content: "hello" }] }),
  });
  await response.arrayBuffer();
  return response.status;
}

describe("A request is a trace", () => {
  test("with a span of the server, one of the client for each call, and no word of what was said", async () => {
    const collector = await otlpCollector();
    const [first, second] = [await answering(401), await answering(200)];
    const gateway = await started({
      targets: { one: target(first), two: target(second) },
      routes: [{ name: "main", targets: ["one", "two"] }],
      otlp: { url: collector.url, headers: { "x-collector-key": "k" } },
    });
    expect(await ask(gateway, "/v1/chat/completions?q=hello", { traceparent: CALLERS, tracestate: "a=b" })).toBe(200);
    // The held target is passed over from now on, which is no call.
    expect(await ask(gateway)).toBe(200);
    await gateway.gateway.close();
    const spans = collector.spans();
    const [request, later] = spans.filter(({ kind }) => kind === SERVER);
    expect(request).toMatchObject({
      name: "POST /v1/chat/completions",
      attributes: {
        "http.request.method": "POST",
        "http.route": "/v1/chat/completions",
        "http.response.status_code": 200,
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-5",
        "gen_ai.usage.input_tokens": 7,
        "gen_ai.usage.output_tokens": 3,
        "recloser.route": "main",
        "recloser.target": "two",
        "recloser.attempts": 2,
        "recloser.end": "answered",
      },
    });
    expect(request?.parentSpanId ?? "").toBe("");
    const calls = spans.filter(({ kind, traceId }) => kind === CLIENT && traceId === request?.traceId);
    expect(
      calls.map(({ attributes, name, status }) => [name, attributes["recloser.target"], status.code ?? 0]),
    ).toEqual([
      ["chat gpt-5", "one", ERROR],
      ["chat gpt-5", "two", 0],
    ]);
    expect(calls[0]?.attributes).toMatchObject({ "http.response.status_code": 401, "error.type": "auth" });
    expect(calls[1]?.attributes).toMatchObject({
      "server.address": "127.0.0.1",
      "server.port": Number(new URL(second.url).port),
      "gen_ai.usage.output_tokens": 3,
      "recloser.breaker": "openai:gpt-5@two",
    });
    for (const call of calls) {
      expect(call.parentSpanId).toBe(request?.spanId);
      expect(BigInt(call.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(request?.startTimeUnixNano ?? 0));
      expect(BigInt(call.endTimeUnixNano)).toBeLessThanOrEqual(BigInt(request?.endTimeUnixNano ?? 0));
    }
    expect(later?.events).toEqual([
      expect.objectContaining({
        name: "recloser.passed_over",
        attributes: { "recloser.target": "one", "recloser.result": "rejected", "recloser.reason": "auth" },
      }),
    ]);
    // The caller's trace is neither taken over nor passed on; the gateway's is told to nobody.
    expect(request?.traceId).not.toBe(TRACE);
    for (const { headers } of [...first.received, ...second.received])
      expect([headers["traceparent"], headers["tracestate"]]).toEqual([undefined, undefined]);
    expect(collector.deliveries[0]?.headers["x-collector-key"]).toBe("k");
    expect(collector.resources()[0]).toMatchObject({
      "service.name": "recloser-gateway",
      "service.instance.id": expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(collector.text()).not.toMatch(/hello|secret-of-the-target/);
  });

  test("that is the caller's, and goes on at the target, where the configuration says so", async () => {
    const collector = await otlpCollector();
    const [told, untold] = [await answering(503), await answering(200)];
    const gateway = await started({
      targets: { told: target(told, { traceContext: true }), untold: target(untold) },
      routes: [{ name: "main", targets: ["told", "untold"] }],
      otlp: { url: collector.url, continueTraces: true },
    });
    expect(await ask(gateway, undefined, { traceparent: CALLERS })).toBe(200);
    await gateway.gateway.close();
    const spans = collector.spans();
    const calls = spans.filter(({ kind }) => kind === CLIENT);
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
    expect(spans.find(({ kind }) => kind === SERVER)?.parentSpanId).toBe("00f067aa0ba902b7");
    // The target that fails is called twice: each call is a span.
    expect(calls.map(({ attributes }) => attributes["http.request.resend_count"] ?? 0)).toEqual([0, 1, 0]);
    expect(told.received.map(({ headers }) => headers["traceparent"])).toEqual(
      calls.slice(0, 2).map(({ spanId }) => `00-${TRACE}-${spanId}-01`),
    );
    expect(untold.received[0]?.headers["traceparent"]).toBeUndefined();
    expect(calls[1]?.attributes).toMatchObject({ "error.type": "overloaded", "http.response.status_code": 503 });
    expect(calls[2]?.attributes).not.toHaveProperty(["error.type"]);
  });

  test("without a path, a query or a name of a caller's making in what is one of few", async () => {
    const collector = await otlpCollector();
    const gateway = await started({
      targets: { one: target(await answering(200)) },
      otlp: { url: collector.url },
    });
    for (const path of ["/v1/files/private-name?x=private", "/nowhere/private-name", "/r/private-name/v1/embeddings"])
      await ask(gateway, path);
    await gateway.gateway.close();
    const names = collector.spans().map(({ name }) => name);
    expect(names.toSorted()).toEqual(["POST", "POST /r/{route}/v1/embeddings", "POST /v1/{path}", "call"]);
    expect(collector.text()).not.toContain("private");
  });

  test("as often as it is to be sampled; it is measured all the same", async () => {
    const collector = await otlpCollector();
    const gateway = await started({
      targets: { one: target(await answering(200)) },
      otlp: { url: collector.url, sampleRatio: 0 },
    });
    expect(await ask(gateway)).toBe(200);
    await gateway.gateway.close();
    const points = collector.metrics().get("http.server.request.duration")?.points ?? [];
    expect(points.map(({ count }) => Number(count))).toEqual([1]);
    expect(collector.spans()).toEqual([]);
  });
});

test("Metrics are those that OpenTelemetry has names for, the gateway's own, and those of its circuits", async () => {
  const collector = await otlpCollector();
  const targets = { one: target(await answering(200)) };
  const gateway = await started({ targets, otlp: { url: collector.url, traces: false } });
  expect(await ask(gateway)).toBe(200);
  await gateway.gateway.close();
  const metrics = collector.metrics();
  const points = (name: string): readonly Readonly<Record<string, unknown>>[] => metrics.get(name)?.points ?? [];
  expect(
    points("gen_ai.client.token.usage").map((one) => [
      one["gen_ai.token.type"],
      one["gen_ai.request.model"],
      one["sum"],
    ]),
  ).toEqual([
    ["input", "gpt-5", 7],
    ["output", "gpt-5", 3],
  ]);
  expect(metrics.get("http.server.request.duration")).toMatchObject({
    unit: "s",
    points: [
      {
        "http.request.method": "POST",
        "http.route": "/v1/chat/completions",
        "http.response.status_code": 200,
        "url.scheme": "http",
      },
    ],
  });
  expect(points("http.server.active_requests").map((one) => one["asInt"] ?? one["asDouble"])).toEqual([0]);
  expect(points("gen_ai.client.operation.duration")).toEqual([
    expect.objectContaining({ "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai" }),
  ]);
  expect(points("recloser.gateway.requests")).toEqual([
    expect.objectContaining({ "recloser.target": "one", "recloser.end": "answered", "recloser.status": "200" }),
  ]);
  expect(metrics.get("recloser.gateway.request_bytes")?.unit).toBe("By");
  expect(points("recloser.gateway.in_flight").length).toBe(1);
  expect(points("recloser.calls")).toEqual([expect.objectContaining({ "recloser.outcome": "success" })]);
  expect(collector.deliveries.map(({ path }) => path)).not.toContain("/v1/traces");
});
