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
  const constant = { A_Const: { ival: { ival: Math.min(asked, most) } } };
  return { ...select, limitCount: constant, limitOption: "LIMIT_OPTION_COUNT" };
}

// LIMIT ALL is a null.
function isNull(value: unknown): boolean {
  return contentOf(value, "A_Const")?.["isnull"] === true;
}

function wholeNumber(value: unknown): number | null {
  const integer = contentOf(value, "A_Const")?.["ival"];
  // Zero is left out, as in every protobuf.
  return isTree(integer) ? Number(integer["ival"] ?? 0) : null;
}
