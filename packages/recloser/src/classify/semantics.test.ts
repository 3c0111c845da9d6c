import { describe, expect, it } from "vitest";
import { buildError } from "../../../../tests/support/outcome-corpus.ts";
import { classify, parseRetryAfter, type ClassifyInput, type OutcomeKind } from "./index.ts";

const kindOf = (input: ClassifyInput): OutcomeKind => classify(input).kind;
const named = (name: string, fields: object = {}): unknown => buildError({ name, message: "", ...fields });
const aborted = (reason?: unknown): ClassifyInput["signal"] => ({ aborted: true, reason });

describe("the caller's signal", () => {
  it("is asked before any error name: a plain abort is a cancel, a TimeoutError reason a timeout", () => {
    const error = named("RateLimitError", { status: 429 });
    expect(kindOf({ error, signal: aborted(new DOMException("", "AbortError")) })).toBe("cancelled");
    expect(kindOf({ error, signal: aborted("enough") })).toBe("cancelled");
    expect(kindOf({ error, signal: AbortSignal.abort() })).toBe("cancelled");
    expect(kindOf({ error: named("AbortError"), signal: aborted(new DOMException("", "TimeoutError")) })).toBe(
      "timeout",
    );
  });

  it("leaves an answer that came in spite of it as it is", () => {
    expect(kindOf({ response: { status: 200 }, signal: aborted() })).toBe("success");
    expect(kindOf({ response: { status: 500 }, signal: aborted() })).toBe("server-error");
  });

  it("that is quiet makes an abort somebody's deadline", () => {
    expect(kindOf({ error: new DOMException("", "AbortError"), signal: { aborted: false } })).toBe("timeout");
  });
});

describe("an error inside an answer of status 200", () => {
  const answered = (body: object): OutcomeKind => kindOf({ response: { status: 200, body } });

  it("of JSON-RPC is the caller's where the request was not understood, else the server's", () => {
    for (const code of [-32700, -32600, -32601, -32602])
      expect(answered({ jsonrpc: "2.0", id: 1, error: { code, message: "x" } })).toBe("caller-error");
    for (const code of [-32603, -32000])
      expect(answered({ jsonrpc: "2.0", id: 1, error: { code, message: "x" } })).toBe("server-error");
  });

  it("of Groq's may stand beside a finish reason", () => {
    const chunk = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }], x_groq: { id: "r", error: "stopped" } };
    expect(kindOf({ stream: `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n` })).toBe("stream-error");
    expect(kindOf({ stream: `data: ${JSON.stringify({ ...chunk, x_groq: { id: "r" } })}\n\n` })).toBe("success");
  });

  it("is none where a server counts errors, and there are none", () => {
    expect(answered({ error: 0, choices: [] })).toBe("success");
  });
});

describe("our own errors", () => {
  it("are known by their code, however deep, and before the caller's signal", () => {
    expect(kindOf({ error: named("CallTimeoutError", { code: "ERR_CALL_TIMEOUT" }), signal: aborted() })).toBe(
      "timeout",
    );
    for (const code of ["ERR_CIRCUIT_OPEN", "ERR_SHED"]) {
      expect(classify({ error: named("X", { code }) })).toMatchObject({ kind: "cancelled", track: "none" });
      const wrapped = named("APIConnectionError", {
        cause: { name: "Y", message: "", cause: { name: "Z", message: "", code } },
      });
      expect(classify({ error: wrapped })).toMatchObject({ kind: "cancelled", track: "none" });
    }
  });

  it("are known in the body of another breaker's answer", () => {
    expect(
      kindOf({ response: { status: 503, body: '{"error":{"code":"ERR_CIRCUIT_OPEN","message":"circuit open"}}' } }),
    ).toBe("cancelled");
  });
});

describe("what nobody recognises", () => {
  it("counts when it was thrown by any external call", () => {
    for (const error of [
      new Error("db down"),
      "boom",
      { some: "object" },
      42,
      Symbol("s"),
      named("PaymentDeclinedError"),
      named("DatabaseError", { code: "57P01" }),
    ]) {
      expect(classify({ error })).toMatchObject({ kind: "unknown", track: "window" });
    }
    expect(classify({ error: null })).toMatchObject({ kind: "unknown", track: "window" });
    expect(classify({ error: undefined })).toMatchObject({ kind: "unknown", track: "window" });
  });

  it("does not count when it is a mistake in the program", () => {
    for (const error of [
      new TypeError("x is not a function"),
      new ReferenceError("y"),
      new RangeError("z"),
      new SyntaxError("Unexpected token"),
    ]) {
      expect(classify({ error })).toMatchObject({ kind: "unknown", track: "none" });
    }
  });

  it("is the network's when a programming error's cause has a network code", () => {
    const cause = {
      name: "AggregateError",
      message: "",
      errors: [Object.assign(new Error("x"), { code: "ECONNREFUSED" })],
    };
    expect(kindOf({ error: named("TypeError", { message: "fetch failed", cause }) })).toBe("network");
    expect(kindOf({ error: new TypeError("fetch failed") })).toBe("network");
  });
});

