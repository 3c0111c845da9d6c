/**
 * What the SDKs send and get through a gateway in a process of its own, byte for byte: the provider has the body that the SDK
 * wrote, the SDK the answer that the provider wrote, whatever their size and spelling; and the SDK makes of it what it should.
 */
import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ServedGateway, startServed } from "../support/served-gateway.ts";
import { type PlainServer, type Received, startPlainServer } from "../support/plain-server.ts";
import { answer } from "./answers.ts";
import { GATEWAY_WAYS, oneRouteEach } from "./gateway.ts";
import { richAnswer } from "./rich-answers.ts";
import { all, RICH_CALLS, type RichCall } from "./rich-calls.ts";
import { nameOf } from "./ways.ts";

const sha = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
// Base64 of noise: nothing on the way can make it smaller.
const image = (bytes: number): string => randomBytes(Math.ceil((bytes * 3) / 4)).toString("base64");
const SMALL = image(100);

let provider: PlainServer & { close(): void };
let gateway: ServedGateway;
let written: string[] = [];

beforeAll(async () => {
  provider = await startPlainServer((response, received) => {
    const body = received.body.toString();
    const rich = body.includes("tools") || !/"hi"/.test(body) ? richAnswer({ path: received.path, body }) : null;
    if (rich === null) return answer(recorded(response), received);
    written.push(rich.text);
    const bytes = Buffer.from(rich.text);
    response.writeHead(200, { "content-type": rich.type });
    // In pieces that end anywhere.
    for (let at = 0; at < bytes.length; at += 211) response.write(bytes.subarray(at, at + 211));
    response.end();
  });
  const { url } = provider;
  gateway = await startServed(oneRouteEach({ openai: `${url}/v1`, anthropic: url, gemini: url }));
});
afterAll(async () => {
  await gateway.kill();
  provider.close();
});

function recorded<R extends { write(text: string): unknown; end(text: string): unknown }>(response: R): R {
  let text = "";
  return new Proxy(response, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...args: unknown[]): unknown => {
        if ((name === "write" || name === "end") && typeof args[0] === "string") text += args[0];
        if (name === "end") written.push(text);
        return (value as (...args: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}

interface Wire {
  readonly fetch: typeof fetch;
  /** Of each request's body, as the SDK gave it to `fetch`. */
  readonly sent: string[];
  /** Of each answer's body, when it was read to its end. */
  readonly got: Promise<string>[];
}

function wire(): Wire {
  const sent: string[] = [];
  const got: Promise<string>[] = [];
  return {
    sent,
    got,
    async fetch(input, init) {
      const body = init?.body;
      if (typeof body !== "string" && !(body instanceof Uint8Array)) throw new Error("a body of bytes was expected");
      sent.push(sha(body));
      const response = await fetch(input, init);
      const [ours, theirs] = (response.body as ReadableStream<Uint8Array>).tee();
      got.push(new Response(ours).bytes().then(sha));
      return new Response(theirs, response);
    },
  };
}

async function onlyExchange({ sent, got }: Wire): Promise<Received> {
  const [received, ...more] = provider.received.splice(0);
  const [text = "", ...others] = written.splice(0);
  expect([more.length, others.length, sent.length, got.length]).toEqual([0, 0, 1, 1]);
  expect(sha(received?.body ?? "")).toBe(sent[0]);
  expect(await got[0]).toBe(sha(text));
  return received as Received;
}

describe("Through the gateway", () => {
  test.each(GATEWAY_WAYS.map((way) => [nameOf(way), way] as const))("%s gets its answer", async (_, way) => {
    const below = wire();
    const at = { fetch: below.fetch, url: gateway.url };
    const result = await (way.streaming === null ? (await way.client(at))() : all((await way.streaming(at))()));
    expect(JSON.stringify(result)).toContain("Hi");
    await onlyExchange(below);
  });

  const RICH = RICH_CALLS.map((call) => [call.name, call] as const);
  const asks = async ({ ask, has }: RichCall, picture: string): Promise<number> => {
    const below = wire();
    const result = JSON.stringify(await ask({ fetch: below.fetch, url: gateway.url }, picture));
    for (const part of has) expect(result).toContain(part);
    return (await onlyExchange(below)).body.length;
  };

  test.each(RICH)("%s gets what it asks for with tools, pictures or none", async (_, call) => {
    expect(await asks(call, SMALL)).toBeGreaterThan(0);
  });

  // Where a picture is sent, once for each SDK.
  const withPicture = RICH.filter(([name]) => !/embed|count/i.test(name));
  const BIG = [...new Map(withPicture.map((row) => [row[0].split(":")[0], row])).values()];
  test.each(BIG)("%s sends a picture of 8 MiB", async (_, call) => {
    expect(await asks(call, image(8 * 1_048_576))).toBeGreaterThan(8 * 1_048_576);
  });

  test.each(RICH.slice(0, 1))("%s sends a picture of 20 MiB", async (_, call) => {
    expect(await asks(call, image(20 * 1_048_576))).toBeGreaterThan(20 * 1_048_576);
  });
});
