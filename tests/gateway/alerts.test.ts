/** Alerts by webhook: what a real receiver gets, how often, and what is not said of it. */
import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { TransitionEvent } from "recloser";
import { simulatedProvider } from "recloser/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Alert } from "../../packages/gateway/src/alerts/alert.ts";
import { type Delivery, type DeliveryLimits, Webhook } from "../../packages/gateway/src/alerts/webhook.ts";
import type { WebhookConfig } from "../../packages/gateway/src/config/config.ts";
import { gatewayConfig, target } from "../support/gateway-config.ts";
import { plainServer, type PlainServer, type Received } from "../support/plain-server.ts";
import { post, sendRaw } from "../support/raw-http.ts";
import { startGateway, type TestGateway } from "../support/running-gateway.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/servers/redis.ts";

const PATH = "/services/T000/B000/canary-of-the-url";
const SECRET = "a-secret-of-the-receiver";

function hookAt(url: string, other: Partial<WebhookConfig> = {}): WebhookConfig {
  return { name: "ops", url: `${url}${PATH}`, format: "json", secret: null, keys: ["*"], allowPrivate: true, ...other };
}

const TRIPPED: TransitionEvent = {
  key: "openai:gpt-5",
  from: "closed",
  to: "open",
  reason: "failure-rate",
  generation: 1,
  cooldownMs: 5_000,
  by: "a",
  atMs: 0,
  origin: "local",
  scope: "shared",
  evidence: null,
};
const alertOf = (key: string): Alert => ({
  kind: "opened",
  last: { ...TRIPPED, key },
  trips: 1,
  intervalMs: 1_000,
});

/** A webhook that does not wait long, and what became of its alerts. */
function webhook(config: WebhookConfig, limits: Partial<DeliveryLimits> = {}): { hook: Webhook; told: Delivery[] } {
  const told: Delivery[] = [];
  const hook = new Webhook(config, {
    namespace: "prod",
    random: () => 1,
    told: (delivery) => told.push(delivery),
    limits: { firstPauseMs: 5, longestPauseMs: 20, ...limits },
  });
  onTestFinished(() => hook.close(0));
  return { hook, told };
}

interface Told {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  readonly state: string;
  readonly flapping: { readonly trips: number } | null;
  readonly transition: { readonly scope: string; readonly generation: number };
}
const bodyOf = ({ body }: Received): Told => JSON.parse(body.toString()) as Told;

