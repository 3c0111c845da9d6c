import { describe, expect, test } from "vitest";
import { filterFor, nameMeant, namesMeant } from "./names.ts";

const WHY = "it never failed";
const NAMES = ["openai:gpt-5", "openai:gpt-5-mini", "openai:gpt-4", "anthropic:claude", "a.b", "\u001B[2J", "日本語"];

describe("A name on the command line", () => {
  test.each([
    ["openai:gpt-5", ["openai:gpt-5"]], // whole, though another begins with it
    ["anth", ["anthropic:claude"]],
    ["openai:gpt-5-", ["openai:gpt-5-mini"]],
    ["openai:*", ["openai:gpt-5", "openai:gpt-5-mini", "openai:gpt-4"]],
    ["*mini", ["openai:gpt-5-mini"]],
    ["*", NAMES],
    ["a.*", ["a.b"]],
    ["\\u{1b}[2J", ["\u001B[2J"]], // as it was shown
    ["日", ["日本語"]],
  ])("%j means %j", (pattern, meant) => expect(namesMeant(pattern, NAMES, WHY)).toEqual(meant));

  test("that fits several is told with them", () => {
    expect(() => namesMeant("openai:", NAMES, WHY)).toThrow(
      '"openai:" is the beginning of 3 breakers: openai:gpt-5, openai:gpt-5-mini, openai:gpt-4\nGive more of the name, or "openai:*" for all of them.',
    );
    expect(() => nameMeant("openai:*", NAMES, WHY)).toThrow('"openai:*" means 3 breakers, where one is to be named');
  });

  test.each([
    ["opnai:gtp-5", "Did you mean openai:gpt-5, "],
    ["opnai", "Did you mean openai:gpt-5, openai:gpt-5-mini, openai:gpt-4?"],
    ["claude", "Did you mean anthropic:claude?"],
    ["OPENAI:GPT-4", "Did you mean openai:gpt-4"],
    ["nothing like it", "There are 7 (recloser status): it never failed"],
  ])("%j is no breaker, and %s", (pattern, hint) => {
    expect(() => namesMeant(pattern, NAMES, WHY)).toThrow(`no breaker "${pattern}"`);
    expect(() => namesMeant(pattern, NAMES, WHY)).toThrow(hint);
    expect(() => namesMeant(pattern, NAMES, WHY)).toThrow(expect.objectContaining({ exitCode: 6 }));
  });

  test("that is followed means those that come later only as a glob", () => {
    const isMeant = filterFor(["anth", "mistral:*"], NAMES, WHY);
    expect(["anthropic:claude", "anthropic:opus", "mistral:large"].filter(isMeant)).toEqual([
      "anthropic:claude",
      "mistral:large",
    ]);
    expect(() => filterFor(["mistral"], NAMES, WHY)).toThrow('no breaker "mistral"');
  });

  test("is repeated without its control characters, and of a store with nothing is said so", () => {
    expect(() => namesMeant("\u001B]0;x\u0007", [], WHY)).toThrow(
      'no breaker "\\u{1b}]0;x\\u{7}"\nThere is none at all: it never failed. ',
    );
  });
});
