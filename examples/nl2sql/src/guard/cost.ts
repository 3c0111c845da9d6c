/**
 * About how many rows a statement touches, without asking a database: what matters is to tell a join by keys from one where
 * each row meets each.
 */
import type { Catalog, CatalogTable } from "../database/catalog.ts";
import { equalities, equalSides, joinedRows, type Source, type Tie } from "./joins.ts";
import { contentOf, isTree, listIn, namesIn, nodesBelow, textIn, type Tree } from "./tree.ts";

/** Of a SELECT with all that is in it. */
export function estimatedRows(select: Tree, catalog: Catalog): number {
  return new Estimate(catalog).touched(select, new Map());
}

type Ctes = ReadonlyMap<string, number>;

class Estimate {
  readonly #catalog: Catalog;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  touched(select: Tree, outer: Ctes): number {
    const ctes = new Map(outer);
    let sum = 0;
    const own = select["withClause"];
    for (const each of isTree(own) ? listIn(own["ctes"]) : []) {
      const cte = contentOf(each, "CommonTableExpr") ?? {};
      const rows = this.touched(contentOf(cte["ctequery"], "SelectStmt") ?? {}, ctes);
      ctes.set(textIn(cte["ctename"]), rows);
      sum += rows;
    }
    for (const side of [select["larg"], select["rarg"]]) if (isTree(side)) sum += this.touched(side, ctes);
    const sources: Source[] = [];
    const conditions: unknown[] = [select["whereClause"]];
    const ties: Tie[] = [];
    for (const item of listIn(select["fromClause"])) this.#collect(item, ctes, sources, conditions, ties);
    const joined = joinedRows(sources, [...conditions.flatMap((each) => equalities(each, sources)), ...ties]);
    for (const { rows } of sources) sum += rows;
    sum += joined;
    // A query inside an expression may be run once for each row.
    for (const inner of this.#inExpressions(select)) {
      const times = tieOf(inner, this.#catalog) === "other" ? Math.max(1, joined) : 1;
      sum += this.touched(inner, ctes) * times;
    }
    return sum;
  }

  #collect(item: unknown, ctes: Ctes, sources: Source[], conditions: unknown[], ties: Tie[]): readonly string[] {
    const join = contentOf(item, "JoinExpr");
    if (join !== null) {
      const left = this.#collect(join["larg"], ctes, sources, conditions, ties);
      const right = this.#collect(join["rarg"], ctes, sources, conditions, ties);
      conditions.push(join["quals"]);
      for (const column of namesIn(join["usingClause"])) {
        const [a, b] = [left.at(-1), right.at(0)];
        if (a !== undefined && b !== undefined) ties.push([a, b, column]);
      }
      return [...left, ...right];
    }
    const source = this.#sourceOf(item, ctes);
    if (source === null) return [];
    sources.push(source);
    return [source.name];
  }

  #sourceOf(item: unknown, ctes: Ctes): Source | null {
    const range = contentOf(item, "RangeVar");
    if (range !== null) {
      const name = textIn(range["relname"]);
      const table = this.#catalog.tables.get(name);
      const rows = ctes.get(name) ?? table?.rows ?? 0;
      return { name: aliasOf(range) ?? name, rows, distinctOf: distinctIn(table) };
    }
    const inner = contentOf(item, "RangeSubselect");
    if (inner === null) return null;
    const rows = this.touched(contentOf(inner["subquery"], "SelectStmt") ?? {}, ctes);
    return { name: aliasOf(inner) ?? "", rows, distinctOf: () => null };
  }

  *#inExpressions(select: Tree): Generator<Tree> {
    for (const field of ["targetList", "whereClause", "havingClause", "sortClause", "groupClause"])
      yield* subqueries(select[field]);
    for (const item of listIn(select["fromClause"])) yield* subqueries(contentOf(item, "JoinExpr")?.["quals"]);
  }
}

function aliasOf({ alias }: Tree): string | undefined {
  return isTree(alias) ? textIn(alias["aliasname"]) : undefined;
}

function distinctIn(table: CatalogTable | undefined): Source["distinctOf"] {
  return (column) => table?.columns.find(({ name }) => name === column)?.distinct ?? null;
}

function* subqueries(value: unknown): Generator<Tree> {
  const link = contentOf(value, "SubLink");
  const select = link === null ? null : contentOf(link["subselect"], "SelectStmt");
  if (select !== null) {
    yield select;
    return yield* subqueries(link?.["testexpr"]);
  }
  const children = Array.isArray(value) ? value : isTree(value) ? Object.values(value) : [];
  for (const child of children) yield* subqueries(child);
}

/**
 * How a query in an expression is tied to the one around it: not at all; by an equality with a key, which an index answers
 * for each row; or in another way, which reads all of it for each row.
 */
function tieOf(select: Tree, catalog: Catalog): "none" | "key" | "other" {
  const own = new Map<string, string>();
  const foreign = new Set<string>();
  for (const [name, content] of nodesBelow(select)) {
    if (name === "RangeVar") own.set(aliasOf(content) ?? textIn(content["relname"]), textIn(content["relname"]));
    if (name === "RangeSubselect") own.set(aliasOf(content) ?? "", "");
    const names = name === "ColumnRef" ? namesIn(content["fields"]) : [];
    if (names.length > 1) foreign.add(names[0] ?? "");
  }
  if (![...foreign].some((name) => !own.has(name))) return "none";
  const isKey = (side: unknown): boolean => {
    const [qualifier = "", column] = namesIn(contentOf(side, "ColumnRef")?.["fields"]);
    const known = catalog.tables.get(own.get(qualifier) ?? "")?.columns.find(({ name }) => name === column);
    return known !== undefined && (known.name === "id" || known.references !== null);
  };
  const isForeign = (side: unknown): boolean => {
    const names = namesIn(contentOf(side, "ColumnRef")?.["fields"]);
    return names.length > 1 && !own.has(names[0] ?? "");
  };
  const isTied = equalSides(select["whereClause"]).some(
    ([left, right]) => (isKey(left) && isForeign(right)) || (isKey(right) && isForeign(left)),
  );
  return isTied ? "key" : "other";
}
