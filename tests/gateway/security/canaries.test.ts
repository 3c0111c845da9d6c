/** Keys, prompts and answers with marks in them, through every kind of fault: none is found in what is told or kept of a call. */
import { createHash } from "node:crypto";
import { inspect } from "node:util";
import { Redis } from "ioredis";
import { createRecloser, type EventName, type Recloser } from "recloser";
import { redisStore } from "recloser/redis";
import { simulatedProvider } from "recloser/testing";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { ClientConfig } from "../../../packages/gateway/src/config/config.ts";
import { gatewayConfig, route, target } from "../../support/gateway-config.ts";
import { openRaw, post, sendRaw } from "../../support/raw-http.ts";
import { rawServer } from "../../support/raw-server.ts";
import { startGateway } from "../../support/running-gateway.ts";
import { hasRedis, redisServer } from "../../support/servers/redis.ts";

const PATH = "/v1/chat/completions";
const CLIENT_KEY = "canary-client-key-1111";
const TARGET_KEY = "canary-target-key-2222";
const PROMPT = "canary-prompt-3333";
const ANSWER = "canary-answer-4444";
const ERROR = "canary-error-5555\u001b[31m\r\ninjected: line";
const HEADER = "canary-header-6666";
const CANARIES = /canary-(?:client-key|target-key|prompt|answer|error|header)-\d{4}|injected: line/;

const client: ClientConfig = {
  id: "team",
  keySha256: createHash("sha256").update(CLIENT_KEY).digest("hex"),
  routes: null,
  maxInFlight: 4,
  mayBypass: true,
  priority: "interactive",
};

const whole = (status: number, body: string, ...headers: string[]): string =>
  [
    `HTTP/1.1 ${status} X`,
    "content-type: application/json",
    `x-note: ${HEADER}`,
    ...headers,
    `content-length: ${Buffer.byteLength(body)}`,
    "",
    body,
  ].join("\r\n");
const error = (type: string): string =>
  JSON.stringify({ error: { message: ERROR, type, code: type, param: TARGET_KEY } });
const EVENTS = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
const event = (delta: object): string => `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`;
const CONTENT = event({ content: ANSWER });

// What a provider answers, whole or in a stream; each says something that is nobody else's business.
const ANSWERS: readonly (readonly [string, string])[] = [
  ["a good answer", whole(200, JSON.stringify({ choices: [{ message: { content: ANSWER }, finish_reason: "stop" }] }))],
  ["an error in a good answer", whole(200, error("server_error"))],
  ["what is no JSON", whole(200, `<html>${ANSWER}</html>`)],
  ["a bad request", whole(400, error("invalid_request_error"))],
  ["a key that is refused", whole(401, error("invalid_api_key"))],
  ["a quota that is spent", whole(429, error("insufficient_quota"))],
  ["a rate limit", whole(429, error("rate_limit_exceeded"), "retry-after: 1")],
  ["a content filter", whole(400, error("content_filter"))],
  ["a server's error", whole(500, error("server_error"))],
  ["an overload", whole(503, error("overloaded"))],
  ["a redirect", whole(307, ERROR, `location: http://127.0.0.1:9/?${HEADER}`)],
  ["what is no HTTP", `${ANSWER} ${ERROR}\r\n\r\n`],
  ["a header that is none", `HTTP/1.1 200 OK\r\n${ERROR}\0\r\n\r\n`],
  ["a packed answer", whole(200, ANSWER, `content-encoding: ${HEADER}`)],
  ["a stream that is cut", EVENTS + CONTENT],
  ["a stream that is no JSON", `${EVENTS}${CONTENT}data: {${ERROR}\n\n`],
  ["an error in a stream", `${EVENTS}${CONTENT}data: ${error("server_error")}\n\n`],
  ["an error at the start of a stream", `${EVENTS}data: ${error("overloaded")}\n\n`],
];

const NAMES = [
  "transition",
  "rejected",
  "would-reject",
  "hold",
  "override",
  "probe",
  "retry",
  "wait",
  "store",
] as const satisfies readonly EventName[];

/** All that happens to be told while `act` runs. */
async function told(recloser: Recloser, act: () => Promise<void>): Promise<string> {
  const heard: unknown[] = [];
  const off = NAMES.map((name) => recloser.on(name, (one) => void heard.push(name, one)));
  const hear = (warning: Error): void => void heard.push(warning);
  process.on("warning", hear);
  const writes = (["stdout", "stderr"] as const).map((name) => {
    const stream = process[name];
    const write = stream.write.bind(stream);
    stream.write = (chunk: string | Uint8Array) => heard.push(String(chunk)) > 0;
    return () => (stream.write = write);
  });
  try {
    await act();
    await new Promise((resolve) => setTimeout(resolve, 50));
  } finally {
    for (const restore of writes) restore();
    process.off("warning", hear);
    for (const one of off) one[Symbol.dispose]();
  }
  return `${shown(heard)}${JSON.stringify(heard)}`;
}

