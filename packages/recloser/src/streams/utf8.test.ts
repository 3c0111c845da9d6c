import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Utf8 } from "./utf8.ts";

const END = new TextEncoder().encode("\n");

function cutAndDecoded(bytes: Uint8Array, sizes: readonly number[], utf8: Utf8): string {
  let text = "";
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    text += utf8.push(bytes.subarray(at, at + size));
    at += size;
  }
  // What has not become a character by then never does.
  return text + utf8.push(END);
}

const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });

describe("Text that comes in pieces", () => {
  test("is decoded as it would be whole, wherever it was cut", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), sizes, (text, cuts) => {
        const bytes = new TextEncoder().encode(text);
        expect(cutAndDecoded(bytes, cuts, new Utf8())).toBe(`${new TextDecoder().decode(bytes)}\n`);
      }),
    );
  });

  test("is decoded as it would be whole, also where it is no UTF-8", () => {
    const byte = fc.oneof(
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom(0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0xef, 0xbb, 0xbf),
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 40 }), sizes, (given, cuts) => {
        const bytes = Uint8Array.from(given);
        expect(cutAndDecoded(bytes, cuts, new Utf8())).toBe(`${new TextDecoder().decode(bytes)}\n`);
      }),
      { numRuns: 2_000 },
    );
  });

  test("keeps no view of what it was given", () => {
    const utf8 = new Utf8();
    const piece = Uint8Array.of(0xe2, 0x82);
    expect(utf8.push(piece)).toBe("");
    piece.fill(0);
    expect(utf8.push(Uint8Array.of(0xac))).toBe("€");
  });
});
