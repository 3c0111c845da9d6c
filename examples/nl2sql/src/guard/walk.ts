/** Looks at every node of a SELECT, and refuses what is not allowed. */
import type { Catalog } from "../database/catalog.ts";
import { EXPRESSIONS, FUNCTIONS, NODES, OPERATORS, TYPES, VALUE_FUNCTIONS } from "./allowed.ts";
import { GuardRefusal } from "./refusal.ts";
import { contentOf, isTree, listIn, namesIn, nodeIn, nodesBelow, textIn, type Tree } from "./tree.ts";

// Deeper than this nobody asks, and every step down is one of ours on the stack.
const MOST_DEPTH = 120;

/** @returns the tables that are read. @throws GuardRefusal at the first thing that is not allowed */
export function walked(select: Tree, catalog: Catalog): readonly string[] {
  const walk = new Walk(select, catalog);
  walk.look(select, new Set(), 0);
  return [...walk.tables];
}

class Walk {
  readonly tables = new Set<string>();
  readonly #catalog: Catalog;
  readonly #names: ReadonlySet<string>;

  constructor(select: Tree, catalog: Catalog) {
    this.#catalog = catalog;
    this.#names = columnNames(select, catalog);
  }

  /** @param ctes the names that stand for common table expressions here */
  look(value: unknown, ctes: ReadonlySet<string>, depth: number): void {
    if (depth > MOST_DEPTH) throw new GuardRefusal("construct", "the statement is nested too deeply");
    if (Array.isArray(value)) {
      for (const each of value) this.look(each, ctes, depth);
      return;
    }
    if (!isTree(value)) return;
    const node = nodeIn(value);
    if (node !== null) {
      this.#lookAtNode(node[0], node[1], ctes);
      return this.look(node[1], ctes, depth + 1);
    }
    refuseFields(value);
    // Each of them sees those before it, the statement all; beyond it a name means a table again.
    const visible = new Set(ctes);
    const own = value["withClause"];
    if (isTree(own)) {
      refuseFields(own);
      for (const cte of listIn(own["ctes"])) {
        this.look(cte, visible, depth + 1);
        visible.add(textIn(contentOf(cte, "CommonTableExpr")?.["ctename"]));
      }
    }
    for (const [field, child] of Object.entries(value))
      if (field !== "withClause") this.look(child, visible, depth + 1);
  }

  #lookAtNode(name: string, content: Tree, ctes: ReadonlySet<string>): void {
    if (!NODES.has(name)) throw refusedNode(name);
    switch (name) {
      case "RangeVar":
        return this.#lookAtTable(content, ctes);
      case "ColumnRef":
        return this.#lookAtColumn(content);
      case "FuncCall":
        return lookAtFunction(content);
      case "A_Expr":
        return lookAtOperator(content);
      case "SQLValueFunction":
        if (VALUE_FUNCTIONS.has(textIn(content["op"]))) return;
        throw new GuardRefusal("function", `${lowered(content["op"], "SVFOP_")} may not be used`);
      default:
    }
  }

  #lookAtTable({ catalogname, schemaname, relname }: Tree, ctes: ReadonlySet<string>): void {
    const name = textIn(relname);
    if (catalogname !== undefined || (schemaname !== undefined && schemaname !== "public"))
      throw new GuardRefusal("catalog", `${textIn(schemaname)}.${name} is no table of the shop`);
    if (schemaname === undefined && ctes.has(name)) return;
    if (!this.#catalog.tables.has(name)) {
      const isCatalog = name.startsWith("pg_") || name.startsWith("sqlite_");
      throw new GuardRefusal(isCatalog ? "catalog" : "unknown-table", `there is no table ${name}`);
    }
    this.tables.add(name);
  }

  #lookAtColumn({ fields }: Tree): void {
    for (const name of namesIn(fields))
      if (name !== "*" && !this.#names.has(name))
        throw new GuardRefusal("unknown-column", `there is no column or table ${name}`);
  }
}

