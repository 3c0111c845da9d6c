/** Which target answers, how often each is asked, and what the caller is told of it. */
import { type Fault, simulatedProvider, type SimulatedProvider } from "recloser/testing";
import { describe, expect, test } from "vitest";
import { gatewayConfig, type Given, route, target } from "../support/gateway-config.ts";
import { openRaw, post, type RawAnswer, sendRaw } from "../support/raw-http.ts";
import { startGateway, type TestGateway } from "../support/running-gateway.ts";

const ask = { model: "gpt-5", messages: [{ role: "user", content: "hello" }] };
const PATH = "/v1/chat/completions";

interface Rig extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly one: SimulatedProvider;
  readonly two: SimulatedProvider;
  send(body?: object, headers?: Readonly<Record<string, string>>): Promise<RawAnswer>;
}

async function rig(fault: Fault | null, given: Partial<Given> = {}): Promise<Rig> {
  const one = await simulatedProvider({ fault });
  const two = await simulatedProvider({ seed: 2 });
  const targets = [target("one", one.baseUrl), target("two", two.baseUrl)];
  const gateway = await startGateway(gatewayConfig({ targets, ...given }));
  return {
    gateway,
    one,
    two,
    send: (body = ask, headers = {}) => sendRaw(gateway.url, post(PATH, body, headers)),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await one.close();
      await two.close();
      expect(gateway.defects).toEqual([]);
    },
  };
}

const askedOf = ({ one, two }: Rig): [number, number] => [one.requests.length, two.requests.length];

// What each fault costs the first target: a second try only where the first one was told no, or could not be sent.
const FAULTS: readonly (readonly [string, Fault, calls: number, reason: string])[] = [
  ["500", { kind: "status", status: 500 }, 2, "server-error"],
  ["503", { kind: "status", status: 503 }, 2, "overloaded"],
  ["503 that asks for a long wait", { kind: "status", status: 503, retryAfter: 30 }, 1, "overloaded"],
  ["429", { kind: "rate-limit", retryAfter: 7 }, 1, "rate-limited"],
  ["spent quota", { kind: "quota" }, 1, "quota-exhausted"],
  ["refused key", { kind: "auth" }, 1, "auth"],
  ["reset", { kind: "reset" }, 2, "network"],
  ["hang", { kind: "hang" }, 1, "timeout"],
  ["head without a body", { kind: "headers-only" }, 1, "timeout"],
  ["web page for an answer", { kind: "html", status: 200 }, 1, "server-error"],
  ["error in a 200", { kind: "ok-with-error" }, 1, "server-error"],
];
const hasty = { timeouts: { headersMs: 300, idleMs: 300, firstTokenMs: 300 } };

describe.each([false, true])("Where the first target fails (stream: %s)", (stream) => {
  test.each(FAULTS)("a %s, the second one answers", async (_name, fault, calls, reason) => {
    await using r = await rig(fault, hasty);
    const { status, headers, body } = await r.send({ ...ask, stream });
    expect([status, askedOf(r)]).toEqual([200, [calls, 1]]);
    expect(headers).toMatchObject({
      "x-recloser-target": "two",
      "x-recloser-model": "gpt-5",
      "x-recloser-attempts": String(calls + 1),
      "x-recloser-failover": `one=${reason}`,
      "x-recloser-breaker": "closed",
    });
    expect(body).toContain(stream ? "[DONE]" : '"finish_reason":"stop"');
  });
});

describe("A stream that fails before its first content", () => {
  test.each<Fault>([
    { kind: "slow-first-token", ms: 5_000 },
    { kind: "stream-error", afterChunks: 0 },
    { kind: "cut-stream", afterChunks: 0 },
    { kind: "cut-stream", afterChunks: 0, how: "reset" },
    { kind: "malformed-chunk", afterChunks: 0 },
    { kind: "hang-mid-stream", afterChunks: 0 },
  ])("$kind, is answered by the next target, and nothing of it is shown", async (fault) => {
    await using r = await rig(fault, hasty);
    const { status, headers, body } = await r.send({ ...ask, stream: true });
    expect([status, headers["x-recloser-target"], askedOf(r)]).toEqual([200, "two", [1, 1]]);
    expect(body.match(/"role":"assistant"/g)).toHaveLength(1);
    expect(body).toMatch(/\[DONE\]\s*$/);
  });
});

