import { expect, test } from "vitest";
import { prettyLine } from "./pretty.ts";
import { shownText } from "./shown.ts";

test("what a terminal obeys is shown, not done", () => {
  expect(shownText("a\u001b[31mb\r\n\u0000\u009b\u202e\u2028é模")).toBe(
    "a\\u001b[31mb\\u000d\\u000a\\u0000\\u009b\\u202e\\u2028é模",
  );
});

test("a long text is cut", () => expect(shownText("x".repeat(1_000))).toHaveLength(201));

test("a line for people has the time, how grave it is, what happened and the facts that are there", () => {
  const fields = {
    level: "warn",
    time: "2026-11-25T14:03:02.137Z",
    event: "hold",
    key: "a b",
    left: null,
    msg: "held\u001b[2J",
  };
  const line = `${JSON.stringify(fields)}\n`;
  expect(prettyLine(line, false)).toBe("14:03:02.137 warn  held\\u001b[2J key=a b\n");
  expect(prettyLine(line, true)).toContain("\u001b[33mwarn");
  expect(prettyLine("no JSON\n", true)).toBe("no JSON\n");
});
