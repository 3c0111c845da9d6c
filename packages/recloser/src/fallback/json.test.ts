import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lostInJson, stableJson } from "./json.ts";

describe("the JSON of a key", () => {
  it("is one text for equal values, in whatever order their fields came", () => {
    expect(stableJson({ b: [1, { d: 1, c: 2 }], a: "x" })).toBe(stableJson({ a: "x", b: [1, { c: 2, d: 1 }] }));
    expect(stableJson({ a: 1, b: undefined })).toBe(stableJson({ a: 1 }));
  });

  it("differs for different values", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(stableJson(a) === stableJson(b)).toBe(JSON.stringify(a) === JSON.stringify(b) || same(a, b));
      }),
    );
  });

  it("is refused for what JSON has no word for", () => {
    expect(() => stableJson({ at: new Date(0) })).toThrow("value.at: expected what JSON can hold; found a Date");
  });
});

function same(a: unknown, b: unknown): boolean {
  try {
    expect(JSON.parse(JSON.stringify(a))).toEqual(JSON.parse(JSON.stringify(b)));
    return true;
  } catch {
    return false;
  }
}

class Money {
  readonly cents: number = 1;
}

describe("what JSON would lose", () => {
  const ring: { self?: unknown } = {};
  ring.self = ring;
  it.each<[unknown, string]>([
    [undefined, "value: expected what JSON can hold; found undefined"],
    [{ a: [1, () => 1] }, "value.a[1]: expected what JSON can hold; found a function"],
    [{ n: 1n }, "value.n: expected what JSON can hold; found a bigint"],
    [{ n: Number.NaN }, "value.n: expected what JSON can hold; found NaN or an infinite number"],
    [{ m: new Map() }, "value.m: expected what JSON can hold; found a Map"],
    [new Money(), "value: expected what JSON can hold; found a Money"],
    [{ toJSON: () => 1 }, "value: expected what JSON can hold; found an object with toJSON"],
    [ring, "value.self: expected what JSON can hold; found an object that holds itself"],
    [[undefined], "value[0]: expected what JSON can hold; found undefined"],
  ])("of %o is said with its place", (value, says) => {
    expect(lostInJson(value)).toBe(says);
  });

  it("is nothing of what came from JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(lostInJson(value)).toBe(null);
      }),
    );
    expect(lostInJson({ usage: undefined, id: "x" })).toBe(null);
  });

  it("never says a value of it", () => {
    expect(lostInJson({ secret: "hunter2", at: new Date() })).not.toContain("hunter2");
  });
});
