import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { CircuitOpenError, InvalidOptionError } from "recloser";
import { guardAnthropic } from "recloser/anthropic";
import { guardOpenAI } from "recloser/openai";
import type { CallFacts } from "recloser/openai";
import { describe, expect, test } from "vitest";
import { readAll, until } from "../support/guarded-openai.ts";
import { plainServer } from "../support/plain-server.ts";
import { anthropic, CHAT, MODEL, openai, RESPONSE } from "./guarded-clients.ts";

const STREAMED = { ...CHAT, stream: true as const };

function textOf(chunks: readonly { choices: readonly { delta: { content?: string | null } }[] }[]): string {
  return chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
}

describe("A guarded OpenAI client", () => {
  test("is an instance of its class, and leaves the one it was made from as it was", async () => {
    const { client, plain, breaker, sdk, fetches } = await openai();
    expect(client).toBeInstanceOf(sdk.OpenAI);
    expect(client.chat.completions).toBeInstanceOf(sdk.OpenAI.Chat.Completions);
    expect(client.chat.completions).toBe(client.chat.completions);
    expect(Reflect.get(client, "post")).toBe(Reflect.get(client, "post"));
    expect(client.constructor).toBe(sdk.OpenAI);
    await plain.chat.completions.create(CHAT);
    expect(fetches()).toBe(1);
    expect(breaker.snapshot().window.calls).toBe(0);
    expect(plain.maxRetries).toBe(2);
  });

  test("takes a change of the client's own fields", async () => {
    const { client, plain } = await openai();
    client.timeout = 1_234;
    expect(plain.timeout).toBe(1_234);
  });

  test("counts half an answer that is too long to be kept as what it is", async () => {
    const server = await plainServer((response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(`{"choices":["${"x".repeat(100_000)}`);
    });
    const { client, recloser } = await openai({ key: "llm" });
    const asked = client.withOptions({ baseURL: server.url }).chat.completions.create(CHAT);
    await expect(asked).rejects.toBeInstanceOf(SyntaxError);
    expect(recloser.breaker("llm").snapshot().window).toMatchObject({ successes: 0, failures: 1 });
  });

  test("passes on what asks no model", async () => {
    const { client, breaker, provider } = await openai();
    await breaker.forceOpen({ by: "test", reason: "test" });
    expect((await client.models.list()).data.length).toBeGreaterThan(0);
    expect(provider.stats().requests).toBe(1);
    await expect(client.post("/chat/completions", { body: CHAT })).rejects.toBeInstanceOf(CircuitOpenError);
  });

  test("stays guarded through withOptions, with its own number of retries", async () => {
    const { client, breaker, provider, fetches } = await openai({ retry: { initial: 1 } });
    await provider.setFault({ kind: "status", status: 503 });
    await expect(client.withOptions({ maxRetries: 0 }).chat.completions.create(CHAT)).rejects.toMatchObject({
      status: 503,
    });
    expect(fetches()).toBe(1);
    await breaker.forceOpen({ by: "test", reason: "test" });
    await expect(client.withOptions({ timeout: 9 }).chat.completions.create(CHAT)).rejects.toBeInstanceOf(
      CircuitOpenError,
    );
    expect(fetches()).toBe(1);
  });

  test.each([0, 1] as const)("makes the %d retries that a call asks for", async (maxRetries) => {
    const { client, provider, fetches } = await openai({ retry: { initial: 1 } });
    await provider.setFault({ kind: "status", status: 503 });
    await expect(client.chat.completions.create(CHAT, { maxRetries })).rejects.toMatchObject({ status: 503 });
    expect(fetches()).toBe(maxRetries + 1);
  });

  test("takes the number of retries from the call before its own options", async () => {
    const { client, provider, fetches } = await openai({ retry: { attempts: 2, initial: 1 } });
    await provider.setFault({ kind: "status", status: 503 });
    await expect(client.chat.completions.create(CHAT)).rejects.toMatchObject({ status: 503 });
    expect(fetches()).toBe(2);
    await expect(client.chat.completions.create(CHAT, { maxRetries: 0 })).rejects.toMatchObject({ status: 503 });
    expect(fetches()).toBe(3);
  });

  test("does not try again what is the caller's mistake", async () => {
    const { client, provider, fetches } = await openai({ retry: { initial: 1 } });
    await provider.setFault({ kind: "bad-request" });
    await expect(client.chat.completions.create(CHAT)).rejects.toMatchObject({ status: 400 });
    expect(fetches()).toBe(1);
  });

  test("sends a body that can be read only once only once", async () => {
    const { client, provider, fetches } = await openai({ retry: { initial: 1 } });
    await provider.setFault({ kind: "status", status: 503 });
    const body = new Blob([JSON.stringify(CHAT)]).stream();
    const headers = { "content-type": "application/json" };
    await expect(client.post("/chat/completions", { body, headers })).rejects.toMatchObject({ status: 503 });
    expect(fetches()).toBe(1);
  });

  test("takes the breaker that its key names", async () => {
    const asked: CallFacts[] = [];
    const { client, recloser } = await openai({
      key: (call) => {
        asked.push(call);
        return { provider: "ours", model: call.model ?? "none", credential: "team-a" };
      },
    });
    await client.chat.completions.create(CHAT);
    await readAll(await client.responses.create({ ...RESPONSE, stream: true }));
    expect(asked.map(({ model, path, streams }) => ({ model, path, streams }))).toEqual([
      { model: MODEL, path: "/chat/completions", streams: false },
      { model: MODEL, path: "/responses", streams: true },
    ]);
    const named = recloser.breaker({ provider: "ours", model: MODEL, credential: "team-a" });
    expect(named.snapshot().window).toMatchObject({ calls: 2, successes: 2 });
  });

  test("is refused where it cannot be guarded, or is guarded already", async () => {
    const { client, plain, recloser } = await openai();
    const option = (act: () => unknown): string => {
      try {
        act();
      } catch (error) {
        if (InvalidOptionError.is(error)) return error.option;
      }
      return "nothing was refused";
    };
    expect(option(() => guardOpenAI(client, recloser))).toBe("client");
    expect(option(() => guardOpenAI({ chat: {}, post: () => Promise.resolve() } as never, recloser))).toBe("client");
    expect(option(() => guardOpenAI({} as never, recloser))).toBe("client");
    const waits = async (_: string, options: unknown): Promise<unknown> => options; // its promise rejects with the options
    expect(option(() => guardOpenAI({ chat: {}, post: waits } as never, recloser))).toBe("client");
    // A client of another make has all but the calls that would be guarded.
    const stranger = await anthropic();
    expect(option(() => guardOpenAI(stranger.plain as never, recloser))).toBe("client");
    expect(option(() => guardAnthropic(plain as never, recloser))).toBe("client");
    expect(option(() => guardOpenAI(plain, {} as never))).toBe("recloser");
    expect(option(() => guardOpenAI(plain, recloser, { retries: 1 } as never))).toBe("retries");
    expect(option(() => guardOpenAI(plain, recloser, { retry: { attempts: 0 } }))).toBe("retry.attempts");
    expect(option(() => guardOpenAI(plain, recloser, { key: "" }))).toBe("key");
  });

  test("gives the promise that its users know", async () => {
    const { client, breaker } = await openai();
    const { data, response, request_id } = await client.chat.completions.create(CHAT).withResponse();
    expect(data.choices[0]?.message.content).not.toBe("");
    expect(response.status).toBe(200);
    expect(response.url).toContain("/chat/completions");
    expect((data as { _request_id?: unknown })._request_id).toBe(request_id);
    expect(request_id).not.toBeNull();
    const raw = await client.chat.completions.create(CHAT).asResponse();
    expect(await raw.json()).toMatchObject({ object: "chat.completion" });
    const parsed = await client.responses.parse(RESPONSE).withResponse();
    expect(parsed.data.output_text).not.toBe("");
    expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 3, successes: 3 } });
  });

  test("gives a stream as a response, watched to its end", async () => {
    const { client, breaker, provider } = await openai();
    const raw = await client.chat.completions.create(STREAMED).asResponse();
    expect(await raw.text()).toContain("[DONE]");
    expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { successes: 1 } });
    await provider.setFault({ kind: "no-terminal-marker" });
    const cut = await client.chat.completions.create(STREAMED).asResponse();
    await expect(cut.text()).rejects.toMatchObject({ code: "ERR_STREAM_TRUNCATED" });
  });

  test("runs tools through guarded calls", async () => {
    const { client, breaker } = await openai();
    const tools = [{ type: "function" as const, function: { name: "now", parameters: {}, function: () => "noon" } }];
    await client.chat.completions.runTools({ ...CHAT, tools } as never).finalChatCompletion();
    expect(breaker.snapshot().window).toMatchObject({ calls: 1, successes: 1 });
    await client.chat.completions.runTools({ ...CHAT, tools, stream: true } as never).finalChatCompletion();
    expect(breaker.snapshot().window).toMatchObject({ calls: 2, successes: 2 });
  });
});

