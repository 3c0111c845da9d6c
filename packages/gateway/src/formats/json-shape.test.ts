import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { faultIn } from "./json-shape.ts";

const fault = (json: string, mostDepth = 64): string | null => faultIn(Buffer.from(json), mostDepth);

describe("The depth of a JSON text", () => {
  test("counts brackets, and not those in strings", () => {
    const json = '{"a":[[1]],"b":"[[[[\\"[[","c":"\\\\"}';
    expect([fault(json, 3), fault(json, 2)]).toEqual([null, "nests deeper than 2 levels"]);
  });

  test("is what walking the value finds", () => {
    const depth = (value: unknown): number =>
      typeof value !== "object" || value === null ? 0 : 1 + Math.max(0, ...Object.values(value).map(depth));
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const json = JSON.stringify({ value });
        expect(fault(json, depth(value) + 1)).toBeNull();
        expect(fault(json, depth(value))).toContain("nests deeper");
      }),
    );
  });

  test("is known of a million open brackets without reading on", () => {
    expect(fault("[".repeat(1_000_000))).toContain("nests deeper");
  });
});

describe("The members of an object", () => {
  test("are told apart as whoever parses it does, but for their case", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 3 })), (names) => {
        const json = `{${names.map((name) => `${JSON.stringify(name)}:[{"x":1,"x":2},"x"]`).join(" , ")}}`;
        const isTwice = new Set(names.map((name) => name.toLowerCase())).size < names.length;
        expect(fault(json)).toBe(isTwice ? "has a member twice" : null);
      }),
    );
  });

  test("are the same however they are written", () => {
    expect(fault(String.raw`{"a":1,"\u0061":2}`)).toBe("has a member twice");
    expect(fault(String.raw`{"model":1,"\u006dodel":2}`)).toBe("has a member twice");
  });

  test("that decide where a request goes have one spelling", () => {
    expect([fault('{"Model":"m"}'), fault('{"Messages":[]}'), fault('{"x":{"Model":"m"}}')]).toEqual([
      'names the member "model" in another case',
      null,
      null,
    ]);
  });
});

test("The values of a JSON text are counted", () => {
  expect(fault(`[${"0,".repeat(1_000_000)}0]`)).toBeNull();
  expect(fault(`[${"0,".repeat(1_000_001)}0]`)).toBe("holds more than 1000000 values");
});