test("A whole answer that is cut is asked for again elsewhere", async () => {
  await using r = await rig({ kind: "cut-stream" });
  const { status, headers, body } = await r.send();
  expect([status, headers["x-recloser-target"]]).toEqual([200, "two"]);
  expect(JSON.parse(body)).toMatchObject({ object: "chat.completion" });
});

describe("The caller's own mistake", () => {
  test("is not asked of another target, and comes back as the provider said it", async () => {
    await using r = await rig({ kind: "bad-request" });
    const { status, headers, body } = await r.send();
    expect([status, askedOf(r), headers["x-recloser-target"]]).toEqual([400, [1, 0], "one"]);
    expect(JSON.parse(body)).toMatchObject({ error: { type: "invalid_request_error" } });
    expect(headers["x-should-retry"]).toBeUndefined();
  });

  test("says so also where another target failed before", async () => {
    await using r = await rig({ kind: "status", status: 500 });
    await r.two.setFault({ kind: "bad-request" });
    expect((await r.send()).status).toBe(400);
  });
});

describe("Where all targets fail", () => {
  test("the first one's answer is passed on, and is not to be tried again", async () => {
    await using r = await rig({ kind: "status", status: 500 });
    await r.two.setFault({ kind: "status", status: 503 });
    const { status, headers, body } = await r.send();
    expect([status, askedOf(r)]).toEqual([500, [2, 1]]);
    expect(headers).toMatchObject({ "x-recloser-attempts": "2", "x-should-retry": "false" });
    expect(JSON.parse(body)).toHaveProperty("error.message");
  });

  test("as many calls are made as maxAttempts says, and no more", async () => {
    await using r = await rig(
      { kind: "reset" },
      { breaker: { minimumCalls: 20 }, retry: { perTarget: 5, maxAttempts: 4 } },
    );
    await r.two.setFault({ kind: "reset" });
    expect((await r.send()).status).toBe(502);
    expect(askedOf(r)).toEqual([4, 0]);
  });

  test("with no answer at all the gateway gives one of its own", async () => {
    await using r = await rig({ kind: "hang" }, hasty);
    await r.two.setFault({ kind: "down" });
    const { status, body, headers } = await r.send();
    expect([status, headers["x-should-retry"]]).toEqual([504, "false"]);
    expect(JSON.parse(body)).toMatchObject({ error: { code: "upstream_timeout", target: "one" } });
  });

  test("a key of the gateway's that is refused is not the caller's 401", async () => {
    await using r = await rig({ kind: "auth" });
    await r.two.setFault({ kind: "auth" });
    const { status, body } = await r.send();
    expect([status, JSON.parse(body)]).toMatchObject([502, { error: { code: "upstream_auth" } }]);
  });
});

test("A target whose circuit is open is passed over without a call", async () => {
  await using r = await rig(null);
  await r.gateway.gateway.recloser
    .breaker({ provider: "one", model: "gpt-5", credential: "main" })
    .forceOpen({ by: "test", reason: "drill" });
  const { status, headers } = await r.send();
  expect([status, askedOf(r)]).toEqual([200, [0, 1]]);
  expect(headers).toMatchObject({ "x-recloser-attempts": "1", "x-recloser-failover": "one=override" });
});

test("A target without a free slot is passed over, and is asked again when one is free", async () => {
  const one = await simulatedProvider({ fault: { kind: "hang" } });
  await using two = await simulatedProvider();
  const targets = [target("one", one.baseUrl, { maxInFlight: 1 }), target("two", two.baseUrl)];
  await using gateway = await startGateway(gatewayConfig({ targets }));
  const first = sendRaw(gateway.url, post(PATH, ask));
  await expect.poll(() => one.requests.length).toBe(1);
  const second = await sendRaw(gateway.url, post(PATH, ask));
  expect(second.headers["x-recloser-failover"]).toBe("one=full");
  await one.close(); // drops what hangs
  expect((await first).status).toBe(200);
});

