import { expect, test } from "vitest";
import { looksOf } from "./shell.ts";

function looks(isTTY: boolean, env: Record<string, string> = {}): ReturnType<typeof looksOf> {
  return looksOf({ stdout: { isTTY } as NodeJS.WriteStream, env: { TERM: "xterm-256color", ...env } });
}

test("a terminal is redrawn, in colours", () => expect(looks(true)).toEqual({ live: true, colour: true }));

test("a pipe gets plain lines", () => expect(looks(false)).toEqual({ live: false, colour: false }));

test("TERM=dumb gets plain lines", () => expect(looks(true, { TERM: "dumb" })).toEqual({ live: false, colour: false }));

test("CI gets lines, CI=false does not", () => {
  expect(looks(true, { CI: "true" }).live).toBe(false);
  expect(looks(true, { CI: "false" }).live).toBe(true);
});

test("NO_COLOR takes the colours and leaves the rest; empty, it says nothing", () => {
  expect(looks(true, { NO_COLOR: "1" })).toEqual({ live: true, colour: false });
  expect(looks(true, { NO_COLOR: "" }).colour).toBe(true);
});
