/** Retries on real sockets: what is tried again, how often it arrives, and what becomes of what is thrown away. */
import { createServer, type Server, type Socket } from "node:net";
import OpenAI from "openai";
import { createBreaker, createRecloser } from "recloser";
import type { Breaker, RetryOptions } from "recloser";
import { simulatedProvider } from "recloser/testing";
import type { SimulatedProvider } from "recloser/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { CHAT, readAll, until } from "../support/guarded-openai.ts";
import { plainServer } from "../support/plain-server.ts";

const idempotent: RetryOptions = { on: "idempotent", initial: 10 };
const notSent: RetryOptions = { initial: 10 };

interface Guarded {
  readonly provider: SimulatedProvider;
  readonly breaker: Breaker;
  readonly client: OpenAI;
  readonly ask: (retry: RetryOptions) => Promise<string | null | undefined>;
  /** The words of a stream, each as it came. */
  readonly read: (retry: RetryOptions) => Promise<string[]>;
}

/** The openai client without retries of its own; the fault it is given is over with the first retry. */
async function guarded(): Promise<Guarded> {
  const provider = await simulatedProvider({ answerTokens: 4 });
  const recloser = createRecloser();
  onTestFinished(async () => {
    await recloser.close();
    await provider.close();
  });
  const breaker = recloser.breaker("openai");
  breaker.on("retry", () => void provider.setFault(null));
  const client = new OpenAI({ baseURL: provider.baseUrl, apiKey: "any", maxRetries: 0, logLevel: "off" });
  return {
    provider,
    breaker,
    client,
    async ask(retry) {
      const call = breaker.execute(({ signal }) => client.chat.completions.create(CHAT, { signal }), { retry });
      return (await call).choices[0]?.message.content;
    },
    async read(retry) {
      const chunks = breaker.stream(
        ({ signal }) => client.chat.completions.create({ ...CHAT, stream: true }, { signal }),
        {
          retry,
          isContent: (chunk) => (chunk.choices[0]?.delta.content ?? "") !== "",
          isEnd: (chunk) => typeof chunk.choices[0]?.finish_reason === "string",
        },
      );
      return (await readAll(chunks)).map((chunk) => chunk.choices[0]?.delta.content ?? "");
    },
  };
}

describe("a call through the openai client", () => {
  test("is answered by its second try when the first got a 503, and each counts once", async () => {
    const { provider, breaker, ask } = await guarded();
    await provider.setFault({ kind: "status", status: 503 });
    expect(await ask(idempotent)).toMatch(/^simulated answer/);
    expect(provider.stats().requests).toBe(2);
    expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { successes: 1, failures: 1 } });
  });

  test("waits as long as a Retry-After says", async () => {
    const { provider, ask } = await guarded();
    await provider.setFault({ kind: "rate-limit", retryAfter: 1 });
    const sinceMs = performance.now();
    expect(await ask(idempotent)).toMatch(/^simulated answer/);
    expect(performance.now() - sinceMs).toBeGreaterThanOrEqual(1_000);
    expect(provider.stats().requests).toBe(2);
  });

  test.each([
    ["400", { kind: "bad-request" }],
    ["401", { kind: "auth" }],
    ["an exhausted quota", { kind: "quota" }],
  ] as const)("is not made again after %s", async (_, fault) => {
    const { provider, ask } = await guarded();
    await provider.setFault(fault);
    await expect(ask(idempotent)).rejects.toThrow(OpenAI.APIError);
    expect(provider.stats().requests).toBe(1);
  });

  test("is made again without knowledge of it only where it was not sent", async () => {
    const { provider, ask } = await guarded();
    await provider.setFault({ kind: "down" });
    expect(await ask(notSent)).toMatch(/^simulated answer/);
    expect(provider.stats().requestsTotal).toBe(1);
    for (const fault of [{ kind: "status", status: 503 }, { kind: "reset" }, { kind: "html" }] as const) {
      await provider.setFault(fault);
      await expect(ask(notSent)).rejects.toThrow(OpenAI.APIError);
    }
    expect(provider.stats().requestsTotal).toBe(4);
  });

  test("as a stream is begun again until something was delivered, and not after that", async () => {
    const { provider, read } = await guarded();
    await provider.setFault({ kind: "reset" });
    expect((await read(idempotent)).join("")).toMatch(/^simulated answer/);
    expect(provider.stats().requestsTotal).toBe(2);
    await provider.setFault({ kind: "cut-stream", afterChunks: 2 });
    await expect(read(idempotent)).rejects.toThrow("terminated");
    expect(provider.stats().requestsTotal).toBe(3);
  });
});

/** A TCP server that does `does` to each connection; gives its port and how many there were. */
async function tcpServer(does: (socket: Socket) => void): Promise<{ port: number; connections(): number }> {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on("error", () => {});
    does(socket);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as { port: number };
  return { port, connections: () => connections };
}

describe("what proves that a payment was not sent", () => {
  const pay = (url: string): Promise<Response> => fetch(url, { method: "POST", body: "10 €" });
  const triesOf = async (url: string): Promise<number> => {
    let tries = 0;
    const made = createBreaker().execute(() => (tries++, pay(url)), { retry: notSent });
    await expect(made).rejects.toThrow("fetch failed");
    return tries;
  };

  test("is a refused connection", async () => {
    const { port } = await tcpServer(() => {});
    const closed = await closedPort();
    expect(closed).not.toBe(port);
    expect(await triesOf(`http://127.0.0.1:${closed}/`)).toBe(3);
  });

  test("is a name that has no address", async () => {
    expect(await triesOf("http://nowhere.invalid/")).toBe(3);
  });

  test("is a connection that ends before TLS is established", async () => {
    const server = await tcpServer((socket) => socket.once("data", () => socket.end()));
    expect(await triesOf(`https://127.0.0.1:${server.port}/`)).toBe(3);
    expect(server.connections()).toBe(3);
  });

  test.each([
    ["ends", (socket: Socket) => void socket.end()],
    ["is reset", (socket: Socket) => void socket.resetAndDestroy()],
    ["answers nonsense", (socket: Socket) => void socket.end("what?\r\n\r\n")],
  ])("is not a connection that took the request and %s", async (_, does) => {
    const server = await tcpServer((socket) => socket.once("data", () => does(socket)));
    expect(await triesOf(`http://127.0.0.1:${server.port}/`)).toBe(1);
    expect(server.connections()).toBe(1);
  });
});

/** A port on which nobody listens: one that the system just gave and took back. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}

test("an answer that is asked for again gives its connection back, though nobody has read it", async () => {
  let closed = 0;
  const server = await plainServer((response) => {
    if (server.received.length > 1) return void response.end("well again");
    response.on("close", () => closed++);
    response.writeHead(503).write("and it goes on");
  });
  const answer = await createBreaker().execute(({ signal }) => fetch(server.url, { signal }), { retry: idempotent });
  expect([answer.status, await answer.text()]).toEqual([200, "well again"]);
  await until(() => closed === 1, "the first answer's connection is closed");
});
