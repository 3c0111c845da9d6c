/** The limit that every statement gets. */
import { GuardRefusal } from "./refusal.ts";
import { contentOf, isTree, type Tree } from "./tree.ts";

/** The SELECT with a limit of at most `most` rows. */
export function limited(select: Tree, most: number): Tree {
  const { limitCount, limitOffset } = select;
  if (limitOffset !== undefined && wholeNumber(limitOffset) === null)
    throw new GuardRefusal("construct", "OFFSET must be a number");
  const asked = limitCount === undefined || isNull(limitCount) ? most : wholeNumber(limitCount);
  if (asked === null) throw new GuardRefusal("construct", "LIMIT must be a number");
  const rows = Math.min(asked, most);
  // Zero is left out, as in every protobuf.
  const constant = { A_Const: { ival: rows === 0 ? {} : { ival: rows } } };
  return { ...select, limitCount: constant, limitOption: "LIMIT_OPTION_COUNT" };
}

// LIMIT ALL is a null.
function isNull(value: unknown): boolean {
  return contentOf(value, "A_Const")?.["isnull"] === true;
}

function wholeNumber(value: unknown): number | null {
  const integer = contentOf(value, "A_Const")?.["ival"];
  return isTree(integer) ? Number(integer["ival"] ?? 0) : null;
}
