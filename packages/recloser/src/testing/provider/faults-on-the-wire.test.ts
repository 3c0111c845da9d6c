import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { manualClock } from "../manual-clock.ts";
import type { ManualClock } from "../manual-clock.ts";
import { simulatedProvider } from "./index.ts";
import type { Fault, SimulatedProvider } from "./index.ts";

interface Wire {
  /** Every byte the client got. */
  readonly text: string;
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How the connection ended; null while it is open. */
  readonly ended: "fin" | "reset" | null;
  /** The client leaves. */
  leave(): void;
}

interface Asked {
  readonly stream?: boolean;
  readonly path?: string;
  readonly body?: object;
}

let clock: ManualClock;
let provider: SimulatedProvider;
let open: Wire[] = [];

beforeEach(async () => {
  clock = manualClock();
  provider = await simulatedProvider({ clock, answerTokens: 6 });
});
afterEach(async () => {
  for (const wire of open) wire.leave();
  open = [];
  await provider.close();
  // Whatever a test did, no timer may be left.
  if (clock.sleeping > 0) throw new Error(`${clock.sleeping} timers are left`);
});

/** Sends one request over a bare socket and records what comes back, byte by byte, as no client library would show it. */
function ask({ stream = false, path = "/v1/chat/completions", body }: Asked = {}): Wire {
  const json = JSON.stringify(body ?? { model: "gpt-5", stream, messages: [{ role: "user", content: "hi" }] });
  const socket = connect(provider.port, "127.0.0.1");
  let text = "";
  let ended: Wire["ended"] = null;
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => (text += chunk));
  socket.on("end", () => (ended = "fin"));
  socket.on("error", () => (ended = "reset"));
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: keep-alive\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`,
  );
  const wire: Wire = {
    get text() {
      return text;
    },
    get status() {
      const found = /^HTTP\/1\.1 (\d+)/.exec(text);
      return found === null ? null : Number(found[1]);
    },
    get headers() {
      const [, ...lines] = (text.split("\r\n\r\n", 1)[0] ?? "").split("\r\n");
      return Object.fromEntries(lines.map((line) => line.split(": ", 2) as [string, string]));
    },
    get body() {
      return text.split("\r\n\r\n").slice(1).join("\r\n\r\n");
    },
    get ended() {
      return ended;
    },
    leave: () => void socket.destroy(),
  };
  open.push(wire);
  return wire;
}

/** Waits for the end of the answer, whichever way HTTP shows it. */
async function whole(wire: Wire): Promise<Wire> {
  const isWhole = (): boolean => {
    const length = wire.headers["content-length"];
    if (length === undefined) return wire.ended !== null || wire.text.endsWith("\r\n0\r\n\r\n");
    return Buffer.byteLength(wire.body) === Number(length);
  };
  await vi.waitUntil(isWhole, { interval: 1 });
  return wire;
}

async function answeredAs(outcome: string): Promise<void> {
  await vi.waitFor(() => expect(provider.requests.at(-1)?.outcome).toBe(outcome), { interval: 1 });
}

/** Waits until the provider itself waits for the clock, then lets `ms` pass. */
async function pass(ms: number): Promise<void> {
  await vi.waitFor(() => expect(clock.sleeping).toBe(1), { interval: 1 });
  await clock.advance(ms);
}

/** The `data:` lines, without HTTP's chunk sizes. */
function events(wire: Wire): string[] {
  return [...wire.body.matchAll(/^data: (.*)$/gm)].map((found) => found[1] ?? "");
}

function contents(wire: Wire): number {
  return events(wire).filter((data) => /"content":"[^"]/.test(data) || data.includes("output_text.delta")).length;
}

async function under(fault: Fault, asked: Asked = {}): Promise<Wire> {
  await provider.setFault(fault);
  return whole(ask(asked));
}

describe("an error answer", () => {
  test.each([
    [500, "server_error"],
    [502, "server_error"],
    [503, "service_unavailable_error"],
    [529, "service_unavailable_error"],
    [404, "invalid_request_error"],
  ])("of status %i has OpenAI's error body of type %s and no Retry-After", async (status, type) => {
    const wire = await under({ kind: "status", status });
    expect(wire.status).toBe(status);
    expect(JSON.parse(wire.body)).toMatchObject({
      error: { type, param: null, message: expect.stringMatching(/^Simulated/) },
    });
    expect(wire.headers).not.toHaveProperty("retry-after");
    expect(wire.headers["x-simulated-provider"]).toBe("recloser");
  });

  test("carries Retry-After in seconds, as a date by the provider's clock, or as whatever was given", async () => {
    expect((await under({ kind: "status", status: 503, retryAfter: 2 })).headers["retry-after"]).toBe("2");
    const dated = await under({ kind: "status", status: 503, retryAfter: 30, retryAfterAs: "date" });
    expect(dated.headers["retry-after"]).toBe(new Date(clock.now() + 30_000).toUTCString());
    expect((await under({ kind: "rate-limit", retryAfter: "soon" })).headers["retry-after"]).toBe("soon");
  });

  test("for a rate limit is 429 without any hint, unless asked for", async () => {
    const wire = await under({ kind: "rate-limit" });
    expect(wire.status).toBe(429);
    expect(JSON.parse(wire.body)).toMatchObject({ error: { code: "rate_limit_exceeded" } });
    expect(wire.text).not.toMatch(/retry-after|x-ratelimit|try again/i);
  });

  test("for a rate limit can say which limit ran out and when it is back", async () => {
    const wire = await under({ kind: "rate-limit", limited: "tokens", resetMs: 360_000, retryAfter: 360 });
    expect(wire.headers).toMatchObject({
      "retry-after": "360",
      "x-ratelimit-remaining-tokens": "0",
      "x-ratelimit-reset-tokens": "6m0s",
      "x-ratelimit-remaining-requests": "250",
    });
    expect(JSON.parse(wire.body)).toMatchObject({
      error: { type: "tokens", message: expect.stringContaining("6m0s") },
    });
  });

  test.each([
    ["quota", 429, "insufficient_quota"],
    ["auth", 401, "invalid_api_key"],
    ["bad-request", 400, null],
  ] as const)("for %s is %i with the code %s", async (kind, status, code) => {
    const wire = await under({ kind });
    expect(wire.status).toBe(status);
    expect(JSON.parse(wire.body)).toMatchObject({ error: { code } });
  });

  test.each([
    [502, "502 Bad Gateway"],
    [200, "Down for maintenance"],
  ] as const)("of HTML comes with status %i", async (status, title) => {
    const wire = await under({ kind: "html", status }, { stream: true });
    expect(wire.status).toBe(status);
    expect(wire.headers["content-type"]).toMatch("text/html");
    expect(wire.body).toContain(`<title>${title}</title>`);
  });

  test("inside a 200 comes as JSON, also to who asked for a stream", async () => {
    const wire = await under({ kind: "ok-with-error" }, { stream: true });
    expect(wire.status).toBe(200);
    expect(wire.headers["content-type"]).toBe("application/json");
    expect(JSON.parse(wire.body)).toMatchObject({ error: { type: "server_error" } });
    const other = await under({ kind: "ok-with-error" }, { path: "/v1/responses", body: { model: "m", input: "hi" } });
    expect(JSON.parse(other.body)).toMatchObject({
      object: "response",
      status: "failed",
      error: { code: "server_error" },
    });
  });
});

describe("a hang", () => {
  test("before the headers sends not a byte and keeps the connection open", async () => {
    await provider.setFault({ kind: "hang" });
    const wire = ask();
    await answeredAs("hang");
    await clock.advance(3_600_000);
    expect(wire.text).toBe("");
    expect(wire.ended).toBeNull();
    expect(provider.stats()).toMatchObject({ inFlight: 1, completed: 0 });
  });

  test.each([true, false])("after the headers sends those and nothing more (stream: %s)", async (stream) => {
    await provider.setFault({ kind: "headers-only" });
    const wire = ask({ stream });
    await vi.waitFor(() => expect(wire.status).toBe(200), { interval: 1 });
    await clock.advance(3_600_000);
    expect(wire.body).toBe("");
    expect(wire.ended).toBeNull();
  });

  test("in the middle of a stream comes after the chunks it was told", async () => {
    await provider.setFault({ kind: "hang-mid-stream", afterChunks: 2 });
    const wire = ask({ stream: true });
    await vi.waitFor(() => expect(contents(wire)).toBe(2), { interval: 1 });
    await clock.advance(3_600_000);
    expect(contents(wire)).toBe(2);
    expect(wire.ended).toBeNull();
  });

  test("in the middle of a whole answer leaves its promised length unfulfilled", async () => {
    await provider.setFault({ kind: "hang-mid-stream", afterChunks: 99 });
    const wire = ask();
    await vi.waitFor(() => expect(wire.body.length).toBeGreaterThan(100), { interval: 1 });
    await clock.advance(3_600_000);
    expect(Buffer.byteLength(wire.body)).toBeLessThan(Number(wire.headers["content-length"]));
    expect(wire.ended).toBeNull();
  });
});

describe("a broken connection", () => {
  test("is refused by RST before any header", async () => {
    await provider.setFault({ kind: "reset" });
    const wire = ask();
    await vi.waitFor(() => expect(wire.ended).toBe("reset"), { interval: 1 });
    expect(wire.text).toBe("");
    expect(provider.stats()).toMatchObject({ completed: 1, aborted: 0, inFlight: 0 });
  });

  test.each(["fin", "reset"] as const)(
    "cuts a stream by %s after its chunks, with the chunked encoding unfinished",
    async (how) => {
      await provider.setFault({ kind: "cut-stream", afterChunks: 2, how });
      const wire = ask({ stream: true });
      await vi.waitFor(() => expect(wire.ended).toBe(how), { interval: 1 });
      expect(contents(wire)).toBe(2);
      expect(wire.text).not.toMatch(/\r\n0\r\n\r\n$/);
      expect(provider.requests.at(-1)).toMatchObject({ outcome: "cut-stream", aborted: false });
    },
  );

  test("cuts a whole answer before its content-length", async () => {
    await provider.setFault({ kind: "cut-stream", afterChunks: 2 });
    const wire = ask();
    await vi.waitFor(() => expect(wire.ended).toBe("fin"), { interval: 1 });
    const length = Number(wire.headers["content-length"]);
    expect(Buffer.byteLength(wire.body)).toBe(Math.ceil(length / 4) * 2);
  });

  test("is refused while the provider is down, and those that were open are dropped", async () => {
    await provider.setFault({ kind: "hang" });
    const hung = ask();
    await answeredAs("hang");
    await provider.setFault({ kind: "down" });
    await vi.waitFor(() => expect(hung.ended).toBe("fin"), { interval: 1 });
    const refused = await fetch(provider.url).then(
      () => null,
      (error: unknown) => (error as Error).cause,
    );
    expect(refused).toMatchObject({ code: "ECONNREFUSED" });
    expect(provider.fault).toEqual({ kind: "down" });
    expect(provider.stats()).toMatchObject({ dropped: 1, aborted: 0, inFlight: 0, connections: 0 });
    await provider.setFault(null);
    expect((await whole(ask())).status).toBe(200);
  });

  test("ends by itself when down was given a time", async () => {
    await provider.setFault({ kind: "down", forMs: 5_000 });
    await clock.advance(4_999);
    expect(provider.fault).toEqual({ kind: "down" });
    await clock.advance(1);
    expect(provider.fault).toBeNull();
    await vi.waitFor(async () => expect((await fetch(`${provider.baseUrl}/models`)).status).toBe(200), { interval: 1 });
  });
});

describe("a stream that goes wrong", () => {
  test("may lack finish and marker though HTTP ends cleanly", async () => {
    const wire = await under({ kind: "no-terminal-marker" }, { stream: true });
    expect(contents(wire)).toBe(6);
    expect(wire.text).toMatch(/\r\n0\r\n\r\n$/);
    expect(wire.body).not.toMatch(/"finish_reason":"stop"|\[DONE\]/);
  });

  test("may lack the marker only", async () => {
    const wire = await under({ kind: "no-terminal-marker", omit: "marker" }, { stream: true });
    expect(wire.body).toContain('"finish_reason":"stop"');
    expect(wire.body).not.toContain("[DONE]");
  });

  test("may lack response.completed in the responses API", async () => {
    const asked = { path: "/v1/responses", body: { model: "m", input: "hi", stream: true } };
    const wire = await under({ kind: "no-terminal-marker" }, asked);
    expect(contents(wire)).toBe(6);
    expect(wire.body).not.toContain("response.completed");
  });

  test("as a whole answer lacks the end of its JSON", async () => {
    const wire = await under({ kind: "no-terminal-marker" });
    expect(wire.text).toMatch(/\r\n0\r\n\r\n$/);
    expect(wire.body).toContain("chat.completion");
    expect(wire.body).not.toContain("service_tier");
  });

  test.each([0, 2])("may hold an error event after %i chunks, with the end marker or without", async (afterChunks) => {
    const bare = await under({ kind: "stream-error", afterChunks }, { stream: true });
    expect(contents(bare)).toBe(afterChunks);
    expect(JSON.parse(events(bare).at(-1) ?? "")).toMatchObject({ error: { type: "server_error" } });
    const marked = await under({ kind: "stream-error", afterChunks, thenMarker: true }, { stream: true });
    expect(events(marked).slice(-2)[0]).toContain("server_error");
    expect(events(marked).at(-1)).toBe("[DONE]");
  });

  test("of the responses API fails with numbered error and response.failed events", async () => {
    const asked = { path: "/v1/responses", body: { model: "m", input: "hi", stream: true } };
    const wire = await under({ kind: "stream-error", afterChunks: 1 }, asked);
    const all = events(wire).map((data) => JSON.parse(data) as { type: string; sequence_number: number });
    expect(all.slice(-2).map((event) => event.type)).toEqual(["error", "response.failed"]);
    expect(all.map((event) => event.sequence_number)).toEqual(all.map((_, index) => index));
  });

  test("may hold one event of broken JSON among whole ones", async () => {
    const wire = await under({ kind: "malformed-chunk", afterChunks: 1 }, { stream: true });
    const sound = events(wire).map((data) => {
      try {
        return data === "[DONE]" || JSON.parse(data) !== null;
      } catch {
        return false;
      }
    });
    expect(sound.filter((each) => !each)).toHaveLength(1);
    expect(events(wire).at(-1)).toBe("[DONE]");
  });

  test("may break HTTP's own framing", async () => {
    await provider.setFault({ kind: "malformed-chunk", where: "framing", afterChunks: 1 });
    const error = await fetch(`${provider.baseUrl}/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "m", stream: true, messages: [{}] }),
    }).then((response) =>
      response.text().then(
        () => null,
        (thrown: unknown) => thrown,
      ),
    );
    expect(error).toBeInstanceOf(TypeError);
  });
});

