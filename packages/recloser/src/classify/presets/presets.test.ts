import { describe, expect, it } from "vitest";
import { driverErrors, thrownBy } from "../../../../../tests/support/driver-errors.ts";
import { buildError } from "../../../../../tests/support/outcome-corpus.ts";
import type { Classifier, ClassifyInput, Outcome, OutcomeKind } from "../../outcome.ts";
import { classify, grpcClassifier, httpClassifier, postgresClassifier, redisClassifier } from "../index.ts";
import { retryInfoMs } from "./grpc-retry-info.ts";

type Preset = (input: ClassifyInput) => Outcome | undefined;

const presets: Readonly<Record<"postgres" | "redis" | "grpc", Preset>> = {
  postgres: postgresClassifier,
  redis: redisClassifier,
  grpc: grpcClassifier,
};
const all: readonly (readonly [string, Preset])[] = [...Object.entries(presets), ["http", httpClassifier]];

/** As a breaker asks: the preset, then the built-in rules. */
const decided = (preset: Preset, input: ClassifyInput): Outcome => preset(input) ?? classify(input);
const thrown = (shape: Record<string, unknown>): ClassifyInput => ({ error: buildError(shape) });
const kindOf = (preset: Preset, shape: Record<string, unknown>): OutcomeKind | undefined => preset(thrown(shape))?.kind;

describe.each(["postgres", "redis", "grpc"] as const)("what a %s driver threw", (system) => {
  const preset = presets[system];

  it.each(driverErrors(system))("$driver, $case, is $kind", (row) => {
    const outcome = decided(preset, { error: thrownBy(row) });
    expect(outcome).toMatchObject({ kind: row.kind, retryAfterMs: row.retryAfterMs ?? null });
  });

  it("means the same when a library has wrapped it", () => {
    for (const row of driverErrors(system)) {
      const error = Object.assign(new Error("query failed"), { cause: thrownBy(row) });
      expect({ case: row.case, kind: decided(preset, { error }).kind }).toEqual({ case: row.case, kind: row.kind });
    }
  });

  it("is the caller's own doing once the caller has aborted", () => {
    for (const row of driverErrors(system)) {
      const error = thrownBy(row);
      expect(decided(preset, { error, signal: { aborted: true } }).kind).toBe("cancelled");
      expect(decided(preset, { error, signal: AbortSignal.abort(new DOMException("", "TimeoutError")) }).kind).toBe(
        "timeout",
      );
    }
  });
});

describe.each(all)("the %s preset", (_name, preset) => {
  it.each([
    ["an LLM provider's error", { name: "RateLimitError", status: undefined, code: "rate_limit_exceeded" }],
    ["a refused connection", { name: "Error", code: "ECONNREFUSED", message: "connect ECONNREFUSED" }],
    ["a broken pipe, whose code looks like a SQLSTATE", { name: "Error", code: "EPIPE", message: "write EPIPE" }],
    ["a mistake in the program", { name: "TypeError", message: "x is not a function" }],
    ["an error of the user's own", { name: "OrderError", message: "connection of the order to its customer" }],
  ] as const)("leaves %s to the built-in rules", (_what, shape) => {
    expect(preset(thrown(shape))).toBeUndefined();
  });

  it("leaves a breaker's own errors to the built-in rules, also inside others", () => {
    const own = { name: "CircuitOpenError", message: "open", code: "ERR_CIRCUIT_OPEN" };
    expect(
      decided(preset, thrown({ name: "Error", message: "x", code: "57P01", severity: "FATAL", cause: own })).kind,
    ).toBe("cancelled");
    expect(
      preset(thrown({ name: "AxiosError", message: "x", status: 503, response: { status: 503, data: own } })),
    ).toBeUndefined();
  });

  it("survives whatever is thrown", () => {
    const fail = (): never => {
      throw new Error("trap");
    };
    const traps = new Proxy({}, { get: fail, has: fail, ownKeys: fail });
    for (const error of [traps, null, 42, "x", Symbol("s"), Object.create(null)])
      expect(() => preset({ error })).not.toThrow();
    expect(() => preset({ result: traps, response: traps as never })).not.toThrow();
  });

  it("fits the policy's `classify`", () => {
    const asOption: Classifier = preset;
    expect(asOption({ result: { rows: [] } })).toBeUndefined();
  });
});

