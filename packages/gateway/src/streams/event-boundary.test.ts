import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventBoundary, eventsIn } from "./event-boundary.ts";

describe("The boundary of events", () => {
  test.each(["\n", "\r\n"])("holds back what is not yet a whole event (line end %j)", (eol) => {
    const events = new EventBoundary();
    const text = (part: string): string => events.push(Buffer.from(part)).toString();
    expect(text(`data: 1${eol}${eol}data: 2${eol}`)).toBe(`data: 1${eol}${eol}`);
    expect(text(`data: 2b`)).toBe("");
    expect(text(`${eol}${eol}`)).toBe(`data: 2${eol}data: 2b${eol}${eol}`);
    expect(text(`data: 3${eol}${eol}`)).toBe(`data: 3${eol}${eol}`);
    expect(text("data: 4")).toBe("");
    expect(events.rest().toString()).toBe("data: 4");
  });

  test("loses and changes no byte, however they were cut", () => {
    const pieces = fc.array(fc.constantFrom("data: a", "\n", "\r\n", "\n\n", ": x", "\r\n\r\n"), { maxLength: 30 });
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 9 }), (parts, size) => {
        const all = Buffer.from(parts.join(""));
        const events = new EventBoundary();
        const out: Buffer[] = [];
        for (let at = 0; at < all.length; at += size) out.push(events.push(all.subarray(at, at + size)));
        expect(Buffer.concat([...out, events.rest()]).toString()).toBe(all.toString());
        for (const piece of out) expect(piece.toString()).toMatch(/^$|\n\r?\n$/);
      }),
    );
  });

  test("an event that grows without end is passed on all the same", () => {
    const events = new EventBoundary();
    expect(events.push(Buffer.alloc(300_000, "a")).length).toBe(300_000);
  });
});

test("Events are counted by the blank lines that end them", () => {
  expect(eventsIn(Buffer.from("data: 1\n\ndata: 2\r\n\r\ndata: 3\n"))).toBe(2);
});
