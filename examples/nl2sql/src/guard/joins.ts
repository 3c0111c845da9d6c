/** How many rows a join has, by what ties its sources together. */
import { contentOf, listIn, namesIn } from "./tree.ts";

/** What stands in a FROM. */
export interface Source {
  /** What columns are qualified by. */
  readonly name: string;
  readonly rows: number;
  readonly distinctOf: (column: string) => number | null;
}

/** Two sources, and the column that has more values of the two that are to be equal. */
export type Tie = readonly [one: string, other: string, column: string];

/** The pairs of sources that an AND of conditions ties by an equality, with the column. */
export function equalities(condition: unknown, sources: readonly Source[]): Tie[] {
  return equalSides(condition).flatMap(([one, other]): Tie[] => {
    const left = sideOf(one, sources);
    const right = sideOf(other, sources);
    if (left === null || right === null || left.source === right.source) return [];
    const column = (left.distinct ?? 0) >= (right.distinct ?? 0) ? left : right;
    return [[left.source, right.source, `${column.source}.${column.name}`]];
  });
}

/** The two sides of each equality that an AND of conditions asks for. */
export function equalSides(condition: unknown): (readonly [unknown, unknown])[] {
  const both = contentOf(condition, "BoolExpr");
  if (both !== null && both["boolop"] === "AND_EXPR") return listIn(both["args"]).flatMap(equalSides);
  const expression = contentOf(condition, "A_Expr");
  if (expression === null || expression["kind"] !== "AEXPR_OP" || namesIn(expression["name"]).join() !== "=") return [];
  return [[expression["lexpr"], expression["rexpr"]]];
}

function sideOf(
  value: unknown,
  sources: readonly Source[],
): { readonly source: string; readonly name: string; readonly distinct: number | null } | null {
  const names = namesIn(contentOf(value, "ColumnRef")?.["fields"]);
  const name = names.at(-1);
  if (name === undefined || name === "*") return null;
  const source =
    names.length > 1
      ? sources.find((each) => each.name === names.at(-2))
      : sources.find((each) => each.distinctOf(name) !== null);
  return source === undefined ? null : { source: source.name, name, distinct: source.distinctOf(name) };
}

// Of a column that a query has made: few, so that a join over it is not taken for one by keys.
const UNKNOWN_DISTINCT = 50;

/** Each source that is tied to those before it multiplies by what one value meets; one that is not, by all its rows. */
export function joinedRows(sources: readonly Source[], all: readonly Tie[]): number {
  const seen = new Set<string>();
  let rows = sources.length === 0 ? 0 : 1;
  for (const source of ordered(sources, all)) {
    const ties = all.filter(([a, b]) => (a === source.name && seen.has(b)) || (b === source.name && seen.has(a)));
    const distinct = ties.map(([, , column]) => distinctOf(column, sources));
    const divisor = Math.max(1, ...distinct.map((each) => each ?? UNKNOWN_DISTINCT));
    rows *= Math.max(1, ties.length === 0 ? source.rows : source.rows / divisor);
    seen.add(source.name);
  }
  return rows;
}

// A source whose ties are to later ones only must wait for them.
function ordered(sources: readonly Source[], ties: readonly Tie[]): readonly Source[] {
  const rest = [...sources];
  const done: Source[] = [];
  while (rest.length > 0) {
    const tied = rest.findIndex(({ name }) =>
      ties.some(([a, b]) => done.some((each) => (a === name && b === each.name) || (b === name && a === each.name))),
    );
    done.push(...rest.splice(Math.max(0, tied), 1));
  }
  return done;
}

function distinctOf(column: string, sources: readonly Source[]): number | null {
  const [source, name = ""] = column.includes(".") ? column.split(".") : [undefined, column];
  if (source !== undefined) return sources.find((each) => each.name === source)?.distinctOf(name) ?? null;
  const known = sources.map((each) => each.distinctOf(name)).filter((each) => each !== null);
  return known.length === 0 ? null : Math.max(...known);
}
