/** A parsed file before it is believed: its values with their positions, whatever it was written in. */
import type { ConfigIssue } from "./issue.ts";
import { type Path, pathKey } from "./path.ts";

export type SourceNode =
  | { readonly kind: "scalar"; readonly offset: number; readonly value: unknown }
  | { readonly kind: "list"; readonly offset: number; readonly items: readonly SourceNode[] }
  | { readonly kind: "map"; readonly offset: number; readonly entries: readonly SourceEntry[] };

export interface SourceEntry {
  readonly key: string;
  readonly keyOffset: number;
  readonly value: SourceNode;
}

/** How deep lists and objects may lie in each other. The schema needs eight. */
export const DEEPEST = 32;
// A YAML alias stands for all that its anchor holds: nine lines can stand for a billion values.
const MOST_VALUES = 20_000;
const FORBIDDEN: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

export interface Built {
  readonly value: unknown;
  /** Where the value of a path begins, and its key. */
  readonly offsets: ReadonlyMap<string, { readonly value: number; readonly key: number }>;
  readonly faults: readonly SourceFault[];
  /** Whether all of it was read; what is missing is then no fault of the rest. */
  readonly isWhole: boolean;
}

export interface SourceFault extends Pick<ConfigIssue, "path" | "expected" | "received"> {
  readonly offset: number;
}

/** The values of a tree, and every fault that does not depend on what they mean. */
export function build(root: SourceNode): Built {
  const offsets = new Map<string, { value: number; key: number }>();
  const faults: SourceFault[] = [];
  let left = MOST_VALUES;
  let isWhole = true;

  const visit = (node: SourceNode, path: Path, keyOffset: number): unknown => {
    left -= 1;
    if (left === 0)
      faults.push(fault(node, path, `at most ${MOST_VALUES} values, aliases counted for what they stand for`, "more"));
    if (left <= 0) {
      isWhole = false;
      return null;
    }
    if (path.length > DEEPEST) {
      isWhole = false;
      faults.push(fault(node, path.slice(0, 3), `at most ${DEEPEST} levels`, "more"));
      return null;
    }
    offsets.set(pathKey(path), { value: node.offset, key: keyOffset });
    if (node.kind === "scalar") return node.value;
    if (node.kind === "list") return node.items.map((item, at) => visit(item, [...path, at], item.offset));
    return visitMap(node.entries, path);
  };
  const visitMap = (entries: readonly SourceEntry[], path: Path): Record<string, unknown> => {
    const made: Record<string, unknown> = {};
    for (const { key, keyOffset, value } of entries) {
      const at = [...path, key];
      const wrong = (expected: string, received: string): void =>
        void faults.push({ offset: keyOffset, path: at, expected, received });
      if (FORBIDDEN.has(key)) wrong("another name", "a name that JavaScript objects have of their own");
      else if (Object.hasOwn(made, key)) wrong("each name once", "it a second time");
      else made[key] = visit(value, at, keyOffset);
    }
    return made;
  };
  const value = visit(root, [], root.offset);
  return { value, offsets, faults, isWhole };
}

function fault({ offset }: SourceNode, path: Path, expected: string, received: string): SourceFault {
  return { offset, path, expected, received };
}