describe("a webhook", () => {
  test("posts JSON, signed so that its receiver can tell whose it is", async () => {
    const receiver = await plainServer();
    const { hook, told } = webhook(hookAt(receiver.url, { secret: SECRET }));
    hook.send(alertOf("openai:gpt-5"));
    await expect.poll(() => told).toEqual([{ webhook: "ops", result: "sent", tries: 1, reason: "200" }]);
    const [{ method, path, headers, body }] = receiver.received as [Received];
    expect([method, path, headers["content-type"]]).toEqual(["POST", PATH, "application/json"]);
    const [, time = "", mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers["recloser-signature"])) ?? [];
    expect(mac).toBe(createHmac("sha256", SECRET).update(`${time}.${body.toString()}`).digest("hex"));
    expect(Math.abs(Number(time) - Date.now() / 1_000)).toBeLessThan(60);
    expect(JSON.parse(body.toString())).toMatchObject({ kind: "opened", key: "openai:gpt-5", namespace: "prod" });
    expect(body.toString()).toContain(String(headers["recloser-delivery"]));
  });

  test("posts what Slack takes", async () => {
    const receiver = await plainServer();
    const { hook, told } = webhook(hookAt(receiver.url, { format: "slack" }));
    hook.send(alertOf("openai:<!channel>"));
    await expect.poll(() => told.length).toBe(1);
    const body = JSON.parse((receiver.received[0] as Received).body.toString()) as { text: string; blocks: object[] };
    expect(body.text).toBe("✖ openai:&lt;!channel&gt; is open: failure-rate. Next probe in 5 s.");
    expect(body.blocks[0]).toMatchObject({ type: "section", text: { type: "mrkdwn", text: body.text } });
    expect((receiver.received[0] as Received).headers).not.toHaveProperty("recloser-signature");
  });

  test("tries again after 500 and 429 and as long as the receiver asks, with the same id", async () => {
    const statuses = [500, 429, 503];
    const receiver = await plainServer((response) =>
      response.writeHead(statuses.shift() ?? 200, { "retry-after": "0.001" }).end(),
    );
    const { hook, told } = webhook(hookAt(receiver.url));
    hook.send(alertOf("one"));
    await expect.poll(() => told).toEqual([{ webhook: "ops", result: "sent", tries: 4, reason: "200" }]);
    expect(new Set(receiver.received.map((one) => bodyOf(one).id)).size).toBe(1);
  });

  test.each([400, 404, 410, 301])("gives up at once on %i, and follows nobody elsewhere", async (status) => {
    const elsewhere = await plainServer();
    const receiver = await plainServer((response) => response.writeHead(status, { location: elsewhere.url }).end());
    const { hook, told } = webhook(hookAt(receiver.url));
    hook.send(alertOf("one"));
    await expect.poll(() => told).toEqual([{ webhook: "ops", result: "failed", tries: 1, reason: String(status) }]);
    expect(elsewhere.received).toEqual([]);
  });

  test("gives up a receiver that hangs after as many tries as it has, and then sends what waited", async () => {
    let isHanging = true;
    const receiver = await plainServer((response) => void (isHanging ? null : response.end()));
    const { hook, told } = webhook(hookAt(receiver.url), { tryMs: 100, tries: 2 });
    hook.send(alertOf("first"));
    hook.send(alertOf("second"));
    await expect.poll(() => told.length, { timeout: 10_000 }).toBe(1);
    isHanging = false;
    expect(told).toEqual([{ webhook: "ops", result: "failed", tries: 2, reason: "ERR_ALERT_TIMEOUT" }]);
    await expect.poll(() => told.at(-1)).toMatchObject({ result: "sent" });
    expect(bodyOf(receiver.received.at(-1) as Received).key).toBe("second");
  });

  test("holds no more than it may, and drops the oldest", async () => {
    let answer = (): void => {};
    const first = new Promise<void>((resolve) => (answer = resolve));
    const receiver = await plainServer((response) => void first.then(() => response.end()));
    const { hook, told } = webhook(hookAt(receiver.url), { waiting: 3 });
    for (let at = 0; at < 10; at++) hook.send(alertOf(`key-${at}`));
    expect(told.filter(({ result }) => result === "dropped")).toHaveLength(6);
    answer();
    await expect.poll(() => told.length).toBe(10);
    expect(receiver.received.map((one) => bodyOf(one).key)).toEqual(["key-0", "key-7", "key-8", "key-9"]);
  });

  test("does not go inside the network unless it may, whatever its name resolves to", async () => {
    const receiver = await plainServer();
    const { port } = new URL(receiver.url);
    for (const url of [receiver.url, `http://localhost:${port}`, "http://169.254.169.254"]) {
      const { hook, told } = webhook(hookAt(url, { allowPrivate: false }));
      hook.send(alertOf("one"));
      await expect
        .poll(() => told, { message: url })
        .toMatchObject([{ result: "failed", tries: 1, reason: "ERR_ADDRESS_REFUSED" }]);
    }
    expect(receiver.received).toEqual([]);
  });

  test("tells of the records it is for", async () => {
    const receiver = await plainServer();
    const { hook, told } = webhook(hookAt(receiver.url, { keys: ["openai:*", "search"] }));
    for (const key of ["openai:gpt-5", "anthropic:claude", "search", "research"]) hook.send(alertOf(key));
    await expect.poll(() => told.length).toBe(2);
    expect(receiver.received.map((one) => bodyOf(one).key)).toEqual(["openai:gpt-5", "search"]);
  });

  test("says of a failure which webhook and why, and nothing of its address", async () => {
    const { hook, told } = webhook(hookAt("http://127.0.0.1:9"), { tries: 1 });
    hook.send(alertOf("one"));
    await expect.poll(() => told.length).toBe(1);
    expect(told[0]).toEqual({ webhook: "ops", result: "failed", tries: 1, reason: "ECONNREFUSED" });
  });

  test("is closed within its time, whatever its receiver does", async () => {
    const receiver = await plainServer(() => {});
    const { hook, told } = webhook(hookAt(receiver.url));
    hook.send(alertOf("one"));
    hook.send(alertOf("two"));
    await expect.poll(() => receiver.received.length).toBe(1);
    await hook.close(50);
    expect(told.map(({ result }) => result)).toEqual(["failed", "dropped"]);
    hook.send(alertOf("three"));
    expect(told).toHaveLength(2);
  });
});

const ask = post("/v1/chat/completions", { model: "gpt-5", messages: [{ role: "user", content: "canary-prompt" }] });

/** Fails until its circuit is open. */
async function trip({ url, gateway }: TestGateway): Promise<void> {
  const circuit = gateway.recloser.breaker({ provider: "one", model: "gpt-5", credential: "main" });
  for (let i = 0; i < 100 && circuit.state === "closed"; i++) {
    await sendRaw(url, ask);
    await sleep(20);
  }
  expect(circuit.state).not.toBe("closed");
}

