import { request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { manualClock } from "../manual-clock.ts";
import type { ManualClock } from "../manual-clock.ts";
import { simulatedProvider } from "./index.ts";
import type { AskedOfProvider, SimulatedProvider, SimulatedProviderOptions } from "./index.ts";

let clock: ManualClock;
let provider: SimulatedProvider;

beforeEach(async () => {
  clock = manualClock();
  provider = await simulatedProvider({ clock });
});
afterEach(() => provider.close());

function post(
  body: unknown,
  init: { signal?: AbortSignal; path?: string; headers?: Record<string, string> } = {},
): Promise<Response> {
  const { path = "/v1/chat/completions", ...rest } = init;
  return fetch(provider.url + path, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...rest,
  });
}

const MESSAGES = [{ role: "user", content: "hi" }];
const CALL = { model: "gpt-5", messages: MESSAGES };

async function restart(options: SimulatedProviderOptions): Promise<void> {
  await provider.close();
  provider = await simulatedProvider({ clock, ...options });
}

describe("a request that is wrong", () => {
  test.each([
    ["malformed JSON", "{", 400, null],
    ["a body that is no object", "[]", 400, null],
    ["no model", { messages: MESSAGES }, 400, "model"],
    ["an empty model", { model: "", messages: MESSAGES }, 400, "model"],
    ["no messages", { model: "m" }, 400, "messages"],
    ["a stream that is no boolean", { ...CALL, stream: "yes" }, 400, "stream"],
    ["stream_options without a stream", { ...CALL, stream_options: {} }, 400, "stream_options"],
    ["a limit below one token", { ...CALL, max_tokens: 0 }, 400, "max_completion_tokens"],
    ["a body over 1 MiB", { ...CALL, messages: [{ role: "user", content: "x".repeat(1_048_576) }] }, 413, null],
  ])("for %s is refused in OpenAI's format", async (_, body, status, param) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { type: "invalid_request_error", param } });
    expect(provider.requests.at(-1)).toMatchObject({ outcome: "refused", aborted: false });
    expect((await post(CALL)).status).toBe(200);
  });

  test("for invalid UTF-8 is refused, not read as something else", async () => {
    const response = await fetch(`${provider.baseUrl}/chat/completions`, {
      method: "POST",
      body: new Uint8Array([0x22, 0xff, 0x22]),
    });
    expect(response.status).toBe(400);
  });

  test("of a wrong method is told the right one, and an unknown path is not found", async () => {
    const wrong = await fetch(`${provider.baseUrl}/chat/completions`);
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
    expect((await wrong.json()) as unknown).toMatchObject({ error: { type: "invalid_request_error" } });
    expect((await post(CALL, { path: "/v1/nowhere" })).status).toBe(404);
    expect((await post(CALL, { path: "/v1/chat/completions?api-version=1" })).status).toBe(200);
  });

  test("is not struck by a fault, which counts only what the provider would have answered", async () => {
    void provider.runSchedule([{ requests: 1, fault: { kind: "status", status: 503 } }]);
    expect((await post({})).status).toBe(400);
    expect((await post(CALL)).status).toBe(503);
    expect((await post(CALL)).status).toBe(200);
  });
});

