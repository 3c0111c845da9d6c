/**
 * A guarded SELECT in the words of SQLite. Statements are written in PostgreSQL's; here the tree is changed where SQLite
 * has other words or another meaning, so that both databases give the same rows. What has none is a function of our own
 * (database/sqlite-functions.js).
 */
import type { Catalog } from "../database/catalog.ts";
import { GuardRefusal } from "./refusal.ts";
import { contentOf, isTree, listIn, namesIn, nodeIn, type Tree } from "./tree.ts";

export function inSqlite(select: Tree, catalog: Catalog): Tree {
  const dates = new Set<string>();
  for (const { columns } of catalog.tables.values())
    for (const { name, type } of columns) if (type === "date") dates.add(name);
  return rewritten(select, dates) as Tree;
}

function rewritten(value: unknown, dates: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((each) => rewritten(each, dates));
  if (!isTree(value)) return value;
  const node = nodeIn(value);
  const content = Object.fromEntries(
    Object.entries(node === null ? value : node[1]).map(([field, child]) => [field, rewritten(child, dates)]),
  );
  if (node === null) return content;
  const [name, before] = node;
  return REWRITES[name]?.(content, before, dates) ?? { [name]: content };
}

/** @param content with what is below it rewritten already; @param before as it was */
type Rewrite = (content: Tree, before: Tree, dates: ReadonlySet<string>) => Tree | null;

const REWRITES: Readonly<Record<string, Rewrite>> = {
  A_Expr: (content, before, dates) => likes(content) ?? dateArithmetic(content, before, dates),
  FuncCall: calls,
  MinMaxExpr: ({ op, args }) => call(op === "IS_GREATEST" ? "max" : "min", ...listIn(args)),
  // Unsaid, nulls come last in PostgreSQL and first in SQLite.
  SortBy: (content) =>
    content["sortby_nulls"] === "SORTBY_NULLS_DEFAULT"
      ? {
          SortBy: {
            ...content,
            sortby_nulls: content["sortby_dir"] === "SORTBY_DESC" ? "SORTBY_NULLS_FIRST" : "SORTBY_NULLS_LAST",
          },
        }
      : null,
  TypeCast: casts,
  RangeVar: (content) => ({ RangeVar: { ...content, schemaname: undefined } }),
};

function call(name: string, ...args: readonly unknown[]): Tree {
  return { FuncCall: { funcname: [{ String: { sval: name } }], args, funcformat: "COERCE_EXPLICIT_CALL" } };
}

function not(expression: Tree): Tree {
  return { BoolExpr: { boolop: "NOT_EXPR", args: [expression] } };
}

// SQLite's LIKE does not tell large letters from small ones.
function likes({ kind, name, lexpr, rexpr }: Tree): Tree | null {
  if (kind !== "AEXPR_LIKE" && kind !== "AEXPR_ILIKE") return null;
  const matching = call(kind === "AEXPR_LIKE" ? "pg_like" : "pg_ilike", lexpr, rexpr);
  return namesIn(name).join().startsWith("!") ? not(matching) : matching;
}

// Dates are texts there, and a text minus a text is a number that means nothing.
function dateArithmetic({ kind, name, lexpr, rexpr }: Tree, before: Tree, dates: ReadonlySet<string>): Tree | null {
  const operator = namesIn(name).join();
  if (kind !== "AEXPR_OP" || (operator !== "+" && operator !== "-")) return null;
  if (!isDate(before["lexpr"], dates)) return null;
  if (operator === "+") return call("date_plus", lexpr, rexpr);
  return call(isDate(before["rexpr"], dates) ? "days_between" : "date_minus", lexpr, rexpr);
}

function isDate(value: unknown, dates: ReadonlySet<string>): boolean {
  const [name, content] = nodeIn(value) ?? ["", {}];
  switch (name) {
    case "ColumnRef":
      return dates.has(namesIn(content["fields"]).at(-1) ?? "");
    case "SQLValueFunction":
      return content["op"] === "SVFOP_CURRENT_DATE";
    case "TypeCast":
      return typeIn(content) === "date";
    case "A_Expr":
      return isDate(content["lexpr"], dates) && !isDate(content["rexpr"], dates);
    case "FuncCall": {
      const called = namesIn(content["funcname"]).at(-1) ?? "";
      if (called === "date_trunc") return true;
      return (called === "min" || called === "max") && isDate(listIn(content["args"])[0], dates);
    }
    default:
      return false;
  }
}

const FUNCTION_NAMES: Readonly<Record<string, string>> = {
  btrim: "trim",
  extract: "date_part",
  string_agg: "group_concat",
  substring: "substr",
};

function calls(content: Tree): Tree {
  const name = namesIn(content["funcname"]).at(-1) ?? "";
  const sval = FUNCTION_NAMES[name] ?? name;
  return { FuncCall: { ...content, funcname: [{ String: { sval } }], funcformat: "COERCE_EXPLICIT_CALL" } };
}

const CAST_NAMES: Readonly<Record<string, string>> = { float8: "real", numeric: "real", text: "text" };

function casts(content: Tree): Tree | null {
  const type = typeIn(content);
  const { arg } = content;
  if (type === "date") return call("pg_date", arg);
  // Only beside a date has an interval a meaning here, and there it is read as the text that it is.
  if (type === "interval" || type === "bool") {
    if (contentOf(arg, "A_Const") !== null) return arg as Tree;
    throw new GuardRefusal("type", `only a constant may be cast to ${type}`);
  }
  // PostgreSQL rounds where SQLite cuts.
  if (type === "int4" || type === "int8") return cast(call("round", arg), "integer");
  const name = CAST_NAMES[type];
  if (name === undefined) throw new GuardRefusal("type", `the type ${type} may not be used`);
  const digits = isTree(content["typeName"]) ? listIn(content["typeName"]["typmods"])[1] : undefined;
  return cast(digits === undefined ? arg : call("round", arg, digits), name);
}

function cast(arg: unknown, name: string): Tree {
  return { TypeCast: { arg, typeName: { names: [{ String: { sval: name } }], typemod: -1 } } };
}

function typeIn({ typeName }: Tree): string {
  return isTree(typeName) ? (namesIn(typeName["names"]).at(-1) ?? "") : "";
}