describe("a slow answer", () => {
  test("sends head and opening at once and its first content when the time is up", async () => {
    await provider.setFault({ kind: "slow-first-token", ms: 8_000 });
    const wire = ask({ stream: true });
    await pass(7_999);
    expect(wire.body).toContain('"role":"assistant"');
    expect(contents(wire)).toBe(0);
    await clock.advance(1);
    await whole(wire);
    expect(contents(wire)).toBe(6);
  });

  test("that is whole comes late altogether", async () => {
    await provider.setFault({ kind: "slow-first-token", ms: 8_000 });
    const wire = ask();
    await pass(7_999);
    expect(wire.text).toBe("");
    await clock.advance(1);
    expect((await whole(wire)).status).toBe(200);
  });

  test("drips as many bytes at a time as told, and is whole in the end", async () => {
    await provider.setFault({ kind: "slow-drip", everyMs: 100, bytes: 200 });
    const wire = ask();
    await vi.waitFor(() => expect(wire.status).toBe(200), { interval: 1 });
    const length = Number(wire.headers["content-length"]);
    for (let sent = 200; sent < length; sent += 200) {
      await pass(100);
      await vi.waitFor(() => expect(Buffer.byteLength(wire.body)).toBe(sent), { interval: 1 });
    }
    await pass(100);
    expect(JSON.parse((await whole(wire)).body)).toMatchObject({ object: "chat.completion" });
  });
});

