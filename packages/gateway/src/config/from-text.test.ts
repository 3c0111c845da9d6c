import { expect, test } from "vitest";
import { fromText } from "./from-text.ts";

test.each(["true", "1", "yes", "on", "TRUE", " Yes "])("a setting that is true or false is true as %j", (text) =>
  expect(fromText(text, ["log", "pretty"])).toBe(true),
);

test.each(["false", "0", "no", "off"])("a setting that is true or false is false as %j", (text) =>
  expect(fromText(text, ["log", "pretty"])).toBe(false),
);

test.each(["y", "2", "", "constructor"])("%j is neither, and stays for the check to refuse", (text) =>
  expect(fromText(text, ["log", "pretty"])).toBe(text),
);

test("where a number may stand, 1 is one, and only false switches it off", () => {
  const path = ["breaker", "failureRate"];
  expect(["1", "0.5", "false", "off"].map((text) => fromText(text, path))).toEqual([1, 0.5, false, "off"]);
});
