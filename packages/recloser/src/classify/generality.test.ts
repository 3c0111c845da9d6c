/**
 * The rules must hold for a case that was never recorded: every recorded case is told again with other ids, models,
 * numbers, header case and field order, and must come out the same.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allOutcomeCases, buildError, inputOf, type OutcomeCase } from "../../../../tests/support/outcome-corpus.ts";
import { classify, type ClassifyInput } from "./index.ts";

const cases = allOutcomeCases();

function expectSame(c: OutcomeCase, input: ClassifyInput): void {
  const { kind, track, scope, retryAfterMs } = c.expect;
  expect({ id: c.id, ...classify(input) }).toEqual({ id: c.id, kind, track, scope, retryAfterMs });
}

function mapJson(text: string, change: (key: string, value: unknown) => unknown): string {
  const one = (json: string): string => {
    try {
      return JSON.stringify(
        JSON.parse(json, function (key, value: unknown) {
          return change(key, value);
        }),
      );
    } catch {
      return json;
    }
  };
  if (!text.includes("data:")) return text.split("\n").map(one).join("\n");
  return text
    .split("\n")
    .map((line) => (line.startsWith("data: ") ? `data: ${one(line.slice(6))}` : one(line)))
    .join("\n");
}

const ID_KEYS = new Set(["id", "request_id", "model", "created", "system_fingerprint", "param"]);

const mutations: readonly (readonly [string, (input: ClassifyInput, salt: string) => ClassifyInput])[] = [
  [
    "other ids and models",
    (input, salt) =>
      mapBodies(input, (text) =>
        mapJson(text, (key, value) =>
          ID_KEYS.has(key) && typeof value === "string" && value !== "" ? `${value}-${salt}` : value,
        ),
      ),
  ],
  [
    "fields nobody knows",
    (input, salt) =>
      mapBodies(input, (text) =>
        mapJson(text, (_key, value) => (isRecord(value) ? { ...value, [`x_${salt}`]: salt } : value)),
      ),
  ],
  [
    "fields in reverse order",
    (input) =>
      mapBodies(input, (text) =>
        mapJson(text, (_key, value) =>
          isRecord(value) ? Object.fromEntries(Object.entries(value).toReversed()) : value,
        ),
      ),
  ],
  [
    "words around the message",
    (input, salt) =>
      mapBodies(input, (text) =>
        mapJson(text, (key, value) =>
          key === "message" && typeof value === "string" && !value.startsWith("model: ")
            ? `[${salt}] ${value} (ref ${salt})`
            : value,
        ),
      ),
  ],
  [
    "a request id in the headers, names in upper case",
    (input, salt) =>
      mapHeaders(input, (headers) => ({
        "X-Request-Id": salt,
        ...Object.fromEntries(Object.entries(headers).map(([k, v]) => [k.toUpperCase(), v])),
      })),
  ],
  [
    "headers as Headers",
    (input) =>
      mapHeaders(input, (headers) =>
        Object.keys(headers).some((name) => name.startsWith(":")) ? headers : new Headers(headers),
      ),
  ],
];

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mapBodies(input: ClassifyInput, change: (text: string) => string): ClassifyInput {
  const { response, stream } = input;
  const body = response?.body;
  return {
    ...input,
    stream: stream === undefined ? undefined : change(stream),
    response:
      response === undefined ? undefined : { ...response, body: typeof body === "string" ? change(body) : body },
  };
}

function mapHeaders(
  input: ClassifyInput,
  change: (headers: Record<string, string>) => Headers | Record<string, string>,
): ClassifyInput {
  const { response } = input;
  if (response?.headers === undefined) return input;
  return { ...input, response: { ...response, headers: change(response.headers as Record<string, string>) } };
}

describe("a recorded case told again", () => {
  it.each(mutations)("with %s comes out the same", (_name, mutate) => {
    fc.assert(
      fc.property(fc.constantFrom(...cases), fc.stringMatching(/^[a-z]{4,10}$/), (c, salt) => {
        // A salt that happens to be one of the words the rules know would not be irrelevant wording.
        fc.pre(!/high|busy|load|model|retry|quota|limit|filter|region|client|caller|user/.test(salt));
        expectSame(c, mutate(inputOf(c), salt));
      }),
      { numRuns: 3000 },
    );
  });

  it("with its body already parsed comes out the same", () => {
    for (const c of cases) {
      const input = inputOf(c);
      const { response } = input;
      if (typeof response?.body !== "string" || !/^\s*[{[]/.test(response.body)) continue;
      expectSame(c, { ...input, response: { ...response, body: JSON.parse(response.body) as object } });
    }
  });

  it("with its body encoded twice comes out the same", () => {
    for (const c of cases) {
      const input = inputOf(c);
      const { response } = input;
      if (
        c.surface !== "http" ||
        typeof response?.body !== "string" ||
        !response.body.startsWith("{") ||
        (c.status ?? 0) < 400
      )
        continue;
      expectSame(c, { ...input, response: { ...response, body: JSON.stringify(response.body) } });
    }
  });

  it("with its error as a plain object, its class only named, comes out the same", () => {
    for (const c of cases) {
      if (c.error === undefined) continue;
      expectSame(c, { ...inputOf(c), error: c.error });
    }
  });

  it("with its error wrapped once more comes out the same", () => {
    for (const c of cases) {
      if (c.error === undefined || c.expect.kind === "unknown") continue;
      expectSame(c, { ...inputOf(c), error: Object.assign(new Error("step failed"), { cause: buildError(c.error) }) });
    }
  });

  it("with CRLF line ends and keep-alive comments in its stream comes out the same", () => {
    for (const c of cases) {
      if (c.surface !== "stream" || c.body === undefined || !c.body.includes("data:")) continue;
      expectSame(c, { ...inputOf(c), stream: `: keep-alive\n\n${c.body}`.replaceAll("\n", "\r\n") });
    }
  });

  it("with its stream where a response's body is comes out the same", () => {
    for (const c of cases) {
      if (c.surface !== "stream") continue;
      const { stream, response, ...rest } = inputOf(c);
      expectSame(c, { ...rest, response: { status: 200, ...response, body: stream } });
    }
  });
});