describe("which requests a fault strikes", () => {
  test("is drawn by its probability, the same way for the same seed", async () => {
    const drawn = async (seed: number): Promise<string> => {
      const fault: Fault = { kind: "status", status: 503, probability: 0.5 };
      const other = await simulatedProvider({ seed, fault });
      onTestFinished(() => other.close());
      let text = "";
      for (let call = 0; call < 40; call++) text += (await fetch(`${other.baseUrl}/models`)).ok ? "." : "x";
      return text;
    };
    const first = await drawn(7);
    expect(await drawn(7)).toBe(first);
    expect(await drawn(8)).not.toBe(first);
    expect(first.replaceAll(".", "").length).toBeGreaterThan(10);
    expect(first.replaceAll("x", "").length).toBeGreaterThan(10);
  });

  test("is narrowed by its models", async () => {
    await provider.setFault({ kind: "status", status: 503, models: "gpt-5*" });
    const messages = [{ role: "user", content: "hi" }];
    expect((await whole(ask({ body: { model: "gpt-5-mini", messages } }))).status).toBe(503);
    expect((await whole(ask({ body: { model: "gpt-4", messages } }))).status).toBe(200);
  });

  test("is not changed for those already being answered", async () => {
    await provider.setFault({ kind: "hang" });
    const hung = ask();
    await answeredAs("hang");
    await provider.setFault(null);
    expect((await whole(ask())).status).toBe(200);
    expect(hung.text).toBe("");
  });

  test("follows a schedule in time, with nobody asking", async () => {
    let over = false;
    const schedule = provider.runSchedule([
      { forMs: 1_000, fault: { kind: "status", status: 503 } },
      { forMs: 1_000, fault: { kind: "down" } },
      { forMs: 1_000, fault: null },
    ]);
    void schedule.then(() => (over = true));
    expect((await whole(ask())).status).toBe(503);
    await clock.advance(1_500);
    await expect(fetch(provider.url)).rejects.toThrow("fetch failed");
    await clock.advance(500);
    await vi.waitFor(async () => expect((await fetch(`${provider.baseUrl}/models`)).status).toBe(200), { interval: 1 });
    expect(over).toBe(false);
    await clock.advance(1_000);
    await schedule;
  });

  test("follows a schedule counted in requests, whose last request is answered before the provider goes down", async () => {
    const schedule = provider.runSchedule([
      { requests: 1, fault: { kind: "status", status: 500 } },
      { requests: 1, fault: null },
      { forMs: 1_000, fault: { kind: "down" } },
    ]);
    expect((await whole(ask())).status).toBe(500);
    expect((await whole(ask())).status).toBe(200);
    await vi.waitFor(() => expect(provider.stats().connections).toBe(0), { interval: 1 });
    await expect(fetch(provider.url)).rejects.toThrow("fetch failed");
    await clock.advance(1_000);
    await schedule;
    expect(provider.fault).toBeNull();
  });

  test("is replaced when another fault or schedule is set, which ends the promise of the first", async () => {
    const first = provider.runSchedule([{ repeat: "forever", steps: [{ forMs: 1, fault: { kind: "hang" } }] }]);
    const second = provider.runSchedule([{ forMs: 1_000, fault: { kind: "reset" } }]);
    await first;
    expect(provider.fault).toEqual({ kind: "reset" });
    await provider.setFault(null);
    await second;
    expect(clock.sleeping).toBe(0);
  });
});