describe("A request whose every target is full", () => {
  const lone = (provider: SimulatedProvider): Partial<Given> & { readonly targets: Given["targets"] } => ({
    targets: [target("one", provider.baseUrl, { maxInFlight: 1 })],
  });

  test("waits for a slot, and is answered", async () => {
    await using provider = await simulatedProvider({ latency: { answer: 300 } });
    await using gateway = await startGateway(gatewayConfig(lone(provider)));
    const answers = await Promise.all([1, 2].map(() => sendRaw(gateway.url, post(PATH, ask))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(provider.stats().peakInFlight).toBe(1);
    expect(answers.filter(({ headers }) => headers["x-recloser-failover"] === "one=full")).toHaveLength(1);
  });

  test("is shed when none comes free, and leaves no place behind", async () => {
    const provider = await simulatedProvider({ fault: { kind: "hang" } });
    await using gateway = await startGateway(gatewayConfig(lone(provider)));
    const first = openRaw(gateway.url, post(PATH, ask));
    await expect.poll(() => provider.requests.length).toBe(1);
    const left = openRaw(gateway.url, post(PATH, ask));
    await expect.poll(() => gateway.gateway.inFlight).toBe(2);
    left.socket.destroy();
    await expect.poll(() => gateway.gateway.inFlight).toBe(1);
    const shed = await sendRaw(gateway.url, post(PATH, ask));
    expect([shed.status, JSON.parse(shed.body)]).toMatchObject([503, { error: { code: "shed" } }]);
    first.socket.destroy();
    await provider.setFault(null);
    expect((await sendRaw(gateway.url, post(PATH, ask))).status).toBe(200);
    await provider.close();
  });
});

describe("A request that only its first target can answer", () => {
  test.each([
    ["asked not to fail over", PATH, ask, { "x-recloser-no-failover": "1" }],
    ["goes on from what a provider keeps", "/v1/responses", { model: "m", input: "x", previous_response_id: "r" }, {}],
  ])("(%s) fails with it", async (_name, path, body, headers) => {
    await using r = await rig({ kind: "rate-limit", retryAfter: 7 });
    const answer = await sendRaw(r.gateway.url, post(path, body, headers));
    expect([answer.status, answer.headers["retry-after"], askedOf(r)]).toEqual([429, "7", [1, 0]]);
  });
});

test("A weighted route spreads its requests by weight, and still fails over", async () => {
  await using one = await simulatedProvider();
  await using two = await simulatedProvider({ fault: { kind: "status", status: 500 } });
  const targets = [target("one", one.baseUrl), target("two", two.baseUrl)];
  const weighted = route("main", [], {
    choice: "weighted",
    targets: [
      { target: "one", weight: 3 },
      { target: "two", weight: 1 },
    ],
  });
  const draws = [0.74, 0.0, 0.76, 0.0];
  await using gateway = await startGateway(
    gatewayConfig({ targets, routes: [weighted], retry: { perTarget: 0, maxAttempts: 3 } }),
    { random: () => draws.shift() ?? 0 },
  );
  const first = await sendRaw(gateway.url, post(PATH, ask));
  const second = await sendRaw(gateway.url, post(PATH, ask));
  expect([first.headers["x-recloser-failover"], second.headers["x-recloser-failover"]]).toEqual([
    undefined,
    "two=server-error",
  ]);
});

test("A failed probe costs its caller nothing, and is one call", async () => {
  await using r = await rig(
    { kind: "status", status: 500 },
    { breaker: { failureThreshold: 2, cooldown: { initial: 60_000 } }, retry: { perTarget: 1 } },
  );
  await r.send();
  const { recloser } = r.gateway.gateway;
  const breaker = recloser.breaker({ provider: "one", model: "gpt-5", credential: "main" });
  expect(breaker.state).toBe("open");
  await breaker.probeNow({ by: "test" });
  const before = r.one.requests.length;
  const probed = await r.send();
  expect([probed.status, probed.headers["x-recloser-target"], r.one.requests.length - before]).toEqual([200, "two", 1]);
});
