import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { simulatedProvider } from "../../packages/recloser/src/testing/provider/index.ts";
import type { Fault, SimulatedProvider } from "../../packages/recloser/src/testing/provider/index.ts";

let provider: SimulatedProvider;
let client: OpenAI;

beforeAll(async () => {
  provider = await simulatedProvider({ answerTokens: 8 });
  client = new OpenAI({ baseURL: provider.baseUrl, apiKey: "sk-test", maxRetries: 0, logLevel: "off" });
});
beforeEach(() => provider.reset());
afterAll(() => provider.close());

const messages = [{ role: "user" as const, content: "hi" }];

function chat(signal?: AbortSignal): Promise<string | null | undefined> {
  const asked = client.chat.completions.create({ model: "gpt-5", messages }, signal === undefined ? {} : { signal });
  return asked.then((completion) => completion.choices[0]?.message.content);
}

interface Read {
  text: string;
  finish: string | null;
  error: unknown;
}

async function chatStream(): Promise<Read> {
  const read: Read = { text: "", finish: null, error: null };
  try {
    for await (const chunk of await client.chat.completions.create({ model: "gpt-5", messages, stream: true })) {
      read.text += chunk.choices[0]?.delta.content ?? "";
      read.finish = chunk.choices[0]?.finish_reason ?? read.finish;
    }
  } catch (error) {
    read.error = error;
  }
  return read;
}

