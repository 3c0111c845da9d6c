/** Bodies that are meant to harm: refused without a provider's hearing of them, and without the process's taking harm. */
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { watchedCall } from "../../support/faults/answered.ts";
import { gatewayConfig, target } from "../../support/gateway-config.ts";
import { held } from "../../support/memory.ts";
import { plainServer } from "../../support/plain-server.ts";
import { openRaw, post, type RawAnswer, sendRaw } from "../../support/raw-http.ts";
import { startGateway } from "../../support/running-gateway.ts";

const PATH = "/v1/chat/completions";
const ASK = post(PATH, '{"model":"m"}');

/** What came back, and which bodies reached a provider. */
async function sent(raw: string | Uint8Array): Promise<RawAnswer & { readonly reached: readonly string[] }> {
  const server = await plainServer();
  await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)] }));
  const call = watchedCall(gateway);
  const answer = await sendRaw(gateway.url, raw);
  call.record("client", answer);
  const reached = server.received.map(({ body }) => body.toString());
  expect(gateway.defects).toEqual([]);
  expect((await sendRaw(gateway.url, ASK)).status, "the process serves on").toBe(200);
  return { ...answer, reached };
}

const bytes = (...parts: readonly (string | number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))));

function postBytes(body: Buffer): Buffer {
  const head = `POST ${PATH} HTTP/1.1\r\nhost: g\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

describe("A body is refused that", () => {
  test.each<[string, Buffer | string]>([
    ["is cut in the middle of a character", bytes('{"model":"m', [0xe2, 0x82], '"}')],
    ["has a byte that is in no UTF-8", bytes('{"model":"m","x":"', [0xc0, 0xaf], '"}')],
    ["has half of a pair in UTF-8", bytes('{"model":"m","x":"', [0xed, 0xa0, 0x80], '"}')],
    ["is UTF-16", Buffer.from('{"model":"m"}', "utf16le")],
    ["begins with a byte order mark", bytes([0xef, 0xbb, 0xbf], '{"model":"m"}')],
    ["says NaN", '{"model":"m","temperature":NaN}'],
    ["says Infinity", '{"model":"m","temperature":-Infinity}'],
    ["has a comment", '{"model":"m"/* or not */}'],
    ["has a comma too many", '{"model":"m",}'],
    ["has single quotes", "{'model':'m'}"],
    ["has a control character in a text", '{"model":"m","x":"\u0001"}'],
    ["goes on after its end", '{"model":"m"}{"model":"n"}'],
    ["opens a million lists", `{"model":"m","x":${"[".repeat(1_000_000)}`],
    ["nests a million objects", `{"model":"m","x":${'{"a":'.repeat(1_000_000)}1${"}".repeat(1_000_000)}}`],
    ["is a million closing brackets", "]".repeat(1_000_000)],
    ["holds more values than a machine can", `{"model":"m","x":[${"{},".repeat(5_000_000)}{}]}`],
    ["names two models", '{"model":"cheap","messages":[],"model":"dear"}'],
    ["names two models, one of them escaped", String.raw`{"model":"cheap","mod\u0065l":"dear"}`],
    ["names two models, in two cases", '{"model":"cheap","Model":"dear"}'],
    ["names its model in a way that only some read", '{"MODEL":"dear"}'],
    ["asks twice for a stream or none", '{"model":"m","stream":false,"stream":true}'],
  ])("%s", async (_name, body) => {
    const { status, reached, body: answer } = await sent(postBytes(Buffer.from(body)));
    expect([status, reached]).toEqual([400, []]);
    expect(answer).toContain('"code":"invalid_body"');
  });

  test.each([
    "..",
    "../../admin",
    "a/../b",
    "a\\..\\b",
    "a/..;/b",
    "%2e%2e%2fadmin",
    "%252e%252e",
    "a?key=b",
    "a#b",
    "a\nb",
    "a\u0000b",
    "a\u009bb",
    "a\u202eb",
    "a\u2028b",
    "\ud800",
  ])("names the model %j", async (model) => {
    expect(await sent(post(PATH, JSON.stringify({ model })))).toMatchObject({ status: 400, reached: [] });
  });
});

test("A name of a model has an end", async () => {
  expect(await sent(post(PATH, { model: "x".repeat(257) }))).toMatchObject({ status: 400, reached: [] });
});

describe("A body passes byte for byte that", () => {
  test.each([
    [
      "has members for every object",
      '{"model":"m","__proto__":{"stream":true,"admin":1},"constructor":{"prototype":{"x":1}}}',
    ],
    [
      "has numbers that are too large",
      '{"model":"m","seed":123456789012345678901234567890,"x":1e999,"y":-0.0,"z":1E-400}',
    ],
    [
      "has one name at two depths",
      '{"model":"m","metadata":{"model":"n","a":{"model":"o"}},"messages":[{"model":"p"}]}',
    ],
    ["has escapes and spaces of its own", String.raw`  { "model" : "m" , "x":"\u0041\ud83d\ude00\/\"\\" }  `],
    ["has a text like JSON", String.raw`{"model":"m","x":"{\"model\":\"n\",[[[["}`],
    ["is as deep as it may be", `{"model":"m","x":${"[".repeat(63)}${"]".repeat(63)}}`],
    ["has names of models as they are", '{"model":"@cf/meta-llama/Llama-3.1:free...ft::x"}'],
  ])("%s", async (_name, body) => {
    expect(await sent(post(PATH, body))).toMatchObject({ status: 200, reached: [body] });
  });
});

test("What a path calls after the colon is no member of every object", async () => {
  const [server, other] = [await plainServer((response) => void response.writeHead(503).end()), await plainServer()];
  const targets = [target("one", server.url, { format: "gemini" }), target("two", other.url, { format: "gemini" })];
  const base = gatewayConfig({ targets });
  await using gateway = await startGateway({
    ...base,
    routes: base.routes.map((one) => ({ ...one, format: "gemini" })),
  });
  const answer = await sendRaw(gateway.url, post("/v1beta/models/m:constructor", "{}"));
  // Nobody knows what it does: it goes to the first target, and to no other.
  expect([answer.status, server.received.length, other.received.length]).toEqual([503, 1, 0]);
});

describe("A body that is too large", () => {
  test("is refused while it comes, and its sender hears why", async () => {
    const server = await plainServer();
    const config = gatewayConfig({ targets: [target("one", server.url)], limits: { bodyBytes: 1_000_000 } });
    await using gateway = await startGateway(config);
    // The sender goes on without looking at what comes back, as most do.
    const chunk = `${(65_536).toString(16)}\r\n${"a".repeat(65_536)}\r\n`;
    const open = openRaw(gateway.url, `POST ${PATH} HTTP/1.1\r\nhost: g\r\ntransfer-encoding: chunked\r\n\r\n`);
    await new Promise((resolve) => open.socket.once("ready", resolve));
    for (let i = 0; i < 300; i++) {
      if (open.socket.destroyed) break;
      if (!open.socket.write(chunk))
        await Promise.race([new Promise((resolve) => open.socket.once("drain", resolve)), open.closed]);
    }
    await open.closed;
    expect(open.text()).toMatch(/^HTTP\/1\.1 413 /);
    expect([server.received, gateway.defects]).toEqual([[], []]);
  });

  test("of 33 MiB is refused, of 32 MiB taken", async () => {
    const server = await plainServer();
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)] }));
    const status = async (mib: number): Promise<number> => {
      const [head, tail] = ['{"model":"m","x":"', '"}'];
      const body = head + "x".repeat(mib * 2 ** 20 - head.length - tail.length) + tail;
      return (await fetch(`${gateway.url}${PATH}`, { method: "POST", body })).status;
    };
    expect([await status(33), await status(32)]).toEqual([413, 200]);
    expect(server.received.map(({ body }) => body.length)).toEqual([32 * 2 ** 20]);
  });

  test("beside the others has to wait, and its room is given back", async () => {
    const server = await plainServer();
    const config = gatewayConfig({ targets: [target("one", server.url)] });
    await using gateway = await startGateway(config, { bodyRoomBytes: 1_000_000 });
    const half = `POST ${PATH} HTTP/1.1\r\nhost: g\r\ncontent-length: 900000\r\n\r\n${"a".repeat(800_000)}`;
    const open = openRaw(gateway.url, half);
    const ask = post(PATH, { model: "m", x: "x".repeat(300_000) });
    await expect.poll(async () => (await sendRaw(gateway.url, ask)).status).toBe(503);
    open.socket.destroy();
    await expect.poll(async () => (await sendRaw(gateway.url, ask)).status).toBe(200);
    for (let i = 0; i < 10; i++) expect((await sendRaw(gateway.url, ask)).status).toBe(200);
  });
});

test("A body in chunks of one byte takes not much more than its bytes", async () => {
  const server = await plainServer();
  await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)] }));
  const before = (await held()).heapMb;
  const port = Number(new URL(gateway.url).port);
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write(`POST ${PATH} HTTP/1.1\r\nhost: g\r\ntransfer-encoding: chunked\r\n\r\n`);
  const block = "1\r\na\r\n".repeat(20_000);
  for (let i = 0; i < 50; i++) await new Promise((resolve) => socket.write(block, resolve));
  await expect.poll(() => gateway.gateway.inFlight).toBe(1);
  // A million bytes; as a million pieces they would be more than a hundred megabytes.
  expect((await held()).heapMb - before).toBeLessThan(40);
  socket.destroy();
});
