/** The parse tree as the guard walks it: objects of which some are named nodes, `{ ColumnRef: { … } }`. */

export type Tree = { [field: string]: unknown };

export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The name and the content of a node, null for what is none. */
export function nodeIn(value: unknown): readonly [name: string, content: Tree] | null {
  if (!isTree(value)) return null;
  const [name, ...others] = Object.keys(value);
  if (name === undefined || others.length > 0 || !/^[A-Z]/.test(name)) return null;
  const content = value[name];
  return isTree(content) ? [name, content] : null;
}

/** The content of a node of this name, null for any other. */
export function contentOf(value: unknown, name: string): Tree | null {
  const node = nodeIn(value);
  return node !== null && node[0] === name ? node[1] : null;
}

export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text, or "" for what is none. */
export function textIn(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The texts of a list of `String` nodes: a name and what it is qualified by. */
export function namesIn(value: unknown): readonly string[] {
  return listIn(value).map((each) => textIn(contentOf(each, "String")?.["sval"] ?? "*"));
}

/** Every node below, depth first. */
export function* nodesBelow(value: unknown): Generator<readonly [name: string, content: Tree]> {
  const node = nodeIn(value);
  if (node !== null) yield node;
  const children = Array.isArray(value) ? value : isTree(value) ? Object.values(value) : [];
  for (const child of children) yield* nodesBelow(child);
}

/** Whether two trees say the same; where in its text a node stood does not matter. */
export function isSameTree(one: unknown, other: unknown): boolean {
  return JSON.stringify(one, withoutPlace) === JSON.stringify(other, withoutPlace);
}

function withoutPlace(field: string, value: unknown): unknown {
  if (/^(?:location|\w+_(?:start|end|location))$/.test(field)) return undefined;
  // Fields in one order, however a tree was made.
  return isTree(value) ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) : value;
}
