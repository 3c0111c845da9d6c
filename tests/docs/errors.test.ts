/** docs/reference/errors.md has every error with exactly its fields, and every process warning. */
import * as recloser from "recloser";
import { describe, expect, it } from "vitest";
import { columnOf, sectionOf, sectionsOf } from "./page.ts";
import { fieldsOfClasses, sourceFiles, wordsOfType } from "./source.ts";

const PAGE = "reference/errors.md";
const HOLD_KINDS = wordsOfType("outcome.ts", "HoldKind");

const classes = new Map([...fieldsOfClasses("errors.ts"), ...fieldsOfClasses("failover-error.ts")]);
const exported = Object.entries(recloser)
  .filter(([, value]) => typeof value === "function" && value.prototype instanceof recloser.RecloserError)
  .map(([name]) => name);
const headings = sectionsOf(PAGE).map(({ heading }) => heading);

function codeOf(name: string): string {
  return (
    classes
      .get(name)
      ?.find((field) => field.name === "code")
      ?.type.replaceAll('"', "") ?? ""
  );
}

describe("the page of errors", () => {
  it("has a section for the code of every exported class and no other", () => {
    const codes = headings.filter((heading) => heading.startsWith("ERR_"));
    expect(codes.toSorted()).toEqual(exported.map(codeOf).toSorted());
    expect(codes.toSorted()).toEqual(wordsOfType("errors.ts", "RecloserErrorCode").toSorted());
  });

  it.each(exported)("names %s in its section, with exactly its fields", (name) => {
    const section = sectionOf(PAGE, codeOf(name));
    const fields = (classes.get(name) ?? [])
      .map((field) => field.name)
      .filter((field) => !["name", "code"].includes(field));
    expect(section.text.trimStart()).toMatch(new RegExp(`^\`${name}\`\\.`));
    expect(fields.length === 0 ? [] : columnOf(section, "Field")).toEqual(fields);
  });

  it("has every reason of a rejection", () => {
    const reasons = columnOf(sectionOf(PAGE, "ERR_CIRCUIT_OPEN"), "reason");
    expect(reasons.toSorted()).toEqual([...wordsOfType("errors.ts", "RejectReason"), ...HOLD_KINDS].toSorted());
  });

  it("has every reason of a shed call", () => {
    const reasons = columnOf(sectionOf(PAGE, "ERR_SHED"), "reason");
    expect(reasons.toSorted()).toEqual(wordsOfType("errors.ts", "ShedReason").toSorted());
  });

  it("has every phase of a deadline", () => {
    const phases = columnOf(sectionOf(PAGE, "ERR_CALL_TIMEOUT"), "phase");
    expect(phases.toSorted()).toEqual(wordsOfType("errors.ts", "TimeoutPhase").toSorted());
  });

  it("has every process warning and no other", () => {
    const codes = sourceFiles().flatMap(({ text }) =>
      [...text.matchAll(/"(RECLOSER_[A-Z_]+)"/g)].map((match) => match[1] ?? ""),
    );
    expect(codes.length).toBeGreaterThan(0);
    expect(headings.filter((heading) => heading.startsWith("RECLOSER_")).toSorted()).toEqual(
      [...new Set(codes)].toSorted(),
    );
  });

  it("knows every call of warnOnce by a code of its own", () => {
    const calls = sourceFiles().flatMap(({ text }) => [...text.matchAll(/(?<!function )warnOnce\(\s*("RECLOSER_)?/g)]);
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.filter((call) => call[1] === undefined)).toEqual([]);
  });
});
