/** How an error shows a value that a user gave: short, and never its insides where it is an object of some class. */

const MOST_CHARS = 80;

export function shown(value: unknown): string {
  const name = classOf(value);
  if (name !== null) return `a ${name}`;
  if (typeof value === "string") return JSON.stringify(short(value));
  if (typeof value === "function") return "a function";
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return short(JSON.stringify(value));
  } catch {
    return "an object";
  }
}

function short(text: string): string {
  return text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}…` : text;
}

// What is no plain object is told by its class: its insides are nobody's business.
function classOf(value: unknown): string | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  try {
    const { constructor } = value as { constructor?: unknown };
    return typeof constructor === "function" && constructor !== Object ? constructor.name || "object" : null;
  } catch {
    return null;
  }
}
