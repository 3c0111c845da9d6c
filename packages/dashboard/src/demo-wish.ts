/** What may be asked of a demonstration. */
import { Problem } from "./http/problem.ts";
import type { DemoView, DemoWish } from "./views/demo.ts";

const FIELDS = ["switch", "callsPerSecond", "hasFallback"] as const;

/** @throws Problem 400 */
export function wishIn(body: Readonly<Record<string, unknown>>, { switches, mostCallsPerSecond }: DemoView): DemoWish {
  const names = Object.keys(body);
  if (names.length === 0 || !names.every((name) => (FIELDS as readonly string[]).includes(name)))
    throw bad("the body", `some of ${FIELDS.join(", ")}`);
  const { switch: on, callsPerSecond, hasFallback } = body;
  const ids = switches.map(({ id }) => id);
  if (on !== undefined && !(typeof on === "string" && ids.includes(on)))
    throw bad("switch", `one of ${ids.join(", ")}`);
  if (callsPerSecond !== undefined && !isBetween(callsPerSecond, mostCallsPerSecond))
    throw bad("callsPerSecond", `a whole number from 0 to ${mostCallsPerSecond}`);
  if (hasFallback !== undefined && typeof hasFallback !== "boolean") throw bad("hasFallback", "true or false");
  return body;
}

function isBetween(value: unknown, most: number): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most;
}

function bad(field: string, expected: string): Problem {
  return new Problem(400, "bad-field", `${field}: expected ${expected}`);
}
