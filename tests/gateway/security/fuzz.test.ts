/** Bytes of any kind on a socket: there is an answer or a closed connection, in time, and the process serves on. */
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { simulatedProvider, type SimulatedProvider } from "recloser/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gatewayConfig, route, target } from "../../support/gateway-config.ts";
import { openRaw, post, sendRaw } from "../../support/raw-http.ts";
import { startGateway, type TestGateway } from "../../support/running-gateway.ts";
import { rawServer } from "../../support/raw-server.ts";

// RECLOSER_FUZZ=10000 plays more.
const RUNS = Number(process.env["RECLOSER_FUZZ"] ?? 150);
const PATH = "/v1/chat/completions";
const ASK = post(PATH, { model: "m", messages: [{ role: "user", content: "hello" }] });
const LONGEST_MS = 10_000;

let provider: SimulatedProvider;
let gateway: TestGateway;
const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);

beforeAll(async () => {
  process.on("unhandledRejection", note);
  process.on("uncaughtException", note);
  provider = await simulatedProvider();
  const gemini = target("g", "http://127.0.0.1:9", { format: "gemini" });
  gateway = await startGateway(
    gatewayConfig({
      targets: [target("one", provider.baseUrl), gemini],
      routes: [route("main", ["one"]), route("gemini", ["g"], { format: "gemini" })],
      limits: { bodyBytes: 100_000 },
      timeouts: { headersMs: 2_000, totalMs: 5_000 },
    }),
  );
});

afterAll(async () => {
  await gateway.gateway.close();
  await provider.close();
  process.off("unhandledRejection", note);
  process.off("uncaughtException", note);
});

/** Writes the parts with breaks between them, says no more, and gives what came back when the connection was closed. */
function played(parts: readonly Uint8Array[]): Promise<string> {
  const { hostname, port } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    const late = setTimeout(() => reject(new Error("neither an answer nor an end")), LONGEST_MS);
    let text = "";
    const end = (): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(text);
    };
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
      if (text.length > 1_000_000) end();
    });
    socket.on("error", () => {});
    socket.on("close", end);
    socket.on("end", end);
    socket.on("connect", () => {
      void (async () => {
        for (const part of parts) {
          if (socket.destroyed) return;
          await new Promise((written) => socket.write(part, written));
          await new Promise((turn) => setImmediate(turn));
        }
        // What is complete is answered; what is not ends with the connection.
        await Promise.race([once(socket, "data").catch(() => {}), sleep(20)]);
        socket.end();
      })();
    });
  });
}

async function expectServing(): Promise<void> {
  expect((await sendRaw(gateway.url, ASK)).status).toBe(200);
  expect([gateway.defects, unhandled]).toEqual([[], []]);
}

const token = fc.constantFrom(
  ...[
    "GET",
    "POST",
    "HEAD",
    " ",
    "  ",
    "\t",
    "\r\n",
    "\n",
    "\r",
    "\0",
    ":",
    ": ",
    ";",
    ",",
    "/",
    "//",
    "..",
    "%2e",
    "%00",
    "?",
  ],
  ...[
    "HTTP/1.1",
    "HTTP/1.0",
    "HTTP/2.0",
    "host",
    "host: a\r\n",
    "content-length",
    "content-length: 5\r\n",
    "-1",
    "0",
    "ffffffffffffffff",
  ],
  ...[
    "transfer-encoding: chunked\r\n",
    "chunked",
    "expect: 100-continue\r\n",
    "connection: close\r\n",
    "connection: upgrade\r\n",
  ],
  ...[
    "upgrade: h2c\r\n",
    PATH,
    "/v1/models",
    "/v1beta/models/m:generateContent",
    "/r/main/v1/models",
    "*",
    "http://a/",
    "{",
    "}",
  ],
  ...[
    '"',
    '{"model":"m"}',
    '"model"',
    "[",
    "\\u0000",
    "\ud83d\ude00",
    "\u00ff",
    "5\r\nhello\r\n",
    "0\r\n\r\n",
    "a".repeat(5_000),
  ],
  ...[
    "x-recloser-route: main\r\n",
    "x-recloser-timeout-ms: 1\r\n",
    "x-recloser-stream: assured\r\n",
    "authorization: Bearer x\r\n",
  ],
);

const pieces = (text: string): Uint8Array => Buffer.from(text, "utf8");

test("What is put together from pieces of HTTP", { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(token, { maxLength: 12 }), { minLength: 1, maxLength: 4 }), async (parts) => {
      await played(parts.map((part) => pieces(part.join(""))));
      expect([gateway.defects, unhandled]).toEqual([[], []]);
    }),
    { numRuns: RUNS },
  );
  await expectServing();
  await expect.poll(() => gateway.gateway.inFlight, { timeout: 10_000 }).toBe(0);
});

test("Any bytes", { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 3 }), async (parts) => {
      await played(parts);
    }),
    { numRuns: RUNS },
  );
  await expectServing();
});

test("A good request with a few bytes changed, left out or put in", { timeout: 300_000 }, async () => {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat({ max: 4 }),
    insert: fc.oneof(fc.uint8Array({ maxLength: 4 }), token.map(pieces)),
  });
  const base = post(
    PATH,
    { model: "m", messages: [{ role: "user", content: "h\u00e9llo" }] },
    { "x-recloser-stream": "assured" },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), fc.boolean(), async (changes, split) => {
      let bytes = Buffer.from(base);
      for (const { at, remove, insert } of changes) {
        const from = Math.floor(at * bytes.length);
        bytes = Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + remove)]);
      }
      await played(split ? [bytes.subarray(0, bytes.length / 2), bytes.subarray(bytes.length / 2)] : [bytes]);
      expect([gateway.defects, unhandled]).toEqual([[], []]);
    }),
    { numRuns: RUNS },
  );
  await expectServing();
});

