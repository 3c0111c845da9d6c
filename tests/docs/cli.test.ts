import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { EXIT, NAGIOS } from "../../packages/cli/src/exit-code.ts";
import { pageWithHelp } from "../support/cli-help.ts";
import { explanationsModule } from "../support/explanations.ts";

const PAGE = readFileSync(new URL("../../docs/reference/cli.md", import.meta.url), "utf8");

test("the page of the command line says what the commands say: npm run cli:reference", () => {
  expect(PAGE).toBe(pageWithHelp(PAGE));
});

test("explain says what the page of errors says: npm run cli:reference", () => {
  const made = new URL("../../packages/cli/src/explain/explanations.generated.ts", import.meta.url);
  expect(readFileSync(made, "utf8")).toBe(explanationsModule());
});

test("every exit code is on it, and no other", () => {
  const codes = (heading: string): number[] => {
    const section = PAGE.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
    return [...section.matchAll(/^\| (\d+) /gm)].map(([, code]) => Number(code));
  };
  expect(codes("Exit codes")).toEqual(Object.values(EXIT));
  expect(codes("Exit codes of check")).toEqual(Object.values(NAGIOS));
});
