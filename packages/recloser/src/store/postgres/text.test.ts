import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonOf, keptName, nameOf } from "./text.ts";

describe("A name in PostgreSQL", () => {
  test("is the same again when it is read", () => {
    const name = fc.string({ unit: fc.constantFrom("\0", "\\", "0", "a", "ü", "😀", "|", "\n") });
    fc.assert(
      fc.property(name, (text) => {
        expect(nameOf(keptName(text))).toBe(text);
        expect(keptName(text)).not.toContain("\0");
      }),
    );
  });

  test("stays another than any other name", () => {
    const name = fc.string({ unit: fc.constantFrom("\0", "\\", "0"), maxLength: 5 });
    fc.assert(
      fc.property(name, name, (one, other) => {
        expect(keptName(one) === keptName(other)).toBe(one === other);
      }),
    );
  });

  test("has no half of a pair, which no encoding can write", () => {
    expect(keptName("a\uD83D")).toBe("a\uFFFD");
    expect(keptName("\uDE00b\\")).toBe("\uFFFDb\\\\");
    expect(keptName("😀")).toBe("😀");
  });
});

describe("JSON for PostgreSQL", () => {
  test("says anything as it is, but NUL and halves of pairs", () => {
    const reason = "a\0b \uD83D \\u0000 😀";
    expect(JSON.parse(jsonOf({ reason, n: [1, null] }))).toEqual({
      reason: "a\uFFFDb \uFFFD \\u0000 😀",
      n: [1, null],
    });
  });
});
