import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import {
  CallTimeoutError,
  CircuitOpenError,
  type CircuitOpenFacts,
  InvalidOptionError,
  RecloserError,
  type RejectReason,
  type ShedCause,
  type ShedReason,
  ShedError,
  StoreError,
  StreamTruncatedError,
} from "./errors.ts";

const facts: CircuitOpenFacts = {
  key: "openai:gpt-5",
  state: "open",
  reason: "open",
  retryAfterMs: 4_200,
  openedAtMs: 1_800_000_000_000,
  generation: 3,
  lastFailure: { kind: "timeout", atMs: 1_799_999_999_000 },
  evidence: {
    ...{ calls: 20, failures: 18, slow: 0, windowMs: 30_000, byKind: { timeout: 18 } },
    headline: "18 of 20 calls failed in 30 s",
    summary: "18 of 20 calls failed in 30 s: 18 timeout",
  },
};
const open = (more: Partial<CircuitOpenFacts> = {}): CircuitOpenError => new CircuitOpenError({ ...facts, ...more });
const REASONS: readonly RejectReason[] = [
  ...(["open", "probing", "ramping", "rate-limited", "quota-exhausted", "auth", "override"] as const),
];
const limit = Error.stackTraceLimit;

afterEach(() => {
  Error.stackTraceLimit = limit;
});

