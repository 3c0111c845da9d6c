/** A value that may be, or hold, a secret, for an error: what it is, without what it says. */
export function unsaid(value: unknown): unknown {
  if (typeof value === "string") return /^[a-z][a-z0-9+.-]*:\/\//i.exec(value)?.[0].concat("…") ?? "…";
  if (typeof value === "number" || typeof value === "bigint") return "a number";
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : value;
}
