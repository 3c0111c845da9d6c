/** From what zod found to what, in our words, was expected and what came. */
import type { core } from "zod";
import { namesAt } from "./json-schema.ts";
import { nearest } from "./nearest.ts";
import type { Path } from "./path.ts";

export interface Found {
  readonly path: Path;
  readonly expected: string;
  /** Whether the name itself is wrong, not its value. */
  readonly isUnknownName: boolean;
}

type Issue = core.$ZodIssue;

export function foundIn(issues: readonly Issue[], base: Path = []): Found[] {
  return issues.flatMap((issue) => found(issue, [...base, ...(issue.path as (string | number)[])]));
}

function found(issue: Issue, path: Path): Found[] {
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({ path: [...path, key], expected: knownNames(key, path), isUnknownName: true }));
    case "invalid_union":
      return isOurs(issue.message) ? [wrong(path, issue.message)] : bestForm(issue, path);
    // The name of an entry: what is wrong with it is told at the entry.
    case "invalid_key":
      return [{ path, expected: `as name ${sentence(issue.issues[0])}`, isUnknownName: true }];
    case "invalid_type":
    case "invalid_value":
    case "invalid_format":
    case "invalid_element":
    case "not_multiple_of":
    case "too_big":
    case "too_small":
    case "custom":
      return [wrong(path, sentence(issue))];
  }
}

function wrong(path: Path, expected: string): Found {
  return { path, expected, isUnknownName: false };
}

/** Of several forms, the one that was meant: whose own shape came, with something wrong inside. */
function bestForm(issue: Issue & { code: "invalid_union" }, path: Path): Found[] {
  if (issue.errors.length === 0) return [wrong(path, quoted("options" in issue ? issue.options : []))];
  const entered = issue.errors.filter((errors) => !errors.some(isAtTheTop));
  const [only] = entered.toSorted((a, b) => unknownIn(a) - unknownIn(b) || a.length - b.length);
  if (only !== undefined) return foundIn(only, path);
  const expected = new Set(issue.errors.map(([first]) => sentence(first)));
  return [wrong(path, [...expected].join(", or "))];
}

function unknownIn(errors: readonly Issue[]): number {
  return errors.filter(({ code, path }) => code === "unrecognized_keys" && path.length === 0).length;
}

function isAtTheTop({ code, path }: Issue): boolean {
  return path.length === 0 && code !== "unrecognized_keys";
}

/** A schema's own words begin with a small letter, zod's do not. */
function isOurs(message: string): boolean {
  return /^[a-z{]/.test(message);
}

function sentence(issue: Issue | undefined): string {
  if (issue === undefined) return "something else";
  if (isOurs(issue.message)) return issue.message;
  switch (issue.code) {
    case "invalid_value":
      return quoted(issue.values);
    case "invalid_type":
      return TYPES[issue.expected] ?? issue.expected;
    case "too_small":
      return `at least ${String(issue.minimum)}`;
    case "too_big":
      return `at most ${String(issue.maximum)}`;
    case "invalid_union": {
      const parts = new Set(issue.errors.map(([first]) => sentence(first)));
      return [...parts].join(", or ");
    }
    case "custom":
    case "invalid_format":
    case "invalid_element":
    case "invalid_key":
    case "not_multiple_of":
    case "unrecognized_keys":
      return "something else";
  }
}

const TYPES: Readonly<Record<string, string>> = {
  object: "an object",
  record: "an object",
  array: "a list",
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

function quoted(values: readonly unknown[]): string {
  const words = values.map((value) => JSON.stringify(value));
  return words.length === 1 ? String(words[0]) : `one of ${words.join(", ")}`;
}

function knownNames(key: string, path: Path): string {
  const known = namesAt(path);
  const meant = nearest(key, known);
  return meant === null ? `one of ${known.join(", ")}` : `a known name: did you mean ${meant}?`;
}
