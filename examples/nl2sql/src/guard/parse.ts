/** A statement's parse tree, by PostgreSQL's own parser. */
import { hasSqlDetails, loadModule, parseSync } from "libpg-query";
import { GuardRefusal } from "./refusal.ts";
import { contentOf, isTree, nodeIn, type Tree } from "./tree.ts";

// The longest golden statement has 400 characters.
const MOST_CHARACTERS = 4_000;
// What no statement of ours needs, and what a parser and a server may read differently.
const CONTROL = /[^\P{Cc}\n\r\t]/u;

/** Once, before `selectIn`. */
export function loadParser(): Promise<void> {
  return loadModule();
}

/** @returns the one SELECT. @throws GuardRefusal for anything else */
export function selectIn(sql: string): Tree {
  if (sql.length > MOST_CHARACTERS)
    throw new GuardRefusal("too-long", `the statement has more than ${MOST_CHARACTERS} characters`);
  if (CONTROL.test(sql)) throw new GuardRefusal("unreadable", "the statement has control characters");
  const statements = parsed(sql);
  const [only] = statements;
  if (statements.length !== 1 || !isTree(only))
    throw new GuardRefusal("not-one-statement", `expected one statement, received ${statements.length}`);
  const select = contentOf(only["stmt"], "SelectStmt");
  if (select !== null) return select;
  throw new GuardRefusal("not-a-select", `expected a SELECT, received ${nodeIn(only["stmt"])?.[0] ?? "nothing"}`);
}

function parsed(sql: string): readonly unknown[] {
  try {
    return parseSync(sql).stmts ?? [];
  } catch (error) {
    throw new GuardRefusal("unreadable", hasSqlDetails(error) ? error.message : "the statement cannot be parsed");
  }
}
