/** The catalogues of faults: shown by files that are there, and only where the tests of a run showed them. */
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CATALOGUES, filesOf } from "../support/faults/catalogue.ts";
import { isShown, rowsThatCount, shownLines } from "../support/faults/result.ts";
import type { FaultRecord } from "../support/faults/rows.ts";

const at = (path: string): URL => new URL(`../../${path}`, import.meta.url);

describe("The catalogues of faults", () => {
  test("name files that are there", () => {
    expect(filesOf(CATALOGUES).filter((file) => !existsSync(at(file)))).toEqual([]);
  });
});

describe("A line is shown", () => {
  const catalogue = [
    { heading: "H", required: "", lines: [{ fault: "hung", proofs: [["a.test.ts", "is hung"] as const] }] },
  ];
  const run = (name: string, status: string) => ({ file: "a.test.ts", name, status });

  test.each([
    ["by a test that passed", [run("when it is hung", "passed")], true],
    ["by none that failed, whatever else passed", [run("is hung", "passed"), run("is hung twice", "failed")], false],
    ["by none that did not run", [run("is hung", "skipped")], false],
    ["by none that is of something else", [run("is full", "passed")], false],
  ])("%s", (_what, runs, is) => {
    expect(shownLines(catalogue, runs).map(isShown)).toEqual([is]);
  });

  test("by the last row of a test that passed, and by no row of one that failed", () => {
    const row = (name: string, tookMs: number): FaultRecord => ({
      ...{ table: "bound", fault: "f", what: "w", boundMs: 9, file: "a.test.ts" },
      ...{ test: name, tookMs },
    });
    const runs = [run("A one", "passed"), run("A two", "failed")];
    const rows = [row("A > one", 1), row("A > one", 2), row("A > two", 3)];
    expect(rowsThatCount(rows, runs).map((one) => "tookMs" in one && one.tookMs)).toEqual([2]);
  });
});