describe("a gateway", () => {
  test("tells of a trip while its requests go on, and its log names no address", async () => {
    await using provider = await simulatedProvider({ fault: { kind: "status", status: 503 } });
    let hang = (): void => {};
    const hanging = new Promise<void>((resolve) => (hang = resolve));
    const slow = await plainServer((response) => void hanging.then(() => response.end()));
    const lines: string[] = [];
    const config = gatewayConfig({
      targets: [target("one", provider.baseUrl)],
      retry: { perTarget: 0 },
      breaker: { minimumCalls: 3, cooldown: { initial: "1m" } },
      log: { level: "debug", pretty: false },
      alerts: {
        intervalMs: 300_000,
        webhooks: [hookAt(slow.url), hookAt("http://127.0.0.1:9", { name: "dead", allowPrivate: false })],
      },
    });
    await using gateway = await startGateway(config, { logTo: { write: (line) => void lines.push(line) } });
    await trip(gateway);
    await expect.poll(() => slow.received.length).toBe(1);
    // The receiver has not answered; callers are.
    expect((await sendRaw(gateway.url, ask)).status).toBe(503);
    hang();
    await expect.poll(() => lines.join("")).toContain("an alert was sent to ops");
    const { key, kind } = bodyOf(slow.received[0] as Received);
    expect([kind, key]).toEqual(["opened", "one:gpt-5"]);
    await gateway.gateway.close();
    expect(lines.join("")).toContain("an alert to dead was not sent");
    expect(lines.join("")).not.toMatch(/canary/);
  });

  test("takes webhooks and interval from a configuration that is read again", async () => {
    await using provider = await simulatedProvider({ fault: { kind: "status", status: 503 } });
    const receiver = await plainServer();
    const given = { targets: [target("one", provider.baseUrl)], retry: { perTarget: 0 } };
    await using gateway = await startGateway(gatewayConfig(given));
    const alerts = { intervalMs: 1_000, webhooks: [hookAt(receiver.url)] };
    await gateway.gateway.reload(gatewayConfig({ ...given, alerts }));
    await trip(gateway);
    await expect.poll(() => receiver.received.length).toBe(1);
  });
});

const BY_COUNT = {
  failureThreshold: 3,
  failureRate: false,
  consecutiveFailures: false,
  shed: { adaptive: false },
} as const;

describe.runIf(await hasRedis())("two gateways on one Redis", () => {
  let redis: RedisServer;
  let count = 0;
  beforeAll(async () => (redis = await startRedis()));
  afterAll(() => redis.kill());

  test("tell of each trip once: at once, or in a count", async () => {
    await using provider = await simulatedProvider({ fault: { kind: "status", status: 503 } });
    const receiver: PlainServer = await plainServer();
    const config = gatewayConfig({
      targets: [target("one", provider.baseUrl)],
      retry: { perTarget: 0 },
      store: { url: redis.url, namespace: `alerts-${process.pid}-${Date.now()}-${++count}` },
      breaker: { ...BY_COUNT, cooldown: { initial: "200ms", max: "200ms", jitter: 0 } },
      alerts: { intervalMs: 2_000, webhooks: [hookAt(receiver.url)] },
    });
    await using first = await startGateway(config);
    await using second = await startGateway(config);
    const circuits = [first, second].map(({ gateway }) =>
      gateway.recloser.breaker({ provider: "one", model: "gpt-5", credential: "main" }),
    );
    // What happened to the shared circuit, as either of them sees it. A machine with much else to do may lose its store for a
    // moment; what a gateway then says of itself alone is another matter.
    let trips = 0;
    first.gateway.recloser.on("transition", ({ key, from, to, scope }) => {
      if (key === "one:gpt-5" && scope === "shared" && from === "closed" && to === "open") trips++;
    });
    const told = (): Told[] =>
      receiver.received
        .map(bodyOf)
        .filter(({ key, transition }) => key === "one:gpt-5" && transition.scope === "shared");
    const toldTrips = (): number =>
      told().reduce((sum, { kind, flapping }) => sum + (kind === "opened" ? 1 : (flapping?.trips ?? 0)), 0);
    const askUntil = async (state: "open" | "closed"): Promise<void> => {
      await provider.setFault(state === "open" ? { kind: "status", status: 503 } : null);
      for (let i = 0; i < 400; i++) {
        const states = circuits.map((circuit) => (circuit.state === "closed" ? "closed" : "open"));
        if (states.every((one) => one === state)) return;
        await sendRaw((i % 2 === 0 ? first : second).url, ask);
        await sleep(25);
      }
      throw new Error(`not all are ${state}`);
    };
    for (let times = 0; times < 3; times++) {
      await askUntil("open");
      await askUntil("closed");
    }
    expect(trips).toBeGreaterThanOrEqual(3);
    // Once each, at once or in the count at an interval's end, and the last word is that it is closed.
    await expect.poll(toldTrips, { timeout: 10_000 }).toBe(trips);
    await expect.poll(() => told().at(-1)?.state, { timeout: 10_000 }).toBe("closed");
    const changes = told().map(({ transition }) => transition.generation);
    expect(new Set(changes).size).toBe(changes.length);
    expect(told().length).toBeLessThanOrEqual(2 * trips);
  });
});
