/** Whatever comes in, an outcome comes out, soon, and nothing of the caller's is touched. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { outcomeOf, type Outcome } from "../outcome.ts";
import { classify, type ClassifyInput } from "./index.ts";

function expectOutcome(outcome: Outcome): void {
  expect(Object.keys(outcome).toSorted()).toEqual(["kind", "retryAfterMs", "scope", "track"]);
  expect(outcome.retryAfterMs === null || outcome.retryAfterMs > 0).toBe(true);
}

const weird = (input: unknown): Outcome => classify(input as ClassifyInput);

function throwingProxy(): object {
  const fail = (): never => {
    throw new Error("trap");
  };
  return new Proxy({}, { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail });
}

/** Every property is another object, without end. */
function endlessProxy(): object {
  return new Proxy({}, { get: (_target, key) => (typeof key === "string" ? endlessProxy() : undefined) });
}

function cyclic(): Error {
  const error = new Error("a");
  const other = Object.assign(new Error("b"), { cause: error, errors: [error], error, lastError: error });
  return Object.assign(error, { cause: other, body: other, data: { error: other } });
}

describe("classify", () => {
  it("gives an outcome for any input at all", () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true }), (x) =>
        expectOutcome(weird(x)),
      ),
      { numRuns: 500 },
    );
  });

  it("gives an outcome for anything in any field", () => {
    const any = fc.anything({ maxDepth: 4 });
    const input = fc.record(
      {
        provider: any,
        response: fc.oneof(any, fc.record({ status: any, headers: any, body: any })),
        stream: any,
        error: any,
        result: any,
        signal: any,
        nowMs: any,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(input, (x) => expectOutcome(weird(x))),
      { numRuns: 1000 },
    );
  });

  it("gives an outcome for any JSON in any body or stream", () => {
    const text = fc.oneof(
      fc.json(),
      fc.string(),
      fc.json().map((json) => `data: ${json}\n\n`),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 700 }), text, (status, body) => {
        expectOutcome(classify({ response: { status, body } }));
        expectOutcome(classify({ response: { status }, stream: body }));
        expectOutcome(classify({ error: body }));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["a Proxy that throws at every touch", throwingProxy],
    ["a Proxy that nests without end", endlessProxy],
    ["a cycle of causes", cyclic],
    [
      "a revoked Proxy",
      () => {
        const { proxy, revoke } = Proxy.revocable([], {});
        revoke();
        return proxy;
      },
    ],
    [
      "a getter that throws",
      () => ({
        get message() {
          throw new Error("no");
        },
        get code() {
          throw new Error("no");
        },
      }),
    ],
    ["a symbol", () => Symbol("s")],
    ["a function", () => () => {}],
  ] as const)("survives %s", (_name, make) => {
    expectOutcome(weird(make()));
    expectOutcome(weird({ error: make() }));
    expectOutcome(weird({ response: make() }));
    expectOutcome(weird({ response: { status: 500, headers: make(), body: make() } }));
    expectOutcome(weird({ error: new Error("x"), signal: make() }));
    expectOutcome(weird({ result: make() }));
  });

  it("looks at ten megabytes for less than a blink", () => {
    const rows = [
      "a".repeat(10_000_000),
      "{".repeat(10_000_000),
      '{"error":"'.repeat(1_000_000),
      "data: {\n".repeat(1_000_000),
      "try again in ".repeat(800_000),
      "1".repeat(10_000_000),
      "\n".repeat(10_000_000),
    ];
    for (const text of rows) {
      const started = process.cpuUsage().user;
      expectOutcome(classify({ response: { status: 429, headers: { "retry-after": text, date: text }, body: text } }));
      expectOutcome(classify({ response: { status: 200 }, stream: text }));
      expectOutcome(classify({ error: new Error(text) }));
      expectOutcome(classify({ error: text }));
      expect((process.cpuUsage().user - started) / 1000).toBeLessThan(1500);
    }
  });

  it("consumes no body and changes nothing it was given", async () => {
    const response = new Response('{"error":{"code":"insufficient_quota"}}', {
      status: 429,
      headers: { "retry-after": "7" },
    });
    expect(classify({ result: response })).toEqual(outcomeOf("rate-limited", { retryAfterMs: 7000 }));
    expect(response.bodyUsed).toBe(false);
    expect(classify({ response: response as never }).kind).toBe("rate-limited");
    expect(await response.text()).toContain("insufficient_quota");
    const error = Object.freeze(Object.assign(new Error("x"), { status: 503, headers: Object.freeze({}) }));
    expect(classify({ error }).kind).toBe("overloaded");
  });
});