describe("the official openai client, unmodified", () => {
  test("reads a chat completion, and the same text as a stream with its usage", async () => {
    const whole = await client.chat.completions.create({ model: "gpt-5", messages });
    expect(whole).toMatchObject({ object: "chat.completion", model: "gpt-5", choices: [{ finish_reason: "stop" }] });
    const stream = client.chat.completions.stream({
      model: "gpt-5",
      messages,
      stream_options: { include_usage: true },
    });
    const final = await stream.finalChatCompletion();
    expect(final.choices[0]?.message.content).toBe(whole.choices[0]?.message.content);
    expect(final.usage).toEqual(whole.usage);
    expect(whole.usage?.completion_tokens).toBe(8);
  });

  test("reads a response, and the same text as a stream of typed events", async () => {
    const whole = await client.responses.create({ model: "gpt-5", input: "hi" });
    expect(whole).toMatchObject({ status: "completed", usage: { output_tokens: 8 } });
    const types: string[] = [];
    let text = "";
    for await (const event of await client.responses.create({ model: "gpt-5", input: "hi", stream: true })) {
      types.push(event.type);
      if (event.type === "response.output_text.delta") text += event.delta;
    }
    expect(text).toBe(whole.output_text);
    expect(types[0]).toBe("response.created");
    expect(types.at(-1)).toBe("response.completed");
    const final = await client.responses.stream({ model: "gpt-5", input: "hi" }).finalResponse();
    expect(final.output_text).toBe(whole.output_text);
  });

  test("lists the models", async () => {
    const ids: string[] = [];
    for await (const model of client.models.list()) ids.push(model.id);
    expect(ids).toEqual(["simulated-large", "simulated-small"]);
  });

  test.each<[Fault, string, number | undefined]>([
    [{ kind: "status", status: 500 }, "InternalServerError", 500],
    [{ kind: "status", status: 503, retryAfter: 2 }, "InternalServerError", 503],
    [{ kind: "status", status: 529 }, "InternalServerError", 529],
    [{ kind: "status", status: 404 }, "NotFoundError", 404],
    [{ kind: "rate-limit", retryAfter: 2 }, "RateLimitError", 429],
    [{ kind: "quota" }, "RateLimitError", 429],
    [{ kind: "auth" }, "AuthenticationError", 401],
    [{ kind: "bad-request" }, "BadRequestError", 400],
    [{ kind: "html" }, "InternalServerError", 502],
    [{ kind: "reset" }, "APIConnectionError", undefined],
  ])("meets %j as %s", async (fault, name, status) => {
    await provider.setFault(fault);
    const error: unknown = await chat().catch((thrown: unknown) => thrown);
    expect((error as Error).constructor.name).toBe(name);
    expect(error).toMatchObject({ status });
    expect(provider.stats()).toMatchObject({ requests: 1, completed: 1, inFlight: 0 });
  });

  test("tells an exhausted quota from a rate limit by its code", async () => {
    await provider.setFault({ kind: "quota" });
    await expect(chat()).rejects.toMatchObject({ code: "insufficient_quota", type: "insufficient_quota" });
    await provider.setFault({ kind: "rate-limit", limited: "tokens" });
    await expect(chat()).rejects.toMatchObject({ code: "rate_limit_exceeded", type: "tokens" });
  });

  test("gives up a hang by its own timeout, and the provider hears of it within milliseconds", async () => {
    await provider.setFault({ kind: "hang" });
    const impatient = client.withOptions({ timeout: 50 });
    const error: unknown = await impatient.chat.completions
      .create({ model: "m", messages })
      .catch((thrown: unknown) => thrown);
    expect((error as Error).constructor.name).toBe("APIConnectionTimeoutError");
    const startMs = performance.now();
    await vi.waitFor(() => expect(provider.stats()).toMatchObject({ inFlight: 0, aborted: 1 }), { interval: 1 });
    expect(performance.now() - startMs).toBeLessThan(50);
  });

  test("cannot tell a 200 with an error body from an answer: that is for others to notice", async () => {
    await provider.setFault({ kind: "ok-with-error" });
    expect(await client.chat.completions.create({ model: "m", messages })).toMatchObject({
      error: { type: "server_error" },
    });
  });

  test("throws for a stream that is cut or holds an error event, after the chunks before it", async () => {
    const three = (await chatStream()).text.split(" ").slice(0, 3).join(" ");
    for (const fault of [
      { kind: "cut-stream" },
      { kind: "cut-stream", how: "reset" },
      { kind: "stream-error" },
    ] as const) {
      await provider.setFault(fault);
      const read = await chatStream();
      expect(read).toMatchObject({ text: three, finish: null });
      expect(read.error).toBeInstanceOf(Error);
    }
  });

  test("takes a stream without its terminal marker for a whole one", async () => {
    await provider.setFault({ kind: "no-terminal-marker" });
    const read = await chatStream();
    expect(read.error).toBeNull();
    expect(read.finish).toBeNull();
    expect(read.text.split(" ")).toHaveLength(8);
  });

  test("stumbles over garbage in a stream", async () => {
    for (const where of ["json", "framing"] as const) {
      await provider.setFault({ kind: "malformed-chunk", where });
      expect((await chatStream()).error).toBeInstanceOf(Error);
    }
  });

  test("is refused while the provider is down", async () => {
    await provider.setFault({ kind: "down" });
    await expect(chat()).rejects.toMatchObject({ cause: { cause: { code: "ECONNREFUSED" } } });
    await provider.setFault(null);
    expect(await chat()).toMatch(/^simulated answer/);
  });

  test("retries as it always does: the provider counts every try", async () => {
    await provider.setFault({ kind: "status", status: 503, retryAfter: 0 });
    const patient = client.withOptions({ maxRetries: 2 });
    await expect(patient.chat.completions.create({ model: "m", messages })).rejects.toMatchObject({ status: 503 });
    expect(provider.stats().byOutcome).toEqual({ status: 3 });
    expect(provider.requests.map(({ headers }) => headers["x-stainless-retry-count"])).toEqual(["0", "1", "2"]);
  });

  test("200 at once are all answered and all counted", async () => {
    const all = await Promise.all(Array.from({ length: 200 }, () => chat()));
    expect(new Set(all).size).toBe(1);
    expect(provider.stats()).toMatchObject({ requests: 200, completed: 200, inFlight: 0 });
  });
});

test("A process that closes its provider ends by itself, though requests hung, a schedule ran and the listener was down", async () => {
  const source = new URL("../../packages/recloser/src/testing/provider/index.ts", import.meta.url).href;
  const script = `
    import { simulatedProvider } from ${JSON.stringify(source)};
    const hung = await simulatedProvider({ fault: { kind: "hang" } });
    const body = JSON.stringify({ model: "m", messages: [{}] });
    const call = fetch(hung.baseUrl + "/chat/completions", { method: "POST", body }).catch(() => {});
    while (hung.stats().byOutcome.hang !== 1) await new Promise((resolve) => setTimeout(resolve, 5));
    const down = await simulatedProvider();
    void down.runSchedule([{ forMs: 3_600_000, fault: { kind: "down" } }]);
    await Promise.all([hung.close(), down.close()]);
    await call;
    console.log("closed");
  `;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  let closedAtMs = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    closedAtMs = performance.now();
  });
  const [code] = (await once(child, "exit")) as [number | null];
  expect(said).toBe("closed\n");
  expect(code).toBe(0);
  expect(performance.now() - closedAtMs).toBeLessThan(1_000);
});
