import { describe, expect, test } from "vitest";
import type { ConfigIssue } from "./issue.ts";
import { LARGEST_FILE, readSource, type Source } from "./read-source.ts";

function read(file: string, text: string | Uint8Array): Source | readonly ConfigIssue[] {
  return readSource(file, typeof text === "string" ? Buffer.from(text) : text);
}

/** Where, and what was expected. */
function faults(file: string, text: string | Uint8Array): [string, string][] {
  const source = read(file, text);
  const issues = "placeOf" in source ? source.issues : source;
  return issues.map(({ place, expected }) => [place?.kind === "file" ? `${place.line}:${place.column}` : "", expected]);
}

function valueOf(file: string, text: string): unknown {
  const source = read(file, text);
  expect(source).toHaveProperty("placeOf");
  return (source as Source).value;
}

describe("YAML", () => {
  test("is YAML 1.2: words of older versions are texts", () => {
    expect(valueOf("a.yaml", "a: yes\nb: on\nc: 010\nd: 0o10\ne: 2001-01-01\nf: ~\ng: 1e3")).toEqual({
      a: "yes",
      b: "on",
      c: 10,
      d: 8,
      e: "2001-01-01",
      f: null,
      g: 1_000,
    });
  });

  test.each(["", "# nothing but a comment\n", "---\n"])("a file with nothing in it (%j) is an empty object", (text) => {
    expect(valueOf("a.yaml", text)).toEqual({});
  });

  test("an alias stands for its anchor, of the same name the last one before it", () => {
    expect(valueOf("a.yaml", "a: &x [1]\nb: *x\nc: &x [2]\nd: *x")).toEqual({ a: [1], b: [1], c: [2], d: [2] });
  });

  test.each([
    ["a: 1\nb: 2\na: 3", "3:1", "each name once"],
    ["a: &x [*x]", "1:8", "an alias of an anchor that stands before it"],
    ["a: *none", "1:4", "an alias of an anchor that stands before it"],
    ["a: &x { b: 1 }\nc: { <<: *x }", "2:6", "no merge key"],
    ["? [a]\n: 1", "1:3", "a name"],
    ["a: !!binary aGk=", "1:4", "no tag"],
    ["a: !mine x", "1:4", "no tag"],
    ["a: 1\n---\nb: 2", "2:1", "one document"],
    ["a:\n\t- 1", "2:1", "spaces as indentation"],
    ["a: 'b", "1:6", "the end of a text"],
    ["a: [1, 2", "1:9", "the end of a list or an object that was opened"],
    ["a: @b", "1:4", "a text in quotation marks"],
    ["__proto__: 1", "1:1", "another name"],
    ["a: { constructor: { prototype: 1 } }", "1:6", "another name"],
    ['"__pro\\u0074o__": { polluted: 1 }', "1:1", "another name"],
  ])("%j is told at %s", (text, place, expected) => {
    const [first] = faults("a.yaml", text);
    expect(first?.[0]).toBe(place);
    expect(first?.[1]).toContain(expected);
  });

  test("nine lines that stand for a billion values end early", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
    for (let level = 1; level < 10; level++)
      lines.push(`a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(", ")}]`);
    expect(faults("a.yaml", lines.join("\n"))).toEqual([
      [expect.any(String), expect.stringContaining("at most 20000 values")],
    ]);
  });

  test.each([
    ["brackets", `a: ${"[".repeat(60_000)}`],
    ["closed brackets", `a: ${"[".repeat(40_000)}${"]".repeat(40_000)}`],
    ["dashes", `${"- ".repeat(60_000)}x`],
    ["question marks", `${"? ".repeat(60_000)}x`],
    ["indentation", Array.from({ length: 300 }, (_, at) => `${" ".repeat(at)}a:`).join("\n")],
    ["braces", "{a: ".repeat(40_000)],
  ])("%s without end are refused before they are followed", (_, text) => {
    expect(faults("a.yaml", text)).toEqual([[expect.any(String), "at most 32 levels"]]);
  });

  test("32 levels are read, 33 are not", () => {
    const nested = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;
    expect(faults("a.yaml", `a: ${nested(31)}`)).toEqual([]);
    expect(faults("a.yaml", `a: ${nested(33)}`)).toEqual([[expect.any(String), "at most 32 levels"]]);
  });
});

describe("JSON", () => {
  test.each([
    ['{ "a": 1, }', "1:11", 'a name in quotation marks, such as "targets"'],
    ['{ "a": 1 // b\n}', "1:10", "no comment in a .json file (.jsonc and .yaml may have some)"],
    ['{ "a": 1, "a": 2 }', "1:11", "each name once"],
    ['{ "a": 01 }', "1:9", "a comma between values"],
    ["{ a: 1 }", "1:3", "JSON"],
    ["", "1:1", "a value"],
    ['{ "a": 1 } x', "1:12", "JSON"],
    ['{ "__proto__": 1 }', "1:3", "another name"],
    ['{ "\\u005f_proto__": 1 }', "1:3", "another name"],
  ])("%j is told at %s", (text, place, expected) => {
    expect(faults("a.json", text)[0]).toEqual([place, expected]);
  });

  test(".jsonc has comments and commas at the end", () => {
    expect(valueOf("a.jsonc", '{ /* x */ "a": [1, 2,], // y\n}')).toEqual({ a: [1, 2] });
  });

  test("brackets without end are refused before they are followed", () => {
    expect(faults("a.json", "[".repeat(100_000))).toEqual([["1:33", "at most 32 levels"]]);
  });

  test("a name that objects have is no field of the result", () => {
    const source = read("a.json", '{ "a": { "toString": 1 } }') as Source;
    expect(Object.keys((source.value as { a: object }).a)).toEqual(["toString"]);
  });
});

describe("the file itself", () => {
  test.each(["recloser", "recloser.toml", "recloser.js"])("%s is nothing that is read", (name) => {
    expect(faults(name, "a: 1")).toEqual([["1:1", "a file that ends in .yaml, .yml, .json or .jsonc"]]);
  });

  test("is UTF-8, with a byte order mark or without", () => {
    expect(faults("a.yaml", Uint8Array.of(0x61, 0x3a, 0x20, 0xff))).toEqual([["1:1", "UTF-8"]]);
    expect(valueOf("a.yaml", "\uFEFFa: ü")).toEqual({ a: "ü" });
    expect(valueOf("a.json", '\uFEFF{"a": "ü"}')).toEqual({ a: "ü" });
  });

  test("is not large", () => {
    expect(faults("a.yaml", "#".repeat(LARGEST_FILE))).toEqual([]);
    expect(faults("a.yaml", "#".repeat(LARGEST_FILE + 1))[0]?.[1]).toMatch(/^a file of at most \d+ bytes$/);
  });
});