describe("a rejection", () => {
  it("carries what a program needs", () => {
    const error = open();
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(RecloserError);
    expect(error).toMatchObject({ ...facts, name: "CircuitOpenError", code: "ERR_CIRCUIT_OPEN" });
    expect(error.message).toBe('circuit "openai:gpt-5" is open (18 of 20 calls failed in 30 s); next try in 4.2 s');
  });

  it("has no stack, leaves the stack limit as it was, and does not grow when it is rethrown", () => {
    Error.stackTraceLimit = 25;
    const error = open();
    expect(error.stack).not.toMatch(/\n\s+at /);
    expect(Error.stackTraceLimit).toBe(25);
    const before = error.stack;
    for (let i = 0; i < 100; i++) {
      try {
        throw error;
      } catch {} // thrown again, and again
    }
    expect(error.stack).toBe(before);
    expect(new Error("other").stack).toMatch(/\n\s+at /);
  });

  it("never says the words that an SDK reads as a transport fault, whatever the key, the reason and the evidence", () => {
    const word = fc.constantFrom(
      ...[
        "timeout",
        "timed out",
        "TimeOut",
        "timed-out",
        "time-out",
        "Timed  Out",
        "timedout",
        "time",
        "d out",
        "out",
        " ",
      ],
    );
    const key = fc.array(fc.oneof(word, fc.string({ maxLength: 3 })), { maxLength: 5 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(key, fc.constantFrom(...REASONS), fc.boolean(), (any, reason, evident) => {
        const { message } = open({ key: any, reason, evidence: evident ? facts.evidence : null });
        expect(message).not.toMatch(/timeout|timed out/i);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(REASONS)("becomes an HTTP answer that says when to come back (%s)", async (reason) => {
    const response = open({ reason, retryAfterMs: 4_200.5 }).toResponse();
    expect(response.status).toBe(["rate-limited", "quota-exhausted", "auth"].includes(reason) ? 429 : 503);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("retry-after")).toBe("5");
    expect(response.headers.get("retry-after-ms")).toBe("4201");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toMatchObject({
      code: "ERR_CIRCUIT_OPEN",
      reason,
      retryAfterMs: 4_201,
      key: facts.key,
    });
  });

  it("asks for a second at least, and rounds up, in whole seconds", () => {
    const seconds = (retryAfterMs: number): string | null =>
      open({ retryAfterMs }).toResponse().headers.get("retry-after");
    expect([0, 1, 999, 1_000, 1_001, 60_000].map(seconds)).toEqual(["1", "1", "1", "1", "2", "60"]);
  });
});

describe("finding a rejection", () => {
  const error = open();
  const wrapped: readonly [string, unknown][] = [
    ["itself", error],
    ["the cause of an SDK's error", new Error("Connection error.", { cause: error })],
    ["a cause of a cause", new Error("a", { cause: new Error("b", { cause: error }) })],
    ["the last error of a retry loop", Object.assign(new Error("retries"), { lastError: error })],
    ["one of the errors of a retry loop", Object.assign(new Error("retries"), { errors: [new Error("x"), error] })],
    ["an AggregateError", new AggregateError([new Error("x"), error])],
    ["an HTTP error's body", Object.assign(new Error("503"), { status: 503, error: { code: "ERR_CIRCUIT_OPEN" } })],
    ["a body kept as text", Object.assign(new Error("503"), { responseBody: '{"error":{"code":"ERR_CIRCUIT_OPEN"}}' })],
  ];

  it.each(wrapped)("works through %s", (_where, value) => {
    expect(CircuitOpenError.is(value)).toBe(true);
    expect(CircuitOpenError.from(value)).toBeInstanceOf(CircuitOpenError);
  });

  it("gives the very object where it is ours", () => {
    for (const [, value] of wrapped.slice(0, 6)) expect(CircuitOpenError.from(value)).toBe(error);
  });

  it("reads it back from its own HTTP answer", async () => {
    const body: unknown = await open({ reason: "probing", state: "half-open" }).toResponse().json();
    for (const value of [body, { error: body }, { cause: { body } }, { data: JSON.stringify(body) }]) {
      expect(CircuitOpenError.from(value)).toMatchObject({
        ...{ key: facts.key, state: "half-open", reason: "probing", retryAfterMs: 4_200 },
      });
    }
  });

  it("reads it from what a gateway answers in each format, as each format's client throws it", () => {
    const said = { key: "gemini:m", state: "half-open", reason: "probing" };
    const message = "[circuit_open] circuit is open";
    const openai = { message, code: "circuit_open", ...said, retryAfterMs: 4_200 };
    const info = { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "CIRCUIT_OPEN" };
    const metadata = { code: "circuit_open", ...said, retryAfterMs: "4200" };
    const gemini = { error: { code: 503, message, status: "UNAVAILABLE", details: [{ ...info, metadata }] } };
    for (const value of [
      Object.assign(new Error("503"), { code: "circuit_open", error: openai }),
      Object.assign(new Error("503"), { error: { type: "error", error: openai } }),
      new Error(JSON.stringify(gemini)),
    ])
      expect(CircuitOpenError.from(value)).toMatchObject({ ...said, retryAfterMs: 4_200 });
  });

  it("takes no text for one that only speaks of it", () => {
    for (const text of ["code: circuit_open", '[circuit_open] {"code":"circuit_open"}', '{"code":"circuit_open"'])
      expect(CircuitOpenError.is(new Error(text))).toBe(false);
  });

  it("invents nothing from a strange body", () => {
    const strange = { code: "ERR_CIRCUIT_OPEN", key: 5, state: "ajar", reason: "constructor", retryAfterMs: "soon" };
    expect(CircuitOpenError.from(strange)).toMatchObject({
      key: "unknown",
      state: "open",
      reason: "open",
      retryAfterMs: 0,
    });
    expect(CircuitOpenError.from({ ...strange, retryAfterMs: -5 })?.retryAfterMs).toBe(0);
    expect(CircuitOpenError.from({ ...strange, retryAfterMs: Infinity })?.toResponse().status).toBe(503);
  });

  it("finds none where there is none", () => {
    for (const value of [null, undefined, 5, "ERR_CIRCUIT_OPEN", {}, new Error("x"), new ShedError("k", 1), () => {}]) {
      expect(CircuitOpenError.is(value)).toBe(false);
      expect(CircuitOpenError.from(value)).toBeNull();
    }
  });

  it("never throws and always ends: cycles, hostile getters, endless chains, anything at all", () => {
    const cycle = new Error("a");
    cycle.cause = cycle;
    const fail = (): never => {
      throw new Error("trap");
    };
    const hostile = new Proxy({}, { get: fail, has: fail, getPrototypeOf: fail });
    const endless = (): object => new Proxy({}, { get: (_target, name) => (name === "code" ? "x" : endless()) });
    for (const value of [cycle, hostile, endless(), { errors: Array.from({ length: 1e5 }, () => ({})) }])
      expect(CircuitOpenError.is(value)).toBe(false);
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (value) => {
        expect(typeof CircuitOpenError.is(value)).toBe("boolean");
      }),
    );
  });
});

describe("the other errors", () => {
  const all = [
    [CircuitOpenError, open(), "ERR_CIRCUIT_OPEN"],
    [CallTimeoutError, new CallTimeoutError("k", "first-token", 1_500), "ERR_CALL_TIMEOUT"],
    [ShedError, new ShedError("k", 5), "ERR_SHED"],
    [StreamTruncatedError, new StreamTruncatedError("k"), "ERR_STREAM_TRUNCATED"],
    [InvalidOptionError, new InvalidOptionError("silence", "a duration", NaN), "ERR_INVALID_OPTION"],
    [StoreError, new StoreError("no"), "ERR_STORE"],
  ] as const;

  it("each know their own and no other", () => {
    for (const [type, error, code] of all) {
      expect(error.code).toBe(code);
      expect(error.name).toBe(type.name);
      expect(RecloserError.is(error)).toBe(true);
      for (const [other] of all) expect(other.is(error), `${other.name}.is(${type.name})`).toBe(other === type);
    }
    for (const [type] of all)
      for (const value of [null, undefined, {}, new Error("x"), { code: "ERR_OTHER" }])
        expect(type.is(value)).toBe(false);
  });

  it("never say a word in a shed call's message that an SDK would retry for", () => {
    for (const key of ["llm-timeout", "Timed out"])
      expect(new ShedError(key, 1).message).toBe(
        "call to this key shed: 1 calls are in flight, which is the limit (shed.maxInFlight)",
      );
  });

  it("carry what was said of a shed call, and no stack", () => {
    const error = new ShedError("k", null, { reason: "paced", retryAfterMs: 120, detail: "wait" });
    expect(error).toMatchObject({ reason: "paced", limit: null, retryAfterMs: 120, message: 'call to "k" shed: wait' });
    expect(error.stack?.split("\n")).toHaveLength(1);
    expect(new ShedError("k", 5)).toMatchObject({ reason: "concurrency", limit: 5, retryAfterMs: 0 });
  });

  it("say what is wrong in one line", () => {
    expect(all.map(([, error]) => error.message)).toEqual([
      'circuit "openai:gpt-5" is open (18 of 20 calls failed in 30 s); next try in 4.2 s',
      'call to "k" timed out: no first content within 1.5 s',
      'call to "k" shed: 5 calls are in flight, which is the limit (shed.maxInFlight)',
      'stream from "k" ended without its end marker: the answer is cut off',
      "silence: expected a duration; received NaN",
      "no",
    ]);
  });
});

describe("a shed call", () => {
  const shed = (more: Partial<ShedCause> = {}): ShedError =>
    new ShedError("llm", null, { reason: "paced", retryAfterMs: 4_200.5, detail: "wait", priority: "batch", ...more });

  it.each([
    "concurrency",
    "adaptive",
    "paced",
    "queue-full",
    "queue-evicted",
    "queue-expired",
    "queue-closed",
    "intake",
  ] as const satisfies readonly ShedReason[])(
    "becomes the same kind of HTTP answer as a rejection (%s)",
    async (reason) => {
      const response = shed({ reason }).toResponse();
      expect(response.status).toBe(reason === "paced" ? 429 : 503);
      expect(Object.fromEntries(response.headers)).toEqual({
        ...Object.fromEntries(open({ retryAfterMs: 4_200.5 }).toResponse().headers),
        ...{ "retry-after": "5", "retry-after-ms": "4201" },
      });
      const body: unknown = await response.json();
      expect(body).toEqual({
        ...{ type: "about:blank", status: response.status, detail: 'call to "llm" shed: wait', code: "ERR_SHED" },
        title: reason === "paced" ? "Too Many Requests" : "Service Unavailable",
        ...{ key: "llm", reason, priority: "batch", retryAfterMs: 4_201 },
        error: { message: 'call to "llm" shed: wait', type: "shed", code: "ERR_SHED", param: null },
      });
      expect(ShedError.from({ error: body })).toMatchObject({
        ...{ key: "llm", reason, priority: "batch", retryAfterMs: 4_201, limit: null },
      });
    },
  );

  it("is known in what a gateway answers", () => {
    const body = { message: "[shed] call shed", code: "shed", key: "llm", reason: "concurrency", retryAfterMs: 0 };
    expect(ShedError.from({ error: body })).toMatchObject({ key: "llm", reason: "concurrency", retryAfterMs: 0 });
    expect(CircuitOpenError.is({ error: body })).toBe(false);
  });

  it("invents nothing from a strange body", () => {
    const strange = { code: "ERR_SHED", key: 5, reason: "constructor", retryAfterMs: -5, priority: "urgent" };
    const plain = { key: "unknown", reason: "concurrency", retryAfterMs: 0, priority: "interactive", waitedMs: 0 };
    expect(ShedError.from(strange)).toMatchObject(plain);
    expect(ShedError.from({ code: "ERR_SHED", retryAfterMs: "soon" })).toMatchObject(plain);
  });
});

describe("finding any end of a call", () => {
  const ends = [
    [ShedError, new ShedError("k", 1)],
    [CallTimeoutError, new CallTimeoutError("k", "total", 5)],
    [StreamTruncatedError, new StreamTruncatedError("k")],
  ] as const;

  it.each(ends)("works through what was wrapped around it: %s", (type, error) => {
    for (const value of [
      error,
      new Error("Connection error.", { cause: error }),
      new Error("a", { cause: new Error("b", { cause: error }) }),
      Object.assign(new Error("retries"), { lastError: error }),
      Object.assign(new Error("retries"), { errors: [new Error("x"), error] }),
      new AggregateError([new Error("x"), error]),
    ]) {
      expect(type.is(value)).toBe(true);
      expect(type.from(value)).toBe(error);
    }
  });

  it("takes an end for what it is, not for the one of an earlier try that it carries", () => {
    for (const [type, error] of ends) {
      const rejection = open();
      rejection.cause = error;
      expect(type.is(rejection)).toBe(false);
      expect(type.from(rejection)).toBeNull();
      expect(type.is(new Error("wrapped", { cause: rejection }))).toBe(false);
      expect(CircuitOpenError.from(new Error("wrapped", { cause: rejection }))).toBe(rejection);
    }
  });

  it("takes no body for a deadline or a cut stream of this process", () => {
    for (const type of [CallTimeoutError, StreamTruncatedError])
      for (const code of ["ERR_CALL_TIMEOUT", "ERR_STREAM_TRUNCATED"]) {
        expect(type.is({ code })).toBe(false);
        expect(type.from(Object.assign(new Error("504"), { error: { code } }))).toBeNull();
      }
  });

  it("never throws and always ends, whatever it is given", () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (value) => {
        for (const [type] of ends) expect(type.is(value)).toBe(type.from(value) !== null);
      }),
    );
  });
});

describe("two copies of the package", () => {
  it("know each other's errors, though they share no class", async () => {
    // A query makes it another module to the loader, as a second copy in node_modules is.
    const copy = "./errors.ts?copy=2";
    const second = (await import(/* @vite-ignore */ copy)) as typeof import("./errors.ts");
    const theirs = new second.CircuitOpenError(facts);
    expect(theirs).not.toBeInstanceOf(CircuitOpenError);
    expect(CircuitOpenError.is(theirs)).toBe(true);
    expect(CircuitOpenError.from(new Error("w", { cause: theirs }))).toBe(theirs);
    expect(RecloserError.is(theirs)).toBe(true);
    expect(ShedError.is(new second.ShedError("k", 1))).toBe(true);
    const shed = new second.ShedError("k", 1);
    expect(ShedError.from(new Error("w", { cause: shed }))).toBe(shed);
    expect(CallTimeoutError.is(new second.CallTimeoutError("k", "total", 5))).toBe(true);
    expect(InvalidOptionError.is(new second.InvalidOptionError("a", "b", 1))).toBe(true);
  });
});