describe("A stream of a guarded OpenAI client", () => {
  const slow = { provider: { answerTokens: 100, latency: { interToken: 20 } } };

  test("is of the SDK's class, with all that it can do", async () => {
    const { client, plain, breaker } = await openai();
    const expected = textOf(await readAll(await plain.chat.completions.create(STREAMED)));
    const stream = await client.chat.completions.create(STREAMED);
    expect(stream.constructor).toBe((await plain.chat.completions.create(STREAMED)).constructor);
    expect(stream.controller).toBeInstanceOf(AbortController);
    const [left, right] = stream.tee();
    expect(textOf(await readAll(left)).length).toBe(expected.length);
    expect(textOf(await readAll(right)).length).toBe(expected.length);
    const again = await client.chat.completions.create(STREAMED);
    const text = await new Response(again.toReadableStream()).text();
    expect(text.trim().split("\n").length).toBeGreaterThan(8);
    await until(() => breaker.snapshot().inFlight === 0, "no permit left", 500);
    expect(breaker.snapshot().window).toMatchObject({ successes: 2, failures: 0 });
  });

  test("shows its chunks as they come", async () => {
    const { client } = await openai({ provider: { answerTokens: 8, latency: { interToken: 30 } } });
    const arrivedMs: number[] = [];
    for await (const chunk of await client.chat.completions.create(STREAMED))
      if ((chunk.choices[0]?.delta.content ?? "") !== "") arrivedMs.push(performance.now());
    expect((arrivedMs.at(-1) ?? 0) - (arrivedMs[0] ?? 0)).toBeGreaterThan(150);
  });

  test.each([
    [
      "break",
      async (stream: AsyncIterable<unknown>) => {
        for await (const _ of stream) break;
      },
    ],
    [
      "controller.abort()",
      async (stream: AsyncIterable<unknown> & { controller: AbortController }) => {
        for await (const _ of stream) stream.controller.abort();
      },
    ],
  ])("that is left by %s closes its connection, and is no failure", async (_name, leave) => {
    const { client, breaker, provider } = await openai(slow);
    const caller = new AbortController();
    await leave(await client.chat.completions.create(STREAMED, { signal: caller.signal }));
    await until(() => provider.stats().aborted === 1, "aborted upstream", 1_000);
    expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { failures: 0 } });
    expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
  });

  test("of a helper that is aborted closes its connection, and tells of the abort", async () => {
    const { client, breaker, provider, sdk } = await openai(slow);
    const stream = client.chat.completions.stream(CHAT);
    stream.once("content", () => stream.abort());
    await expect(stream.finalChatCompletion()).rejects.toBeInstanceOf(sdk.OpenAI.APIUserAbortError);
    await until(() => provider.stats().aborted === 1, "aborted upstream", 1_000);
    expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { failures: 0 } });
  });

  test("can be left when it has all come and is still to be read", async () => {
    const { client, breaker } = await openai({ provider: { answerTokens: 40, latency: { interToken: 3 } } });
    const caller = new AbortController();
    const stream = await client.chat.completions.create(STREAMED, { signal: caller.signal });
    await until(() => breaker.snapshot().inFlight === 0, "all has come");
    let chunks = 0;
    for await (const _ of stream) if (chunks++ === 1) caller.abort();
    expect(chunks).toBeLessThan(20);
    expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
    expect(breaker.snapshot().window).toMatchObject({ successes: 1 });
  });

  test("that nobody reads ends by itself, and leaves no listener behind", async () => {
    const { client, breaker, provider } = await openai();
    await client.chat.completions.create(STREAMED);
    await until(() => breaker.snapshot().inFlight === 0, "the answer has come", 1_000);
    expect(breaker.snapshot().window).toMatchObject({ successes: 1 });
    expect(provider.stats()).toMatchObject({ completed: 1 });
  });

  test("that is long and that nobody reads is let go of with the promise it came in", async () => {
    setFlagsFromString("--expose-gc");
    const gc = runInNewContext("gc") as () => void;
    const line = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: "x".repeat(1_000) } }] })}\n\n`;
    let closed = 0;
    const server = await plainServer((response) => {
      response.on("close", () => closed++);
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(line.repeat(500));
    });
    const { client, recloser } = await openai({ key: "llm" });
    const caller = new AbortController();
    await client
      .withOptions({ baseURL: server.url })
      .chat.completions.create(STREAMED, { signal: caller.signal })
      .then(() => {});
    const breaker = recloser.breaker("llm");
    expect(breaker.snapshot().inFlight).toBe(1);
    for (let i = 0; i < 200 && breaker.snapshot().inFlight > 0; i++) {
      await sleep(10);
      gc();
    }
    expect(breaker.snapshot().inFlight).toBe(0);
    await until(() => closed === 1, "the connection is closed");
    expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
  });

  test("whose first event tells of a failure is tried again, and is the SDK's error in the end", async () => {
    const failure = `data: ${JSON.stringify({ error: { message: "overloaded", type: "server_error" } })}\n\n`;
    const server = await plainServer((response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(failure);
    });
    const { client, recloser, sdk } = await openai({ key: "llm", retry: { initial: 1 } });
    const asked = client.withOptions({ baseURL: server.url }).chat.completions.create(STREAMED);
    await expect(asked.then((stream) => readAll(stream))).rejects.toBeInstanceOf(sdk.OpenAI.APIError);
    expect(server.received).toHaveLength(3);
    expect(recloser.breaker("llm").snapshot()).toMatchObject({ inFlight: 0, state: "open" });
  });

  test("that yields `response.failed` is a failure", async () => {
    const failed = { type: "response.failed", response: { status: "failed", error: { code: "server_error" } } };
    const created = { type: "response.created", response: { status: "in_progress" } };
    const server = await plainServer((response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const event of [created, failed]) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      response.end();
    });
    const { client, recloser } = await openai({ key: "llm" });
    const events = await readAll<{ type: string }>(
      await client.withOptions({ baseURL: server.url }).responses.create({ ...RESPONSE, stream: true }),
    );
    expect(events.map(({ type }) => type)).toEqual(["response.created", "response.failed"]);
    expect(recloser.breaker("llm").snapshot()).toMatchObject({ inFlight: 0, window: { calls: 1, failures: 1 } });
  });
});

describe("Other calls of a guarded OpenAI client", () => {
  test("are embeddings, pictures and sound, by their own model", async () => {
    const server = await plainServer((response, { path }) => {
      if (path === "/audio/speech") {
        response.writeHead(200, { "content-type": "audio/mpeg" });
        response.end(Buffer.alloc(200_000, "{")); // sound may begin like a document
        return;
      }
      response.writeHead(200, { "content-type": "application/json" });
      const embedding = Buffer.from(new Float32Array([1, 2]).buffer).toString("base64");
      response.end(JSON.stringify(path === "/embeddings" ? { data: [{ embedding }] } : { text: "hi", data: [] }));
    });
    const { client: guarded, recloser } = await openai({ key: ({ model }) => `of ${model}` });
    const client = guarded.withOptions({ baseURL: server.url });
    const embedded = await client.embeddings.create({ model: "e", input: "hi" });
    expect(embedded.data[0]?.embedding).toEqual([1, 2]);
    await client.images.generate({ model: "i", prompt: "hi" });
    const file = new File(["abc"], "a.mp3");
    expect(await client.audio.transcriptions.create({ model: "t", file })).toMatchObject({ text: "hi" });
    const speech = await client.audio.speech.create({ model: "s", voice: "alloy", input: "hi" });
    expect((await speech.arrayBuffer()).byteLength).toBe(200_000);
    for (const model of ["e", "i", "t", "s"])
      expect(recloser.breaker(`of ${model}`).snapshot()).toMatchObject({ inFlight: 0, window: { successes: 1 } });
  });
});

describe("Azure's client", () => {
  test("is guarded by its deployment", async () => {
    const { AzureOpenAI } = (await openai()).sdk;
    const { recloser } = await openai();
    const server = await plainServer((response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ choices: [{ message: { content: "hi" }, finish_reason: "stop" }] }));
    });
    const client = guardOpenAI(
      new AzureOpenAI({ endpoint: server.url, apiKey: "k", apiVersion: "2024-10-21", deployment: "ours" }),
      recloser,
    );
    expect(client).toBeInstanceOf(AzureOpenAI);
    await client.chat.completions.create(CHAT);
    expect(server.received[0]?.path).toBe("/openai/deployments/ours/chat/completions?api-version=2024-10-21");
    const breaker = recloser.breaker({ provider: server.host, model: "ours" });
    expect(breaker.snapshot().window).toMatchObject({ calls: 1, successes: 1 });
    await breaker.forceOpen({ by: "test", reason: "test" });
    await expect(client.chat.completions.create(CHAT)).rejects.toBeInstanceOf(CircuitOpenError);
    expect(server.received).toHaveLength(1);
  });
});

describe("A server that speaks OpenAI's API, here Ollama,", () => {
  const ollama = { key: ({ model }: CallFacts) => ({ provider: "ollama", model: model ?? "" }) };

  test("is guarded whole and streamed", async () => {
    const { client, recloser } = await openai(ollama, "ollama");
    await client.chat.completions.create(CHAT);
    expect(textOf(await readAll(await client.chat.completions.create(STREAMED)))).not.toBe("");
    const breaker = recloser.breaker({ provider: "ollama", model: MODEL });
    expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 2, successes: 2 } });
  });

  test.each(["stream-error", "cut-stream", "no-terminal-marker"] as const)(
    "fails by a %s as the others do",
    async (kind) => {
      const { client, recloser, provider } = await openai(ollama, "ollama");
      await provider.setFault({ kind });
      const read = async (): Promise<unknown> => readAll(await client.chat.completions.create(STREAMED));
      await expect(read()).rejects.toThrow(Error);
      const breaker = recloser.breaker({ provider: "ollama", model: MODEL });
      expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 1, successes: 0, failures: 1 } });
    },
  );

  test("is known by its port", async () => {
    const asked: CallFacts[] = [];
    const { recloser, plain } = await openai();
    const local = guardOpenAI(plain.withOptions({ baseURL: "http://127.0.0.1:11434/v1" }), recloser, {
      key: (call) => {
        asked.push(call);
        return "any";
      },
    });
    await recloser.breaker("any").forceOpen({ by: "test", reason: "test" });
    await expect(local.chat.completions.create(CHAT)).rejects.toBeInstanceOf(CircuitOpenError);
    expect(asked[0]).toMatchObject({ provider: "ollama", model: MODEL });
  });
});
