/** Reads JSON, and JSON with comments and trailing commas, keeping where each value stands. */
import { createScanner, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { DEEPEST, type SourceFault, type SourceNode } from "./source-tree.ts";

/** @param hasComments JSONC: comments and trailing commas are allowed */
export function readJson(text: string, hasComments: boolean): SourceNode | readonly SourceFault[] {
  const deep = tooDeep(text);
  if (deep !== null) return [syntaxFault(deep, `at most ${DEEPEST} levels`, "more")];
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: !hasComments, allowTrailingComma: hasComments });
  if (errors.length > 0)
    return errors.map(({ error, offset }) => syntaxFault(offset, ...said(printParseErrorCode(error))));
  if (root === undefined) return [syntaxFault(0, "a value", "nothing")];
  return sourceOf(root);
}

function syntaxFault(offset: number, expected: string, received: string): SourceFault {
  return { offset, path: [], expected, received };
}

function sourceOf({ type, offset, value, children = [] }: Node): SourceNode {
  if (type === "array") return { kind: "list", offset, items: children.map(sourceOf) };
  if (type !== "object") return { kind: "scalar", offset, value: value as unknown };
  const entries = children.flatMap(({ children: [key, inner] = [] }) =>
    key === undefined || inner === undefined
      ? []
      : [{ key: key.value as string, keyOffset: key.offset, value: sourceOf(inner) }],
  );
  return { kind: "map", offset, entries };
}

// The parser calls itself for each level; the scanner does not. Numbers: SyntaxKind of jsonc-parser, a const enum.
const OPENING: ReadonlySet<number> = new Set([1, 3]);
const CLOSING: ReadonlySet<number> = new Set([2, 4]);
const END_OF_FILE = 17;

function tooDeep(text: string): number | null {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (let kind: number = scanner.scan(); kind !== END_OF_FILE; kind = scanner.scan()) {
    if (OPENING.has(kind)) depth += 1;
    else if (CLOSING.has(kind)) depth -= 1;
    if (depth > DEEPEST) return scanner.getTokenOffset();
  }
  return null;
}

const SAID: Readonly<Record<string, readonly [string, string]>> = {
  InvalidSymbol: ["JSON", "a word that is none of true, false and null"],
  InvalidNumberFormat: ["a number as JSON writes it", "another"],
  PropertyNameExpected: ['a name in quotation marks, such as "targets"', "something else"],
  ValueExpected: ["a value", "something else"],
  ColonExpected: ["a colon after the name", "something else"],
  CommaExpected: ["a comma between values", "something else"],
  CloseBraceExpected: ["}", "something else"],
  CloseBracketExpected: ["]", "something else"],
  EndOfFileExpected: ["the end of the file", "something after the last value"],
  InvalidCommentToken: ["no comment in a .json file (.jsonc and .yaml may have some)", "a comment"],
  UnexpectedEndOfComment: ["the end of the comment: */", "the end of the file"],
  UnexpectedEndOfString: ["the end of the text: a quotation mark", "the end of the line"],
  UnexpectedEndOfNumber: ["digits", "the end of the number"],
  InvalidUnicode: ["four hexadecimal digits after \\u", "something else"],
  InvalidEscapeCharacter: ['one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u', "another escape"],
  InvalidCharacter: ["printable characters", "a control character"],
};

function said(code: string): readonly [string, string] {
  return SAID[code] ?? ["JSON", "something else"];
}
