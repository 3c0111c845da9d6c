/** What a statement may be made of. Everything that is not named here is refused, known or not. */

/** Nodes of PostgreSQL's parse tree. */
export const NODES: ReadonlySet<string> = new Set([
  "A_Const",
  "A_Expr",
  "A_Star",
  "Alias",
  "BoolExpr",
  "BooleanTest",
  "CaseExpr",
  "CaseWhen",
  "CoalesceExpr",
  "ColumnRef",
  "CommonTableExpr",
  "FuncCall",
  "JoinExpr",
  "List",
  "MinMaxExpr",
  "NullTest",
  "RangeSubselect",
  "RangeVar",
  "ResTarget",
  "SQLValueFunction",
  "SelectStmt",
  "SortBy",
  "String",
  "SubLink",
  "TypeCast",
  "WindowDef",
]);

/** Of the built-in ones those that read nothing but their arguments and make little of them. Both databases have them. */
export const FUNCTIONS: ReadonlySet<string> = new Set([
  "abs",
  "avg",
  "btrim",
  "ceil",
  "count",
  "date_part",
  "date_trunc",
  "dense_rank",
  "extract",
  "first_value",
  "floor",
  "lag",
  "last_value",
  "lead",
  "length",
  "lower",
  "max",
  "min",
  "ntile",
  "rank",
  "replace",
  "round",
  "row_number",
  "string_agg",
  "substr",
  "substring",
  "sum",
  "upper",
]);

export const OPERATORS: ReadonlySet<string> = new Set([
  "+",
  "-",
  "*",
  "/",
  "%",
  "||",
  "=",
  "<>",
  "<",
  "<=",
  ">",
  ">=",
  "~~",
  "!~~",
  "~~*",
  "!~~*",
]);

export const EXPRESSIONS: ReadonlySet<string> = new Set([
  "AEXPR_OP",
  "AEXPR_IN",
  "AEXPR_LIKE",
  "AEXPR_ILIKE",
  "AEXPR_BETWEEN",
  "AEXPR_NOT_BETWEEN",
  "AEXPR_NULLIF",
  "AEXPR_DISTINCT",
  "AEXPR_NOT_DISTINCT",
]);

/** What may be cast to, by the parser's names. */
export const TYPES: ReadonlySet<string> = new Set([
  "bool",
  "date",
  "float8",
  "int4",
  "int8",
  "interval",
  "numeric",
  "text",
]);

/** `current_date` and its kind; `current_user` and the like tell of the server. */
export const VALUE_FUNCTIONS: ReadonlySet<string> = new Set(["SVFOP_CURRENT_DATE"]);