// By name, whichever table it is of: the database says if it is ambiguous or of another one. What must not be named are
// system columns, and these are no name here.
function columnNames(select: Tree, { tables }: Catalog): ReadonlySet<string> {
  const names = new Set<string>();
  for (const table of tables.values()) {
    names.add(table.name);
    for (const { name } of table.columns) names.add(name);
  }
  for (const [name, content] of nodesBelow(select)) {
    if (name === "ResTarget" && content["name"] !== undefined) names.add(textIn(content["name"]));
    if (name === "CommonTableExpr") {
      names.add(textIn(content["ctename"]));
      for (const column of namesIn(content["aliascolnames"])) names.add(column);
    }
    const alias = content["alias"];
    if (isTree(alias)) {
      names.add(textIn(alias["aliasname"]));
      for (const column of namesIn(alias["colnames"])) names.add(column);
    }
    // A function's column is called like the function where it has no other name.
    if (name === "FuncCall") names.add(namesIn(content["funcname"]).at(-1) ?? "");
  }
  return names;
}

/** What is no node of its own but a field of one. */
function refuseFields(fields: Tree): void {
  if (fields["intoClause"] !== undefined) throw new GuardRefusal("writes", "SELECT INTO makes a table");
  if (fields["lockingClause"] !== undefined) throw new GuardRefusal("locks", "FOR UPDATE and its kind lock rows");
  if (fields["recursive"] === true) throw new GuardRefusal("recursive", "WITH RECURSIVE may not end");
  if (fields["lateral"] === true) throw new GuardRefusal("construct", "LATERAL may not be used");
  if (fields["valuesLists"] !== undefined) throw new GuardRefusal("construct", "VALUES may not be used");
  if (fields["limitOption"] === "LIMIT_OPTION_WITH_TIES")
    throw new GuardRefusal("construct", "WITH TIES gives more rows than the limit");
  const distinct = fields["distinctClause"];
  if (listIn(distinct).some((each) => nodeIn(each) !== null))
    throw new GuardRefusal("construct", "DISTINCT ON may not be used");
  const type = fields["typeName"];
  if (isTree(type)) lookAtType(type);
}

function lookAtType({ names, setof, arrayBounds, pct_type }: Tree): void {
  const parts = namesIn(names);
  const isBuiltIn = parts.length === 1 || parts[0] === "pg_catalog";
  const name = parts.at(-1) ?? "";
  if (!isBuiltIn || !TYPES.has(name) || setof === true || arrayBounds !== undefined || pct_type === true)
    throw new GuardRefusal("type", `the type ${parts.join(".")} may not be used`);
}

function lookAtFunction({ funcname, func_variadic, agg_within_group }: Tree): void {
  const parts = namesIn(funcname);
  const isBuiltIn = parts.length === 1 || (parts.length === 2 && parts[0] === "pg_catalog");
  const name = parts.at(-1) ?? "";
  if (!isBuiltIn || !FUNCTIONS.has(name) || func_variadic === true || agg_within_group === true)
    throw new GuardRefusal("function", `the function ${parts.join(".")} may not be used`);
}

function lookAtOperator({ kind, name }: Tree): void {
  if (!EXPRESSIONS.has(textIn(kind))) throw new GuardRefusal("construct", `${lowered(kind, "AEXPR_")} may not be used`);
  const parts = namesIn(name);
  // BETWEEN and its kind have a word for a name.
  const isWord = /^(?:not )?between$/i.test(parts.join());
  if (parts.length !== 1 || (!isWord && !OPERATORS.has(parts[0] ?? "")))
    throw new GuardRefusal("operator", `the operator ${parts.join(".")} may not be used`);
}

function refusedNode(name: string): GuardRefusal {
  if (/^(?:Insert|Update|Delete|Merge)Stmt$/.test(name))
    return new GuardRefusal("writes", `${name.slice(0, -4).toUpperCase()} may not be used`);
  if (name.endsWith("Stmt")) return new GuardRefusal("not-a-select", `${name} may not be used`);
  if (name === "RangeFunction") return new GuardRefusal("function", "a function may not stand for a table");
  return new GuardRefusal("construct", `${name} may not be used`);
}

function lowered(name: unknown, prefix: string): string {
  return textIn(name).replace(prefix, "").toLowerCase();
}