test("A body that is JSON of any kind, or nearly", { timeout: 300_000 }, async () => {
  const json = fc.jsonValue({ maxDepth: 5 }).map((value) => JSON.stringify(value));
  const body = fc.oneof(
    json,
    fc
      .record(
        { model: fc.jsonValue(), stream: fc.jsonValue(), messages: fc.jsonValue(), input: fc.jsonValue() },
        { requiredKeys: [] },
      )
      .map((value) => JSON.stringify(value)),
    fc.tuple(json, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1))),
    fc.string({ unit: "binary", maxLength: 50 }),
    fc.string({ unit: "binary", maxLength: 50 }).map((model) => JSON.stringify({ model })),
  );
  const statuses = new Set<number>();
  await fc.assert(
    fc.asyncProperty(
      body,
      fc.constantFrom(PATH, "/v1/responses", "/v1/embeddings", "/v1/files"),
      async (text, path) => {
        const { status, body: answer } = await sendRaw(gateway.url, post(path, text));
        statuses.add(status);
        expect(status).toBeGreaterThanOrEqual(200);
        expect(answer).not.toMatch(/\bat .*\.(?:ts|js):\d+/); // no stack of ours
        expect([gateway.defects, unhandled]).toEqual([[], []]);
      },
    ),
    { numRuns: RUNS },
  );
  expect(statuses).not.toContain(500);
  await expectServing();
});

test("A path and a header of any kind", { timeout: 300_000 }, async () => {
  const path = fc
    .array(
      fc.constantFrom(
        "/",
        "v1",
        "v1beta",
        "models",
        "r",
        "main",
        "gemini",
        "..",
        ".",
        "%2e",
        "%2f",
        "%",
        "\\",
        ":",
        "generateContent",
        "toString",
        "?",
        "&",
        "key=",
        "=",
        ";",
        "\u00e9",
        "x",
      ),
      { maxLength: 12 },
    )
    .map((parts) => `/${parts.join("")}`);
  const name = fc.constantFrom(
    "x-recloser-route",
    "x-recloser-timeout-ms",
    "x-recloser-open-status",
    "x-recloser-bypass",
    "user-agent",
    "connection",
    "content-type",
    "accept-encoding",
    "authorization",
    "__proto__",
    "constructor",
    "x-a",
  );
  const value = fc.string({ unit: "binary-ascii", maxLength: 40 }).map((text) => text.replaceAll(/[\r\n\0]/g, ""));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("GET", "POST", "DELETE"),
      path,
      name,
      value,
      async (method, place, header, text) => {
        await played([Buffer.from(`${method} ${place} HTTP/1.1\r\nhost: g\r\n${header}: ${text}\r\n\r\n`, "latin1")]);
        expect([gateway.defects, unhandled]).toEqual([[], []]);
      },
    ),
    { numRuns: RUNS },
  );
  await expectServing();
});

test("A provider that answers anything", { timeout: 300_000 }, async () => {
  let answer: readonly Uint8Array[] = [];
  const server = await rawServer((socket) => {
    for (const part of answer) if (!socket.destroyed) socket.write(part);
    socket.end();
  });
  const timeouts = { headersMs: 1_000, firstTokenMs: 1_000, idleMs: 1_000, totalMs: 3_000 };
  const targets = [target("one", server.url)];
  // Never open: each answer is to be read.
  await using reading = await startGateway(
    gatewayConfig({ targets, timeouts, breaker: { mode: "off" }, retry: { perTarget: 0 } }),
  );
  const part = fc.constantFrom(
    ...[
      "HTTP/1.1 200 OK\r\n",
      "HTTP/1.1 500 X\r\n",
      "HTTP/1.1 429 X\r\n",
      "HTTP/1.1 100 X\r\n\r\n",
      "HTTP/1.1 204 X\r\n",
      "HTTP/1.1 307 X\r\nlocation: /\r\n",
    ],
    ...[
      "content-type: application/json\r\n",
      "content-type: text/event-stream\r\n",
      "content-length: 5\r\n",
      "transfer-encoding: chunked\r\n",
    ],
    ...[
      "content-encoding: gzip\r\n",
      "retry-after: -1\r\n",
      "__proto__: x\r\n",
      "x-a: \u00ff\u0001\r\n",
      "connection: close\r\n",
      "\r\n",
      "\n",
      "\0",
    ],
    ...[
      "5\r\nhello\r\n",
      "0\r\n\r\n",
      "ffffffff\r\n",
      "data: ",
      "data: [DONE]\n\n",
      "event: error\n",
      '{"choices":[]}',
      '{"error":{"code":1}}',
      "{",
      "[".repeat(1_000),
    ],
    ...[
      'data: {"choices":[{"delta":{"content":"a"}}]}\n\n',
      'data: {"error":null}\n\n',
      "\ud83d\ude00",
      "a".repeat(20_000),
    ],
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(part, { maxLength: 8 }), { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      async (parts, stream) => {
        answer = parts.map((one) => Buffer.from(one.join(""), "latin1"));
        const open = openRaw(reading.url, post(PATH, { model: "m", stream }, { connection: "close" }));
        const late = new Promise((_resolve, reject) =>
          setTimeout(reject, LONGEST_MS, new Error("never ended")).unref(),
        );
        await Promise.race([open.closed, late]);
        expect([reading.defects, unhandled]).toEqual([[], []]);
      },
    ),
    { numRuns: RUNS },
  );
  await expect.poll(() => reading.gateway.inFlight, { timeout: 10_000 }).toBe(0);
});