describe("an answer", () => {
  const text = async (response: Response): Promise<string> =>
    ((await response.json()) as { choices: { message: { content: string } }[] }).choices[0]?.message.content ?? "";

  test("says that it is simulated and is the same for the same seed, model and prompt, in whatever order", async () => {
    const other = { model: "gpt-5", messages: [{ role: "user", content: "bye" }] };
    const first = [await text(await post(CALL)), await text(await post(other))];
    await restart({});
    const second = [await text(await post(other)), await text(await post(CALL))];
    expect(second.toReversed()).toEqual(first);
    expect(first[0]).toMatch(/^simulated answer [0-9a-f]{8}: /);
    expect(first[0]).not.toBe(first[1]);
    await restart({ seed: 2 });
    expect(await text(await post(CALL))).not.toBe(first[0]);
  });

  test("ends at the caller's limit and says so", async () => {
    const body = await (await post({ ...CALL, max_completion_tokens: 2 })).json();
    expect(body).toMatchObject({ choices: [{ message: { content: "simulated answer" }, finish_reason: "length" }] });
  });

  test("takes as long as its latency says", async () => {
    await restart({ latency: { answer: 200, error: { kind: "fixed", ms: 50 } } });
    const whole = post(CALL);
    await vi.waitFor(() => expect(clock.sleeping).toBe(1), { interval: 1 });
    await clock.advance(200);
    expect((await whole).status).toBe(200);
    expect(provider.requests.at(-1)?.durationMs).toBe(200);
    await provider.setFault({ kind: "status", status: 500 });
    const failed = post(CALL);
    await vi.waitFor(() => expect(clock.sleeping).toBe(1), { interval: 1 });
    await clock.advance(50);
    expect((await failed).status).toBe(500);
  });

  test("as a stream waits for its first token and between the tokens", async () => {
    await restart({ latency: { firstToken: 300, interToken: 20 }, answerTokens: 3 });
    const reading = post({ ...CALL, stream: true }).then((response) => response.text());
    for (const ms of [300, 20, 20]) {
      await vi.waitFor(() => expect(clock.sleeping).toBe(1), { interval: 1 });
      await clock.advance(ms);
    }
    expect(await reading).toContain("[DONE]");
    expect(provider.requests.at(-1)?.durationMs).toBe(340);
  });

  test("above the capacity is 429 with hints, and the next one passes when there is room", async () => {
    await restart({ capacity: { maxConcurrent: 1 }, latency: { answer: 100 } });
    const first = post(CALL);
    await vi.waitFor(() => expect(clock.sleeping).toBe(1), { interval: 1 });
    const second = await post(CALL);
    expect(second.status).toBe(429);
    expect(second.headers.get("retry-after")).toBe("1");
    expect(second.headers.get("x-ratelimit-remaining-requests")).toBe("0");
    await clock.advance(100);
    expect((await first).status).toBe(200);
    expect(provider.stats().byOutcome).toEqual({ success: 1, "over-capacity": 1 });
  });
});

describe("an answer of one's own", () => {
  const answer = ({ model, prompt }: AskedOfProvider): string | null =>
    prompt.includes("hi") ? `{"to": "${model}",\n "is": "an answer"}` : null;

  async function said(call: object): Promise<string> {
    const body = (await (await post(call)).json()) as { choices: { message: { content: string } }[] };
    return body.choices[0]?.message.content ?? "";
  }

  test("takes the place of the simulated words, where there is one", async () => {
    await restart({ answer });
    expect(await said(CALL)).toBe('{"to": "gpt-5",\n "is": "an answer"}');
    expect(await said({ ...CALL, messages: [{ role: "user", content: "else" }] })).toMatch(/^simulated answer/);
  });

  test("comes whole as a stream, too, and is cut at the request's limit", async () => {
    await restart({ answer });
    const events = (await (await post({ ...CALL, stream: true })).text()).split("\n\n").slice(0, -2);
    const deltas = events.map((event) => JSON.parse(event.slice("data: ".length)).choices[0].delta.content ?? "");
    expect(deltas.join("")).toBe(await said(CALL));
    expect(deltas.length).toBeGreaterThan(4);
    expect(await said({ ...CALL, max_tokens: 2 })).toBe('{"to": "gpt-5",');
  });

  test("may be empty", async () => {
    await restart({ answer: () => "" });
    expect(await said(CALL)).toBe("");
  });
});

