import { describe, expect, test } from "vitest";
import { columnsOf, jsonLine, padded, printable, shortened } from "./printable.ts";

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const RAW = /[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/;

describe("Text of strangers", () => {
  test.each([
    ["openai:gpt-5", "openai:gpt-5"],
    ["größe:日本語 €", "größe:日本語 €"],
    ["\u001B[2J\u001B]0;title\u0007", "\\u{1b}[2J\\u{1b}]0;title\\u{7}"],
    ["a\r\nb\tc", "a\\u{d}\\u{a}b\\u{9}c"],
    ["\u009B31m", "\\u{9b}31m"],
    ["abc\u202Edef\u200B", "abc\\u{202e}def\\u{200b}"],
    ["🔥 hot", "\\u{1f525} hot"],
    ["e\u0301 x\u0301\u0301", "é x\\u{301}\\u{301}"],
    ["C:\\x", "C:\\\\x"],
    ["\uD800", "\\u{d800}"],
  ])("%j is shown as %s", (text, shown) => expect(printable(text)).toBe(shown));

  test("never moves a cursor, never hides, and keeps two names apart", () => {
    // Each kind of character there is, by its number, rather than at random.
    const seen = new Set<string>();
    const wrong: string[] = [];
    let count = 0;
    for (let code = 0; code <= 0x10ffff; code += code < 0x3000 ? 1 : 97) {
      const char = String.fromCodePoint(code).normalize("NFC");
      const text = printable(char);
      if (RAW.test(text) || columnsOf(text) < 1)
        wrong.push(`U+${code.toString(16)} is shown as ${JSON.stringify(text)}`);
      if (String.fromCodePoint(code) !== char) continue;
      seen.add(text);
      count++;
    }
    expect(wrong).toEqual([]);
    expect(seen.size).toBe(count);
    expect(printable("\\u{1b}")).not.toBe(printable("\u001B"));
  });

  test("is measured by columns and cut in the middle", () => {
    expect(columnsOf("日本")).toBe(4);
    expect(shortened("openai:gpt-5-mini", 9)).toBe("open…mini");
    expect(shortened("日本語日本語", 7)).toBe("日本…語");
    expect(shortened("short", 5)).toBe("short");
    expect(padded("日本", 6)).toBe("日本  ");
    const long = printable("日本語 größe \u001B 🔥 openai:gpt-5-mini");
    for (let most = 1; most <= columnsOf(long); most++)
      expect(columnsOf(shortened(long, most))).toBeLessThanOrEqual(most);
  });

  test("as JSON says the same, and reaches no terminal raw", () => {
    let text = "";
    for (let code = 0; code <= 0x3000; code++) text += String.fromCodePoint(code);
    text += "\uFEFF🔥\uD800";
    expect(JSON.parse(jsonLine({ text }))).toEqual({ text });
    expect(RAW.test(jsonLine({ text }))).toBe(false);
  });
});