describe("a result", () => {
  it("is success unless it looks like a failed Response", () => {
    for (const result of [undefined, null, 0, "", {}, { status: 500 }, { status: "failed" }, [], new Response("ok")]) {
      expect(classify({ result })).toMatchObject({ kind: "success", track: "none" });
    }
    expect(kindOf({})).toBe("success");
    expect(kindOf({ result: new Response(null, { status: 503 }) })).toBe("overloaded");
    expect(kindOf({ result: new Response(null, { status: 404 }) })).toBe("caller-error");
    expect(kindOf({ result: Response.redirect("https://example.test") })).toBe("success");
  });
});

describe("a status alone", () => {
  it.each([
    [200, "success"],
    [204, "success"],
    [304, "success"],
    [400, "caller-error"],
    [401, "auth"],
    [402, "quota-exhausted"],
    [403, "auth"],
    [404, "caller-error"],
    [408, "timeout"],
    [413, "caller-error"],
    [422, "caller-error"],
    [429, "rate-limited"],
    [499, "cancelled"],
    [500, "server-error"],
    [501, "caller-error"],
    [502, "server-error"],
    [503, "overloaded"],
    [504, "timeout"],
    [520, "server-error"],
    [524, "timeout"],
    [529, "overloaded"],
  ] as const)("%i is %s", (status, kind) => {
    expect(kindOf({ response: { status } })).toBe(kind);
  });
});

describe("a network code", () => {
  it.each([
    ["ECONNREFUSED", "network"],
    ["ECONNRESET", "network"],
    ["ENOTFOUND", "network"],
    ["EAI_AGAIN", "network"],
    ["UND_ERR_SOCKET", "network"],
    ["CERT_HAS_EXPIRED", "network"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "network"],
    ["ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR", "network"],
    ["HPE_INVALID_CONSTANT", "network"],
    ["ETIMEDOUT", "timeout"],
    ["UND_ERR_CONNECT_TIMEOUT", "timeout"],
    ["UND_ERR_HEADERS_TIMEOUT", "timeout"],
    ["ECONNABORTED", "timeout"],
    ["ERR_STREAM_PREMATURE_CLOSE", "stream-error"],
    ["ERR_INVALID_URL", "caller-error"],
  ] as const)("%s is %s, also three causes down", (code, kind) => {
    expect(kindOf({ error: named("Error", { code }) })).toBe(kind);
    const deep = { name: "A", message: "", cause: { name: "B", message: "", cause: { name: "C", message: "", code } } };
    expect(kindOf({ error: named("TypeError", { cause: deep }) })).toBe(kind);
  });

  it("after the headers had arrived is a broken stream", () => {
    const error = named("Error", { code: "ECONNRESET" });
    expect(kindOf({ error, response: { status: 200 } })).toBe("stream-error");
    expect(
      kindOf({
        error: named("TypeError", { message: "terminated", cause: { name: "E", message: "", code: "UND_ERR_SOCKET" } }),
      }),
    ).toBe("stream-error");
  });
});

describe("typed codes", () => {
  it("outrank the status", () => {
    expect(kindOf({ response: { status: 429, body: { error: { code: "insufficient_quota" } } } })).toBe(
      "quota-exhausted",
    );
    expect(
      kindOf({ response: { status: 400, body: { error: { code: "project_monthly_spend_limit_reached" } } } }),
    ).toBe("quota-exhausted");
    expect(kindOf({ response: { status: 500, body: { error: { type: "overloaded_error" } } } })).toBe("overloaded");
  });

  it("that only name a family give way to it", () => {
    expect(kindOf({ response: { status: 503, body: { error: { type: "invalid_request_error" } } } })).toBe(
      "overloaded",
    );
    expect(kindOf({ response: { status: 504, body: { error: { type: "server_error" } } } })).toBe("timeout");
    expect(kindOf({ response: { status: 401, body: { error: { type: "invalid_request_error" } } } })).toBe("auth");
  });

  it.each(["ThrottlingException", "com.amazonaws.bedrock#ThrottlingException", "ThrottlingException:http://internal/"])(
    "are one code however AWS writes them: %s",
    (type) => {
      expect(kindOf({ response: { status: 400, headers: { "X-Amzn-ErrorType": type } } })).toBe("rate-limited");
    },
  );
});