describe("the counters", () => {
  test("say what came, by path, model and outcome, and what of it is under way", async () => {
    await post(CALL);
    await post({ ...CALL, model: "gpt-4" });
    await fetch(`${provider.baseUrl}/models`);
    await provider.setFault({ kind: "hang" });
    const leave = new AbortController();
    const hung = post(CALL, { signal: leave.signal });
    await vi.waitFor(() => expect(provider.stats().byOutcome.hang).toBe(1), { interval: 1 });
    expect(provider.stats()).toMatchObject({
      requestsTotal: 4,
      requests: 4,
      byPath: { "/v1/chat/completions": 3, "/v1/models": 1 },
      byModel: { "gpt-5": 2, "gpt-4": 1 },
      byOutcome: { success: 3, hang: 1 },
      inFlight: 1,
      peakInFlight: 1,
      completed: 3,
      aborted: 0,
    });
    leave.abort();
    await expect(hung).rejects.toThrow("aborted");
    await vi.waitFor(() => expect(provider.stats()).toMatchObject({ inFlight: 0, aborted: 1 }), { interval: 1 });
  });

  test("begin anew at a reset, except the totals; the provider is well again and draws as in the beginning", async () => {
    await provider.setFault({ kind: "status", status: 500 });
    await post(CALL);
    await provider.reset();
    expect(provider.fault).toBeNull();
    expect(provider.requests).toEqual([]);
    expect(provider.stats()).toMatchObject({ requests: 0, requestsTotal: 1, byOutcome: {}, peakInFlight: 0 });
    const body = (await (await post(CALL)).json()) as { id: string };
    expect(body.id).toBe("chatcmpl-simulated-1");
  });

  test("survive names made to break them, and keep no credential", async () => {
    for (const model of ["__proto__", "constructor", "<img onerror=alert(1)>", "x".repeat(5_000)]) {
      const response = await post(
        { ...CALL, model },
        { headers: { authorization: "Bearer sk-canary", "x-api-key": "sk-canary" } },
      );
      expect(response.status).toBe(200);
    }
    expect(Object.keys(provider.stats().byModel)).toContain("__proto__");
    for (let index = 0; index < 300; index++) await post({}, { path: `/${index}` });
    expect(Object.keys(provider.stats().byPath).length).toBeLessThan(210);
    expect(JSON.stringify([provider.requests, provider.stats()])).not.toContain("sk-canary");
  });
});

describe("a client that leaves", () => {
  test.each([
    ["a hang", { fault: { kind: "hang" } }, false, "hang"],
    ["a slow answer", { latency: { answer: 60_000 } }, false, "success"],
    ["a stream between two tokens", { latency: { answer: 60_000, interToken: 60_000 } }, true, "success"],
  ] as const)("during %s is noticed, frees its place and leaves no timer", async (_, options, stream, outcome) => {
    await restart({ ...options, capacity: { maxConcurrent: 1 } });
    const leave = new AbortController();
    const left = post({ ...CALL, stream }, { signal: leave.signal }).then((response) => response.text());
    await vi.waitFor(() => expect(provider.requests[0]?.outcome).toBe(outcome), { interval: 1 });
    leave.abort();
    await expect(left).rejects.toThrow("aborted");
    await vi.waitFor(() => expect(provider.stats()).toMatchObject({ inFlight: 0, aborted: 1 }), { interval: 1 });
    expect(provider.requests[0]).toMatchObject({ aborted: true });
    expect(clock.sleeping).toBe(0);
    await provider.setFault({ kind: "auth" });
    expect((await post(CALL)).status).toBe(401); // not 429: the place is free
  });

  test("while it waits in the queue gives its place to the next", async () => {
    await restart({ capacity: { maxConcurrent: 1, whenFull: "queue" }, latency: { answer: 100 } });
    const first = post(CALL);
    await vi.waitFor(() => expect(clock.sleeping).toBe(1), { interval: 1 });
    const leave = new AbortController();
    const impatient = post(CALL, { signal: leave.signal });
    await vi.waitFor(() => expect(provider.stats().queued).toBe(1), { interval: 1 });
    leave.abort();
    await expect(impatient).rejects.toThrow("aborted");
    await vi.waitFor(() => expect(provider.stats().queued).toBe(0), { interval: 1 });
    await clock.advance(100);
    expect((await first).status).toBe(200);
    expect(provider.stats()).toMatchObject({ aborted: 1, completed: 1 });
  });

  test("while it sends its body is counted, and nothing else happens", async () => {
    const request = httpRequest(`${provider.baseUrl}/chat/completions`, {
      method: "POST",
      headers: { "content-length": 1_000 },
    });
    request.on("error", () => {});
    request.write("{");
    await vi.waitFor(() => expect(provider.stats().inFlight).toBe(1), { interval: 1 });
    request.destroy();
    await vi.waitFor(() => expect(provider.stats()).toMatchObject({ inFlight: 0, aborted: 1 }), { interval: 1 });
    expect(provider.requests[0]).toMatchObject({ outcome: null, model: null });
  });

  test("who reads slowly is waited for: the answer does not pile up in the server", async () => {
    await restart({ answerTokens: 200_000 });
    const response = await new Promise<IncomingMessage>((resolve) => {
      httpRequest(`${provider.baseUrl}/chat/completions`, { method: "POST" }, resolve).end(
        JSON.stringify({ ...CALL, stream: true }),
      );
    });
    response.pause();
    let before = -1;
    // Some megabytes fit into the sockets' buffers; then the server stands still.
    await vi.waitFor(
      () => {
        const now = response.readableLength + response.socket.bytesRead;
        const still = now === before;
        before = now;
        expect(still).toBe(true);
      },
      { interval: 50, timeout: 5_000 },
    );
    expect(provider.stats()).toMatchObject({ inFlight: 1, completed: 0 });
    let received = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) received += chunk.length;
    expect(received).toBeGreaterThan(30_000_000);
    await vi.waitFor(() => expect(provider.stats().completed).toBe(1), { interval: 1 });
  }, 30_000); // thirty megabytes over a socket
});

