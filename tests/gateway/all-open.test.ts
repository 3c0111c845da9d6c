/** What a route does for requests that no circuit lets through, and what it does with targets that cannot answer them. */
import { simulatedProvider, type SimulatedProvider } from "recloser/testing";
import { describe, expect, test } from "vitest";
import type { RouteConfig } from "../../packages/gateway/src/config/config.ts";
import { gatewayConfig, route, target } from "../support/gateway-config.ts";
import { post, type RawAnswer, sendRaw } from "../support/raw-http.ts";
import { startGateway, type TestGateway } from "../support/running-gateway.ts";

const ask = { model: "gpt-5", messages: [{ role: "user", content: "hello" }] };
const PATH = "/v1/chat/completions";

interface Rig extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly provider: SimulatedProvider;
  send(body?: object, headers?: Readonly<Record<string, string>>): Promise<RawAnswer>;
  /** Lets the circuit open by a failing request. */
  open(): Promise<void>;
}

async function rig(onAllOpen: RouteConfig["onAllOpen"], cooldown = "60s" as const): Promise<Rig> {
  const provider = await simulatedProvider({ answerTokens: 5 });
  const gateway = await startGateway(
    gatewayConfig({
      targets: [target("one", provider.baseUrl)],
      routes: [route("main", ["one"], { onAllOpen })],
      breaker: { failureThreshold: 1, cooldown: { initial: cooldown, jitter: 0 } },
      retry: { perTarget: 0 },
    }),
  );
  const send: Rig["send"] = (body = ask, headers = {}) => sendRaw(gateway.url, post(PATH, body, headers));
  return {
    gateway,
    provider,
    send,
    async open() {
      await provider.setFault({ kind: "status", status: 500 });
      await send({ ...ask, messages: [{ role: "user", content: "what fails" }] });
      const [breaker] = [...gateway.gateway.recloser.breakers()];
      expect(breaker?.state).toBe("open");
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await provider.close();
      expect(gateway.defects).toEqual([]);
    },
  };
}

const short = "300ms" as unknown as "60s";

describe("A route that keeps answers", () => {
  const cache = { kind: "cache", ttlMs: 60_000, maxEntries: 2, maxEntryBytes: 100_000 } as const;

  test.each([false, true])("serves the last good one to the same request, and says so (stream: %s)", async (stream) => {
    await using r = await rig(cache);
    const fresh = await r.send({ ...ask, stream });
    await r.open();
    const stale = await r.send({ ...ask, stream });
    expect(stale.status).toBe(200);
    expect(stale.headers).toMatchObject({ age: "0", "x-recloser-cache": "stale; age=0", "x-recloser-target": "one" });
    expect(stale.headers["content-type"]).toBe(fresh.headers["content-type"]);
    expect(stale.body.replaceAll(/^[0-9a-f]+\r\n|\r\n/gm, "")).toBe(fresh.body.replaceAll(/^[0-9a-f]+\r\n|\r\n/gm, ""));
  });

  test("gives it to no other request, and to no other caller", async () => {
    await using r = await rig(cache);
    await r.send(ask, { authorization: "Bearer of-one" });
    await r.open();
    expect((await r.send(ask, { authorization: "Bearer of-another" })).status).toBe(503);
    const beta = { authorization: "Bearer of-one", "openai-beta": "other" };
    expect((await r.send(ask, beta)).status).toBe(503);
    expect((await r.send({ ...ask, temperature: 1 }, { authorization: "Bearer of-one" })).status).toBe(503);
    expect((await r.send(ask, { authorization: "Bearer of-one" })).status).toBe(200);
  });

  test("keeps no error, and no more than it may", async () => {
    await using r = await rig(cache);
    const asks = [1, 2, 3].map((seed) => ({ ...ask, seed }));
    for (const one of asks) await r.send(one);
    await r.open();
    const statuses = await Promise.all(asks.map(async (one) => (await r.send(one)).status));
    expect(statuses).toEqual([503, 200, 200]);
  });
});