describe("a retry hint", () => {
  const headers = (h: Record<string, string>): Record<string, string> => h;

  it("comes from the most exact source: milliseconds, then Retry-After, then the body, then its words", () => {
    const body = { error: { message: "Please try again in 4s", details: [{ retryDelay: "3s" }] } };
    const at = (h: Record<string, string>, b: object = body) =>
      classify({ response: { status: 429, headers: h, body: b } }).retryAfterMs;
    expect(at(headers({ "retry-after-ms": "1000", "retry-after": "2" }))).toBe(1000);
    expect(at(headers({ "retry-after": "2" }))).toBe(2000);
    expect(at({})).toBe(3000);
    expect(at({}, { error: { message: "Please try again in 4s" } })).toBe(4000);
    expect(at(headers({ "x-ratelimit-reset-requests": "5s" }), {})).toBe(5000);
  });

  it("takes the reset time of the exhausted bucket only", () => {
    const now = { "x-ratelimit-reset-requests": "9s", "x-ratelimit-reset-tokens": "2s" };
    expect(
      parseRetryAfter({ ...now, "x-ratelimit-remaining-requests": "4", "x-ratelimit-remaining-tokens": "0" }),
    ).toBe(2000);
    expect(
      parseRetryAfter({ ...now, "x-ratelimit-remaining-requests": "4", "x-ratelimit-remaining-tokens": "7" }),
    ).toBe(null);
  });

  it("is measured against the provider's Date where there is one", () => {
    const dates = { date: "Tue, 24 Nov 2026 10:00:00 GMT", "retry-after": "Tue, 24 Nov 2026 10:00:30 GMT" };
    expect(parseRetryAfter(dates, 0)).toBe(30_000);
    expect(parseRetryAfter({ "retry-after": dates["retry-after"] })).toBe(null);
    for (const date of ["Tuesday, 24-Nov-26 10:00:30 GMT", "Tue Nov 24 10:00:30 2026"])
      expect(parseRetryAfter({ ...dates, "retry-after": date })).toBe(30_000);
  });

  it("is never clamped, and absent from what needs no waiting", () => {
    expect(classify({ response: { status: 503, headers: { "retry-after": "864000" } } }).retryAfterMs).toBe(
      864_000_000,
    );
    expect(classify({ response: { status: 400, headers: { "retry-after": "5" } } }).retryAfterMs).toBe(null);
  });

  it("longer than five minutes makes a rate limit a quota", () => {
    expect(kindOf({ response: { status: 429, headers: { "retry-after": "300" } } })).toBe("rate-limited");
    expect(kindOf({ response: { status: 429, headers: { "retry-after": "301" } } })).toBe("quota-exhausted");
  });
});

describe("a stream that ended", () => {
  const sse = (...frames: string[]): string => frames.map((frame) => `data: ${frame}\n\n`).join("");
  const chunk = '{"model":"m","choices":[{"delta":{"content":"x"},"finish_reason":null}]}';

  it.each([
    ["after [DONE]", sse(chunk, "[DONE]"), "success"],
    ["without an end marker", sse(chunk), "stream-error"],
    ["with nothing but [DONE]", sse("[DONE]"), "stream-error"],
    ["empty", "", "stream-error"],
    ["in half a frame", `${sse(chunk)}data: {"choi`, "stream-error"],
    [
      "with an error after its finish reason",
      sse('{"choices":[{"finish_reason":"stop"}]}', '{"error":{"type":"overloaded_error"}}'),
      "overloaded",
    ],
    ["with Gemini's finish reason", sse('{"candidates":[{"finishReason":"STOP"}]}'), "success"],
    ["with Ollama's done line", '{"message":{"content":"x"},"done":false}\n{"done":true}\n', "success"],
    ["as one JSON array", '[{"candidates":[{"content":{}}]},\n{"candidates":[{"finishReason":"STOP"}]}]', "success"],
    ["as a plain error document", '{\n  "error": {\n    "code": 503,\n    "message": "x"\n  }\n}', "overloaded"],
    ["as a page", "<html>maintenance</html>", "server-error"],
  ] as const)("%s", (_name, stream, kind) => {
    expect(kindOf({ stream, response: { status: 200 } })).toBe(kind);
  });

  it("is judged by the status when that already failed", () => {
    expect(kindOf({ stream: '{"error":{"code":"insufficient_quota"}}', response: { status: 429 } })).toBe(
      "quota-exhausted",
    );
  });

  it("of megabytes is judged by its beginning and its end", () => {
    expect(kindOf({ stream: sse(chunk).repeat(20_000) + sse("[DONE]") })).toBe("success");
    expect(kindOf({ stream: sse(chunk).repeat(20_000) })).toBe("stream-error");
    expect(kindOf({ stream: sse(chunk).repeat(20_000) + sse('{"error":{"code":500}}') })).toBe("stream-error");
  });
});
