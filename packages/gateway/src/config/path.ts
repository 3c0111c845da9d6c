/** Where a value stands in the configuration. */
export type Path = readonly (string | number)[];

/** As it is written for people: `routes[0].targets`, `policies["openai:*"].cooldown`. The whole: `the configuration`. */
export function pathText(path: Path): string {
  if (path.length === 0) return "the configuration";
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    if (!/^[\w$-]+$/.test(part)) return `${text}[${JSON.stringify(part)}]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}

/** For maps and sets of paths. */
export function pathKey(path: Path): string {
  return JSON.stringify(path);
}

/** What stands at a path of plain objects and arrays; undefined where there is nothing. */
export function valueAt(tree: unknown, path: Path): unknown {
  let value = tree;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** Every text, number, boolean and null of a tree with its path; empty objects and lists too, since they say something. */
export function* leavesOf(tree: unknown, path: Path = []): Generator<{ path: Path; value: unknown }> {
  const isTree = typeof tree === "object" && tree !== null;
  const entries: [string | number, unknown][] = Array.isArray(tree)
    ? [...tree.entries()]
    : isTree
      ? Object.entries(tree)
      : [];
  if (entries.length === 0) yield { path, value: tree };
  for (const [part, value] of entries) yield* leavesOf(value, [...path, part]);
}
