import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { portableSha256, sha256 } from "./sha256.ts";

const LENGTHS = [0, 1, 55, 56, 63, 64, 65, 119, 120, 1_000];
const TEXTS = [...LENGTHS.map((length) => "a".repeat(length)), "grüße 👋", '{"q":"x"}'];

describe("a key's digest", () => {
  it.each(TEXTS)("of %j is SHA-256, with and without node:crypto", (text) => {
    const expected = createHash("sha256").update(text).digest("hex");
    expect([sha256(text), portableSha256(text)]).toEqual([expected, expected]);
  });
});
