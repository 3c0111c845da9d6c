/** What a result is, in a few letters: the same from either database. */
import { createHash } from "node:crypto";
import type { Rows, Value } from "../database/database.ts";

/** Of the rows in their order; of numbers to two places, since one of the databases counts money in binary fractions. */
export function resultHash({ rows }: Pick<Rows, "rows">): string {
  const text = JSON.stringify(rows.map((row) => row.map(plain)));
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

function plain(value: Value): string | number | null {
  if (typeof value === "boolean") return Number(value);
  return typeof value === "number" ? Number(value.toFixed(2)) : value;
}