describe("a SQLSTATE", () => {
  const state = (code: string, more: object = {}): OutcomeKind | undefined =>
    kindOf(postgresClassifier, { name: "error", message: "", code, severity: "ERROR", ...more });

  it("that is not listed is read by its class", () => {
    expect([state("08999"), state("22999"), state("40999"), state("53999"), state("58999"), state("XX999")]).toEqual([
      "network",
      "caller-error",
      "caller-error",
      "overloaded",
      "server-error",
      "server-error",
    ]);
  });

  it("of a class that nobody knows is the application's, unless it ended the session", () => {
    expect(state("ZZ001")).toBe("caller-error");
    expect(state("ZZ001", { severity: "FATAL" })).toBe("server-error");
    expect(state("ZZ001", { severity: undefined })).toBeUndefined();
  });
});

describe("a plain HTTP answer", () => {
  const answer = (status: number, headers: Record<string, string> = {}, body = ""): Outcome | undefined =>
    httpClassifier({ result: new Response(status === 204 || status === 304 ? null : body, { status, headers }) });

  it.each([
    [200, "success"],
    [204, "success"],
    [304, "success"],
    [400, "caller-error"],
    [401, "auth"],
    [402, "quota-exhausted"],
    [403, "caller-error"],
    [404, "success"],
    [405, "caller-error"],
    [408, "timeout"],
    [409, "success"],
    [410, "success"],
    [412, "success"],
    [413, "caller-error"],
    [422, "caller-error"],
    [424, "caller-error"],
    [429, "rate-limited"],
    [500, "server-error"],
    [501, "caller-error"],
    [502, "server-error"],
    [503, "overloaded"],
    [504, "timeout"],
    [507, "server-error"],
    [511, "network"],
    [522, "timeout"],
    [530, "server-error"],
  ] as const)("%i is %s, as a Response and as the error of axios, got and ofetch", (status, kind) => {
    expect(answer(status)?.kind).toBe(kind);
    if (status < 300) return;
    for (const shape of [
      { name: "AxiosError", code: "ERR_BAD_RESPONSE", status, response: { status, headers: {} } },
      { name: "HTTPError", code: "ERR_NON_2XX_3XX_RESPONSE", response: { statusCode: status, headers: {} } },
      { name: "FetchError", statusCode: status, response: { headers: {} } },
    ])
      expect(kindOf(httpClassifier, { message: "x", ...shape })).toBe(kind);
  });

  it("is what its status says, whatever its body says", () => {
    for (const body of ['{"error":"none"}', "<html>status</html>", '{"code":500,"message":"of something else"}'])
      expect(httpClassifier({ response: { status: 200, headers: {}, body } })?.kind).toBe("success");
  });

  it("holds for as long as its headers ask", () => {
    expect(answer(429, { "retry-after": "20" })).toMatchObject({ track: "hold", retryAfterMs: 20_000 });
    expect(answer(429, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "7" })).toMatchObject({
      retryAfterMs: 7000,
    });
    expect(answer(503, { "retry-after": "5", "x-ratelimit-reset": "7" })).toMatchObject({ retryAfterMs: 5000 });
    expect(answer(404, { "retry-after": "5" })).toMatchObject({ retryAfterMs: null });
    const date = { "retry-after": "Tue, 24 Nov 2026 10:00:30 GMT" };
    const error = buildError({ name: "AxiosError", message: "x", response: { status: 503, headers: date } });
    expect(httpClassifier({ error, nowMs: Date.UTC(2026, 10, 24, 10) })).toMatchObject({ retryAfterMs: 30_000 });
  });

  it("that broke off after a 200 is left to the built-in rules", () => {
    const error = buildError({ name: "TypeError", message: "terminated", status: 200 });
    expect(decided(httpClassifier, { error, response: { status: 200, headers: {} } }).kind).toBe("stream-error");
  });
});

describe("a RetryInfo", () => {
  it("is found among other details, and bytes that are no message are none", () => {
    const row = driverErrors("grpc").find(({ retryAfterMs }) => retryAfterMs === 3500);
    const trailer = row?.trailers?.["grpc-status-details-bin"] as { base64: string };
    const bytes = Buffer.from(trailer.base64, "base64");
    expect(retryInfoMs(bytes)).toBe(3500);
    for (let length = 0; length < bytes.length; length++) {
      const cut = retryInfoMs(bytes.subarray(0, length));
      expect(cut === null || cut <= 3500).toBe(true);
    }
    for (let seed = 1; seed < 2000; seed++)
      expect(() =>
        retryInfoMs(Uint8Array.from({ length: seed % 40 }, (_, i) => (seed * 7919 + i * 104_729) % 256)),
      ).not.toThrow();
  });
});