describe("closing", () => {
  test("drops hung requests, streams and timers at once, twice if need be, and no schedule starts afterwards", async () => {
    await restart({ latency: { interToken: 60_000 } });
    const running = post({ ...CALL, stream: true }).then((response) => response.text());
    await vi.waitFor(() => expect(provider.stats().byOutcome.success).toBe(1), { interval: 1 });
    await provider.setFault({ kind: "hang" });
    const hung = post(CALL);
    await vi.waitFor(() => expect(provider.stats().byOutcome.hang).toBe(1), { interval: 1 });
    const schedule = provider.runSchedule([{ forMs: 60_000, fault: null }]);
    const outcomes = Promise.allSettled([running, hung]);
    await Promise.all([provider.close(), provider.close()]);
    expect((await outcomes).map((each) => each.status)).toEqual(["rejected", "rejected"]);
    await schedule;
    await provider.runSchedule([{ forMs: 60_000, fault: null }]);
    await provider.setFault({ kind: "hang" });
    expect(provider.fault).toBeNull();
    expect(provider.stats()).toMatchObject({ inFlight: 0, dropped: 2, aborted: 0, connections: 0 });
    expect(clock.sleeping).toBe(0);
    await expect(fetch(provider.url)).rejects.toThrow("fetch failed");
  });

  test("works while the provider is down", async () => {
    void provider.runSchedule([{ repeat: "forever", steps: [{ forMs: 1_000, fault: { kind: "down" } }] }]);
    await provider.close();
    expect(clock.sleeping).toBe(0);
  });

  test("comes with the end of a block that says await using", async () => {
    await provider[Symbol.asyncDispose]();
    await expect(fetch(provider.url)).rejects.toThrow("fetch failed");
  });
});