function shown(value: unknown): string {
  return inspect(value, { depth: 30, showHidden: true, maxStringLength: null, maxArrayLength: null });
}

async function playAll(recloser: Recloser): Promise<string> {
  let answer = "";
  const server = await rawServer((socket) => socket.write(answer, () => socket.end()));
  await using second = await simulatedProvider();
  const targets = [
    target("one", server.url, { auth: { kind: "bearer", token: TARGET_KEY } }),
    target("two", second.baseUrl, { auth: { kind: "header", name: "x-key", value: TARGET_KEY } }),
  ];
  const routes = [
    route("main", ["one", "two"]),
    route("alone", ["one"]),
    route("assured", ["one", "two"], { stream: "assured" }),
    route("kept", ["one"], { onAllOpen: { kind: "cache", ttlMs: 60_000, maxEntries: 10, maxEntryBytes: 100_000 } }),
  ];
  const config = gatewayConfig({ targets, routes, clients: [client], timeouts: { headersMs: 2_000, totalMs: 5_000 } });
  await using gateway = await startGateway(config, { recloser });
  const headers = {
    authorization: `Bearer ${CLIENT_KEY}`,
    "x-note": HEADER,
    "user-agent": HEADER,
    connection: "close",
  };
  for (const [, bytes] of ANSWERS) {
    answer = bytes;
    for (const [path, stream] of [
      [PATH, false],
      [PATH, true],
      [`/r/alone${PATH}`, false],
      [`/r/assured${PATH}`, true],
      [`/r/kept${PATH}`, false],
    ] as const) {
      const body = { model: "gpt-5", stream, messages: [{ role: "user", content: PROMPT }], user: PROMPT };
      await openRaw(gateway.url, post(`${path}?q=${PROMPT}`, body, headers)).closed;
    }
  }
  // Requests that are refused.
  for (const raw of [
    post(PATH, `{"${PROMPT}"`, headers),
    post(PATH, { model: "m" }, { authorization: CLIENT_KEY.slice(1) }),
    `GET /${PROMPT} HTTP/1.1\r\nhost: g\r\n\r\n`,
    `${PROMPT}\r\n\r\n`,
  ]) {
    await sendRaw(gateway.url, raw);
  }
  expect(gateway.defects).toEqual([]);
  expect(gateway.records.length).toBeGreaterThan(ANSWERS.length * 5);
  const breakers = [...recloser.breakers()];
  const kept = [gateway.records, breakers.map((one) => one.snapshot())];
  return `${shown([kept, breakers, recloser, gateway.gateway])}${JSON.stringify(kept)}`;
}

test("In memory", { timeout: 120_000 }, async () => {
  await using recloser = createRecloser();
  let kept = "";
  const heard = await told(recloser, async () => void (kept = await playAll(recloser)));
  // A machine that is quick meets the refused key's hold before anything has failed for long enough to trip.
  expect(heard).toMatch(/transition|hold/);
  expect(CANARIES.exec(heard)?.[0]).toBeUndefined();
  expect(CANARIES.exec(kept)?.[0]).toBeUndefined();
});

describe("On Redis", () => {
  let isThere = false;
  beforeAll(async () => {
    isThere = await hasRedis();
  });

  test("neither in keys nor in values nor in what is published", { timeout: 120_000 }, async ({ skip }) => {
    skip(!isThere, "there is no Redis");
    const { url } = await redisServer();
    const [reading, listening] = [new Redis(url), new Redis(url)];
    onTestFinished(() => void [reading, listening].map((one) => one.disconnect()));
    const commands: string[] = [];
    const monitor = await listening.monitor();
    onTestFinished(() => monitor.disconnect());
    monitor.on("monitor", (_time: string, args: readonly string[]) => void commands.push(args.join(" ")));
    await using recloser = createRecloser({ store: redisStore({ url }) });
    const heard = await told(recloser, async () => void (await playAll(recloser)));
    await expect.poll(() => reading.dbsize(), { timeout: 10_000 }).toBeGreaterThan(0);
    const keys = await reading.keys("*");
    const values = await Promise.all(keys.map(async (key) => (await reading.dumpBuffer(key))?.toString("latin1")));
    // All that ever went to it, keys and values that are gone again included.
    const all = shown([keys, values, commands, heard]);
    expect([keys.length > 0, commands.length > 10]).toEqual([true, true]);
    expect(all).toContain("gpt-5");
    expect(CANARIES.exec(all)?.[0]).toBeUndefined();
  });
});
