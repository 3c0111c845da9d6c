/**
 * A guarded SELECT in the words of SQLite. Statements are written in PostgreSQL's; here the tree is changed where SQLite
 * has other words or another meaning, so that both databases give the same rows. What has none is a function of our own
 * (database/sqlite-functions.js).
 */
import type { Catalog } from "../database/catalog.ts";
import { GuardRefusal } from "./refusal.ts";
import { contentOf, isTree, listIn, namesIn, nodeIn, textIn, type Tree } from "./tree.ts";

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
  A_Const: (content) => withoutBackslash(content),
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

// A text with a backslash would be written in PostgreSQL's own way, E'…', which SQLite reads as a column and its alias.
function withoutBackslash({ sval }: Tree): Tree | null {
  const pieces = isTree(sval) ? textIn(sval["sval"]).split("\\") : [];
  if (pieces.length < 2) return null;
  const backslash = call("char", { A_Const: { ival: { ival: 92 } } });
  return pieces.map(text).reduce((before, piece) => concatenated(concatenated(before, backslash), piece));
}

function concatenated(lexpr: Tree, rexpr: Tree): Tree {
  return { A_Expr: { kind: "AEXPR_OP", name: [{ String: { sval: "||" } }], lexpr, rexpr } };
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

function text(sval: string): Tree {
  return { A_Const: { sval: { sval } } };
}

function constantText(value: unknown): string {
  const sval = contentOf(value, "A_Const")?.["sval"];
  return isTree(sval) ? textIn(sval["sval"]) : "";
}

// SQLite takes any name of a type by what is in it; a name that PostgreSQL has would be written after a double colon.
const INTEGER = "as_integer";

const formatted =
  (format: string) =>
  (date: unknown): Tree =>
    call("strftime", text(format), date);
const numbered =
  (format: string) =>
  (date: unknown): Tree =>
    cast(formatted(format)(date), INTEGER);

// What SQLite can do itself is ten times as fast as a function of ours, and is asked of every row of a year.
const NATIVE: Readonly<Record<string, (date: unknown) => Tree>> = {
  "extract year": numbered("%Y"),
  "extract month": numbered("%m"),
  "extract day": numbered("%d"),
  "date_part year": numbered("%Y"),
  "date_part month": numbered("%m"),
  "date_part day": numbered("%d"),
  "date_trunc year": formatted("%Y-01-01"),
  "date_trunc month": formatted("%Y-%m-01"),
  "date_trunc day": formatted("%Y-%m-%d"),
};

const FUNCTION_NAMES: Readonly<Record<string, string>> = {
  btrim: "trim",
  extract: "date_part",
  string_agg: "group_concat",
  substring: "substr",
};

function calls(content: Tree): Tree {
  const name = namesIn(content["funcname"]).at(-1) ?? "";
  const [unit, date] = listIn(content["args"]);
  const native = NATIVE[`${name} ${constantText(unit)}`];
  if (native !== undefined) return native(date);
  const sval = FUNCTION_NAMES[name] ?? name;
  return { FuncCall: { ...content, funcname: [{ String: { sval } }], funcformat: "COERCE_EXPLICIT_CALL" } };
}

const CAST_NAMES: Readonly<Record<string, string>> = { float8: "as_real", numeric: "as_real", text: "as_text" };

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
  if (type === "int4" || type === "int8") return cast(call("round", arg), INTEGER);
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