describe("the switches over HTTP", () => {
  const put = (body: string): Promise<Response> => fetch(`${provider.url}/admin/fault`, { method: "PUT", body });

  test("set and clear the fault and show the state, uncounted", async () => {
    expect(await (await put('{"kind":"status","status":503}')).json()).toMatchObject({
      fault: { kind: "status", status: 503 },
    });
    expect((await post(CALL)).status).toBe(503);
    expect(await (await fetch(`${provider.url}/admin/state`)).json()).toMatchObject({
      fault: { kind: "status" },
      scheduled: false,
      stats: { requests: 1, byOutcome: { status: 1 } },
    });
    expect(await (await put("null")).json()).toMatchObject({ fault: null });
    expect((await post(CALL)).status).toBe(200);
  });

  test("reset as the method does", async () => {
    await provider.setFault({ kind: "hang" });
    const response = await fetch(`${provider.url}/admin/reset`, { method: "POST" });
    expect(await response.json()).toMatchObject({ fault: null, stats: { requests: 0 } });
  });

  test.each([
    ['{"kind":"hang","probability":2}', "fault.probability", 2],
    ['{"kind":"nap"}', "fault.kind", "nap"],
    ['{"kind":"hang","models":[]}', "fault.models", []],
    ['{"kind":"hang","__proto__":{"a":1}}', "fault.__proto__", { a: 1 }],
    ['{"kind":"down"}', "fault.forMs", null],
    ["3", "fault", 3],
  ])("refuse %s with the field, what was expected and what came", async (body, field, received) => {
    const response = await put(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { field, received, expected: expect.stringMatching(/./) } });
    expect(provider.fault).toBeNull();
  });

  test("refuse malformed JSON, unknown paths and wrong methods", async () => {
    expect((await put("{")).status).toBe(400);
    expect((await fetch(`${provider.url}/admin/toString`)).status).toBe(404);
    const wrong = await fetch(`${provider.url}/admin/fault`);
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "PUT"]);
  });

  test("take the provider down for a time, and still answer who asked for it", async () => {
    const response = await put('{"kind":"down","forMs":1000}');
    expect(await response.json()).toMatchObject({ fault: { kind: "down" } });
    await clock.advance(1_000);
    await vi.waitFor(async () => expect((await post(CALL)).status).toBe(200), { interval: 1 });
  });
});

describe("an option", () => {
  test.each([
    [{ dialect: "cohere" }, "dialect"],
    [{ seed: -1 }, "seed"],
    [{ seed: NaN }, "seed"],
    [{ port: 70_000 }, "port"],
    [{ host: "" }, "host"],
    [{ latency: { answer: -5 } }, "latency.answer"],
    [{ capacity: {} }, "capacity"],
    [{ fault: { kind: "hang", probability: 7 } }, "fault.probability"],
    [{ schedule: [] }, "schedule"],
    [{ schedule: [{ forMs: 1, fault: { kind: "x" } }] }, "schedule[0].fault.kind"],
    [{ fault: { kind: "hang" }, schedule: [{ forMs: 1, fault: null }] }, "schedule"],
    [{ answerTokens: 0 }, "answerTokens"],
    [{ answer: "hi" }, "answer"],
    [{ models: [""] }, "models"],
    [{ clock: {} }, "clock"],
    [{ random: 4 }, "random"],
    [{ sede: 1 }, "sede"],
  ])("%j is refused at %s", async (options, option) => {
    const starting = simulatedProvider(options as SimulatedProviderOptions);
    await expect(starting).rejects.toMatchObject({ code: "ERR_INVALID_OPTION", option });
  });

  test("port that is taken rejects with the system's error", async () => {
    await expect(simulatedProvider({ port: provider.port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  test("random given by the caller decides who is struck", async () => {
    const draws = [0.1, 0.9, 0.1];
    await restart({ random: () => draws.shift() ?? 0.9, fault: { kind: "status", status: 503, probability: 0.5 } });
    const statuses: number[] = [];
    for (let call = 0; call < 3; call++) statuses.push((await post(CALL)).status);
    expect(statuses).toEqual([503, 200, 503]);
  });

  test("schedule given at the start begins at the start", async () => {
    await restart({ schedule: [{ requests: 1, fault: { kind: "auth" } }] });
    expect((await post(CALL)).status).toBe(401);
    expect((await post(CALL)).status).toBe(200);
  });
});
