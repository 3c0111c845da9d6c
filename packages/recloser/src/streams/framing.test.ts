/** However the text comes, the same documents come out; and what waits is bounded. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Framing, Lines, MOST_FRAME_CHARS } from "./framing.ts";
import { JsonArray } from "./json-array.ts";
import { JsonLines } from "./ndjson.ts";
import { ServerSentEvents } from "./sse.ts";

const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 8 });
const documents = fc.array(
  fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify({ value, text: '"}]\\{[' })),
  {
    minLength: 1,
    maxLength: 5,
  },
);

function pieces(text: string, at: readonly number[]): string[] {
  const ends = [...new Set(at)].filter((end) => end < text.length).toSorted((a, b) => a - b);
  return [...ends, text.length].map((end, index) => text.slice(ends[index - 1] ?? 0, end));
}

function read(framing: Framing, parts: readonly string[]): string[] {
  return [...parts.flatMap((part) => framing.push(part)), ...framing.rest()];
}

test("lines end with CR, LF or CRLF, wherever the text was cut", () => {
  const line = fc.stringMatching(/^[a-z :{}]{0,12}$/);
  const end = fc.constantFrom("\n", "\r", "\r\n");
  fc.assert(
    fc.property(fc.array(fc.tuple(line, end), { maxLength: 8 }), line, cuts, (ended, last, at) => {
      const text = ended.map((pair) => pair.join("")).join("") + last;
      const lines = new Lines();
      const got = pieces(text, at).flatMap((piece) => lines.push(piece));
      expect([...got, lines.rest()]).toEqual(text.split(/\r\n|\r|\n/));
    }),
  );
});

test("lines of one long text are found in one pass over it", () => {
  const text = "data: {}\n\n".repeat(400_000);
  const before = performance.now();
  expect(new Lines().push(text)).toHaveLength(800_000);
  // 0.2 s; searched to its end at each line it would be 15.
  expect(performance.now() - before).toBeLessThan(5_000);
});

describe("The same documents come out, wherever the text was cut,", () => {
  test.each<[string, () => Framing, (documents: readonly string[]) => string]>([
    [
      "of events",
      () => new ServerSentEvents(),
      (all) => all.map((one, n) => `: a comment\nevent: e\nid: ${n}\ndata: ${one}\n\n`).join("\r\n"),
    ],
    [
      "of events without spaces and with CRLF",
      () => new ServerSentEvents(),
      (all) => all.map((one) => `data:${one}\r\n\r\n`).join(""),
    ],
    ["of lines", () => new JsonLines(), (all) => `${all.join("\n")}\n`],
    ["of lines without the last end", () => new JsonLines(), (all) => all.join("\r\n\r\n")],
    ["of an array", () => new JsonArray(), (all) => `[${all.join(",\r\n")}\n]`],
  ])("%s", (_name, make, write) => {
    fc.assert(
      fc.property(documents, cuts, (all, at) => {
        expect(read(make(), pieces(write(all), at))).toEqual(all);
      }),
    );
  });
});

test("the data of one event may stand on several lines", () => {
  expect(read(new ServerSentEvents(), ['data: {"a":\ndata: 1}\n\n'])).toEqual(['{"a":\n1}']);
});

test("so may such JSON, and a document that begins anew ends one that never will be whole", () => {
  const printed = JSON.stringify({ error: { code: 503, status: "UNAVAILABLE", details: [{ a: [1] }] } }, null, 2);
  fc.assert(
    fc.property(cuts, (at) => {
      expect(read(new ServerSentEvents(), pieces(`data: {"a":1}\n\n${printed}\n`, at))).toEqual(['{"a":1}', printed]);
    }),
  );
  expect(read(new ServerSentEvents(), ['{"a":\n{"b":2}\n{"c":'])).toEqual(['{"a":', '{"b":2}', '{"c":']);
});

test("JSON that a server writes beside its events is a document too", () => {
  expect(read(new ServerSentEvents(), ['data: {"a":1}\n\n{"error":{"code":503}}'])).toEqual([
    '{"a":1}',
    '{"error":{"code":503}}',
  ]);
});

describe("A document that is too long", () => {
  const long = "x".repeat(MOST_FRAME_CHARS);
  test.each<[string, () => Framing, (one: string) => string]>([
    ["event", () => new ServerSentEvents(), (one) => `data: ${one}\n\n`],
    [
      "event of many lines",
      () => new ServerSentEvents(),
      (one) => `data: ${one.replaceAll("x".repeat(1_000), `${"x".repeat(1_000)}\ndata: `)}\n\n`,
    ],
    ["line", () => new JsonLines(), (one) => `${one}\n`],
    ["element", () => new JsonArray(), (one) => `${one},`],
  ])("as an %s is passed over, and the next one is read again", (_name, make, write) => {
    const framing = make();
    expect(framing.push(write('{"a":1}'))).toEqual(['{"a":1}']);
    expect(framing.passedOver).toBe(false);
    const text = write(`{"picture":"${long}"}`);
    const got: string[] = [];
    for (let at = 0; at < text.length; at += 65_536) got.push(...framing.push(text.slice(at, at + 65_536)));
    expect(got).toEqual([]);
    expect(framing.passedOver).toBe(true);
    expect(framing.push(write('{"b":2}'))).toEqual(['{"b":2}']);
  });
});
