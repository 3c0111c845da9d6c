/**
 * Keys, prompts, answers and errors with marks in them, sent through a gateway in a process of its own: none is found in what it
 * writes, shows, sends or keeps. Each place is first seen to say something.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { Redis } from "ioredis";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { ADMIN_TOKEN, ANSWERS, CANARIES, CLIENT_KEY, HOLDING, KEYS, playAllAnswers } from "../support/canaries.ts";
import { QUICK_TO_TRIP, sha256, SLOW_TO_TRIP, TARGET_KEY, TRIPPED } from "../support/canaries.ts";
import { otlpCollector } from "../support/otlp-collector.ts";
import { openRaw, post } from "../support/raw-http.ts";
import { rawServer } from "../support/raw-server.ts";
import { ownTarget, serveProcess, type ServeProcess } from "../support/serve-process.ts";
import { hasRedis, redisServer } from "../support/servers/redis.ts";

const OTHER_KEY = "key-of-the-other-client";
const KEY = encodeURIComponent("openai:gpt-5@one");
const AS_OPERATOR = {
  authorization: `Bearer ${ADMIN_TOKEN}`,
  "recloser-csrf": "1",
  "content-type": "application/json",
  "if-match": "*",
};

let isThere = false;
beforeAll(async () => {
  isThere = await hasRedis();
});

test("None is told or kept anywhere", { timeout: 300_000 }, async ({ skip }) => {
  skip(!isThere, "there is no Redis");
  let [said, answer] = ["", ""];
  const heard = new Set<string>();
  const provider = await rawServer((socket) => {
    heard.add(said);
    socket.write(answer, () => socket.end());
  });
  const collector = await otlpCollector();
  const redis = await keptInRedis();
  const config = configOf(provider.url, collector.url, redis.url);
  await using gateway = await serveProcess(config, {
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_METRIC_EXPORT_INTERVAL: "500",
    OTEL_BSP_SCHEDULE_DELAY: "200",
  });
  const { adminUrl } = gateway;
  const stream = await readStream(`${adminUrl}/api/v1/stream`);

  const answers: string[] = [];
  const send = async (raw: string): Promise<string> => {
    const asked = openRaw(gateway.url, raw);
    await asked.closed;
    answers.push(asked.text());
    return asked.text();
  };
  await playAllAnswers(send, (name, bytes) => ([said, answer] = [name, bytes]), [
    [null, false],
    [null, true],
    ["assured", true],
  ]);
  expect([...heard].toSorted()).toEqual([...ANSWERS, ...HOLDING].map(([name]) => name).toSorted());
  await fetch(`${adminUrl}/api/v1/breakers`, { headers: { authorization: `Bearer ${CLIENT_KEY}` } });
  const body = JSON.stringify({ mode: "force-open", reason: "drill" });
  const held = await fetch(`${adminUrl}/api/v1/breakers/${KEY}/override`, {
    method: "POST",
    headers: AS_OPERATOR,
    body,
  });
  expect(held.status).toBe(200);
  // What another client hears of a circuit that the first one's calls have opened.
  const headers = { authorization: `Bearer ${OTHER_KEY}`, connection: "close" };
  const others = await send(post("/r/alone/v1/chat/completions", { model: "gpt-5" }, headers));
  await reloadBadFile(gateway, config);

  const admin = await everythingOfAdmin(adminUrl);
  await expect.poll(() => collector.text(), { timeout: 10_000 }).toContain("gen_ai.client.operation.duration");
  await expect.poll(() => collector.spans().length, { timeout: 10_000 }).toBeGreaterThan(ANSWERS.length);
  await expect.poll(() => stream.text(), { timeout: 10_000 }).toContain("gpt-5");
  const files = filesOf(gateway.child.pid as number);
  gateway.child.kill("SIGTERM");
  await gateway.ended;

  const places = {
    stdout: [gateway.printed(), '"event":"transition"'],
    stderr: [gateway.said(), "the old configuration is kept"],
    "the admin API and the dashboard's data": [admin, "openai:gpt-5"],
    "the dashboard's stream": [stream.text(), "gpt-5"],
    metrics: [metricsText(admin), "recloser_gateway_requests_total"],
    "OTLP, traces and metrics": [collector.text(), "recloser.breaker"],
    "Redis: commands, keys and values": [await redis.text(), "gpt-5"],
    "another caller's answer": [others, "circuit_open"],
    "the process's command": [files.command, "serve"],
  } as const;
  for (const [place, [text, says]] of Object.entries(places)) expect(text, place).toContain(says);
  const found = Object.entries(places).flatMap(([place, [text]]) => inPlace(place, CANARIES, text));
  expect([...found, ...inPlace("the callers' answers", KEYS, answers.join("\n"))]).toEqual([]);
  expect(answers.join("\n"), "the callers' answers").toContain("canary-answer");
  expect(files.open, "files that it has open").toEqual([]);
});

function inPlace(place: string, marks: RegExp, text: string): string[] {
  const mark = marks.exec(text)?.[0];
  return mark === undefined ? [] : [`${place}: ${mark}`];
}

function configOf(provider: string, collector: string, store: string): object {
  const client = { id: "team", keySha256: sha256(CLIENT_KEY), mayBypass: true };
  const own = [TRIPPED, ...HOLDING.map((_, at) => `held-${at}`)];
  return {
    breaker: SLOW_TO_TRIP,
    policies: { [`${TRIPPED}*`]: QUICK_TO_TRIP },
    admin: { port: 0, operatorTokens: [sha256(ADMIN_TOKEN)] },
    clients: [client, { id: "other", keySha256: sha256(OTHER_KEY) }],
    store: { url: store },
    targets: {
      one: ownTarget(`${provider}/v1`, { key: TARGET_KEY }),
      two: ownTarget(`${provider}/v1`, { key: TARGET_KEY, traceContext: true }),
      ...Object.fromEntries(
        own.map((name) => [name, ownTarget(`${provider}/v1`, { key: TARGET_KEY, provider: name, format: "openai" })]),
      ),
    },
    routes: [
      { name: "main", targets: ["one", "two"] },
      { name: "alone", targets: ["one"] },
      ...own.map((name) => ({ name, targets: [name] })),
      { name: "assured", targets: ["one", "two"], stream: "assured" },
    ],
    timeouts: { headers: "2s", total: "5s" },
    log: { level: "trace" },
    otlp: { url: collector, headers: { "x-collector-key": "not looked for" } },
  };
}

// Secrets where none belong, which is when an error would show them.
async function reloadBadFile(gateway: ServeProcess, config: object): Promise<void> {
  gateway.rewrite({
    ...config,
    store: { url: `redis:user:${TARGET_KEY}@host` },
    admin: { port: 0, operatorTokens: [ADMIN_TOKEN] },
    clients: [{ id: CLIENT_KEY, keySha256: CLIENT_KEY }],
    targets: { one: { provider: "openai", key: [TARGET_KEY], baseUrl: `http://user:${TARGET_KEY}@host/` } },
  });
  gateway.child.kill("SIGHUP");
  await expect.poll(() => gateway.said(), { timeout: 10_000 }).toContain("the old configuration is kept");
}

async function everythingOfAdmin(url: string): Promise<string> {
  const paths = ["breakers", `breakers/${KEY}`, `breakers/${KEY}/history`, "events", "audit", "replicas", "config"];
  const asked = [...paths.map((path) => `api/v1/${path}`), "", "metrics", "readyz", "sim", "nowhere"].map(
    async (path) => {
      const response = await fetch(`${url}/${path}`, { headers: AS_OPERATOR });
      return `${path} ${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`;
    },
  );
  return (await Promise.all(asked)).join("\n");
}

function metricsText(admin: string): string {
  return admin.slice(admin.indexOf("\nmetrics 200"));
}

interface ReadStream {
  text(): string;
}

async function readStream(url: string): Promise<ReadStream> {
  const end = new AbortController();
  onTestFinished(() => end.abort());
  const response = await fetch(url, { headers: AS_OPERATOR, signal: end.signal });
  let text = "";
  void (async () => {
    for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += part;
  })().catch(() => {});
  return { text: () => text };
}

async function keptInRedis(): Promise<{ readonly url: string; text(): Promise<string> }> {
  const { url } = await redisServer();
  const [reading, watching] = [new Redis(url), new Redis(url)];
  const commands: string[] = [];
  const monitor = await watching.monitor();
  monitor.on("monitor", (_time: string, args: readonly string[]) => void commands.push(args.join(" ")));
  onTestFinished(() => void [reading, watching, monitor].map((one) => one.disconnect()));
  return {
    url,
    async text() {
      const keys = await reading.keys("*");
      const values = await Promise.all(keys.map(async (key) => (await reading.dumpBuffer(key))?.toString("latin1")));
      return [...keys, ...values, ...commands].join("\n");
    },
  };
}

/** What else a process could write to, and what everybody on the machine sees of it. */
function filesOf(pid: number): { readonly open: readonly string[]; readonly command: string } {
  const open = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    const file = readlinkSync(`/proc/${pid}/fd/${fd}`);
    return file.startsWith("/") && !file.startsWith("/dev/") ? [file] : [];
  });
  return { open, command: readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ") };
}
