/** From the bytes of a file to values with their places. */
import { extname } from "node:path";
import type { ConfigIssue, Place } from "./issue.ts";
import { readJson } from "./json-source.ts";
import { type Path, pathKey } from "./path.ts";
import { build, type SourceFault, type SourceNode } from "./source-tree.ts";
import { readYaml } from "./yaml-source.ts";

/** A file that could be read, whatever its values mean. */
export interface Source {
  readonly value: unknown;
  /** Names that stand twice or may not stand at all; they are left out of the value. */
  readonly issues: readonly ConfigIssue[];
  /** Of the value at a path, or of the nearest one around it. */
  placeOf(path: Path, of?: "value" | "key"): Place;
}

/** Bytes; a configuration of a hundred targets has a tenth of it. */
export const LARGEST_FILE: number = 256 * 1_024;

type Read = (text: string) => SourceNode | readonly SourceFault[];
const READERS: Readonly<Record<string, Read>> = {
  ".json": (text) => readJson(text, false),
  ".jsonc": (text) => readJson(text, true),
  ".yaml": readYaml,
  ".yml": readYaml,
};

/** @param file its name, for places; the ending says what it is written in */
export function readSource(file: string, bytes: Uint8Array): Source | readonly ConfigIssue[] {
  const fault = (expected: string, received: string): ConfigIssue[] => [
    { path: [], expected, received, place: { kind: "file", file, line: 1, column: 1 } },
  ];
  const read = READERS[extname(file).toLowerCase()];
  if (read === undefined) return fault("a file that ends in .yaml, .yml, .json or .jsonc", "another ending");
  if (bytes.length > LARGEST_FILE) return fault(`a file of at most ${LARGEST_FILE} bytes`, `${bytes.length} bytes`);
  const text = decoded(bytes);
  if (text === null) return fault("UTF-8", "bytes that are none");
  const lines = lineStarts(text);
  const placeAt = (offset: number): Place => ({ kind: "file", file, ...lineAndColumn(lines, offset) });
  const issueOf = ({ offset, ...what }: SourceFault): ConfigIssue => ({ ...what, place: placeAt(offset) });

  const root = read(text);
  if (isFaults(root)) return root.map(issueOf);
  const { value, offsets, faults, isWhole } = build(root);
  if (!isWhole) return faults.map(issueOf);
  return {
    value,
    issues: faults.map(issueOf),
    placeOf: (path, of = "value") => {
      for (let length = path.length; length > 0; length--) {
        const found = offsets.get(pathKey(path.slice(0, length)));
        // What is missing is told where it should stand: at the key of what it is missing in.
        if (found !== undefined) return placeAt(length < path.length ? found.key : found[of]);
      }
      return placeAt(0);
    },
  };
}

function isFaults(read: SourceNode | readonly SourceFault[]): read is readonly SourceFault[] {
  return Array.isArray(read);
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Both from 1, as editors count. */
function lineAndColumn(starts: readonly number[], offset: number): { line: number; column: number } {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] as number) + 1 };
}