describe("A route that lets requests wait", () => {
  test("answers them when the circuit lets them through", async () => {
    await using r = await rig({ kind: "queue", maxWaitMs: 10_000, size: 50 }, short);
    await r.open();
    await r.provider.setFault(null);
    const answers = await Promise.all(Array.from({ length: 20 }, () => r.send()));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  });

  test("turns away at once who finds no place, and in the end who has waited too long", async () => {
    await using r = await rig({ kind: "queue", maxWaitMs: 2_000, size: 1 });
    await r.open();
    const startedMs = performance.now();
    const answers = [r.send(), r.send()];
    expect((await Promise.race(answers)).status).toBe(503);
    expect(performance.now() - startedMs).toBeLessThan(1_500);
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([503, 503]);
    expect(performance.now() - startedMs).toBeGreaterThan(1_900);
    expect(r.provider.requests).toHaveLength(1);
  });
});

describe("A route with a last resort", () => {
  test("asks one request at a time although the circuit is open", async () => {
    await using r = await rig({ kind: "last-resort" });
    await r.open();
    await r.provider.setFault({ kind: "slow-first-token", ms: 300 });
    const answers = await Promise.all([r.send(), r.send(), r.send()]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 503, 503]);
  });

  test("not against an operator's word", async () => {
    await using r = await rig({ kind: "last-resort" });
    await r.send();
    const [breaker] = [...r.gateway.gateway.recloser.breakers()];
    await breaker?.forceOpen({ by: "test", reason: "a test" });
    expect((await r.send()).status).toBe(503);
    expect(r.provider.requests).toHaveLength(1);
  });
});

describe("Targets that cannot answer a request", () => {
  test("are passed over, and the answer says so", async () => {
    await using provider = await simulatedProvider({});
    const first = target("first", provider.baseUrl, { capabilities: ["streaming"] });
    const second = target("second", provider.baseUrl);
    await using gateway = await startGateway(gatewayConfig({ targets: [first, second] }));
    const tools = [{ type: "function", function: { name: "look", parameters: {} } }];
    const { status, headers } = await sendRaw(gateway.url, post(PATH, { ...ask, tools }));
    expect(status).toBe(200);
    expect(headers).toMatchObject({ "x-recloser-target": "second", "x-recloser-failover": "first=lacks-tools" });
  });

  test("where there is no other, the caller is told what is lacking", async () => {
    await using provider = await simulatedProvider({});
    const only = target("only", provider.baseUrl, { maxContext: 10 });
    await using gateway = await startGateway(gatewayConfig({ targets: [only] }));
    const { status, body } = await sendRaw(gateway.url, post(PATH, ask));
    expect([status, JSON.parse(body)]).toMatchObject([400, { error: { code: "no_capable_target" } }]);
    expect(provider.requests).toHaveLength(0);
  });
});

describe("While an assured answer is held", () => {
  test("comments keep the connection alive, and a failure is said in the stream", async () => {
    await using provider = await simulatedProvider({ fault: { kind: "hang-mid-stream" } });
    const config = gatewayConfig({
      targets: [target("one", provider.baseUrl)],
      routes: [route("main", ["one"], { stream: "assured" })],
      timeouts: { idleMs: 400 },
    });
    await using gateway = await startGateway(config, { heartbeatMs: 50 });
    const { status, text } = await sendRaw(gateway.url, post(PATH, { ...ask, stream: true }));
    expect(status).toBe(200);
    expect(text).toContain(": the answer is held until it is whole");
    expect(text).toContain('"upstream_timeout"');
    expect(text).not.toContain('"content"');
    expect(text).not.toMatch(/\r\n0\r\n\r\n$/);
  });

  test("what is known of the target only then is told in comments before it", async () => {
    await using provider = await simulatedProvider({ fault: { kind: "slow-first-token", ms: 400 } });
    const config = gatewayConfig({
      targets: [target("one", provider.baseUrl)],
      routes: [route("main", ["one"], { stream: "assured" })],
    });
    await using gateway = await startGateway(config, { heartbeatMs: 50 });
    const { text } = await sendRaw(gateway.url, post(PATH, { ...ask, stream: true }));
    expect(text).toContain(": x-recloser-target: one");
    expect(text).toContain("[DONE]");
  });
});
