/** What came, in words that give no secret away: an error is read on screens, in logs and in tickets. */
import type { Path } from "./path.ts";

const LONGEST = 60;

/** Fields whose value is a secret, or may be one. */
export function isSecretPath(path: Path): boolean {
  const names = path.filter((part): part is string => typeof part === "string");
  const last = names.at(-1) ?? "";
  if (SECRET_FIELDS.has(last)) return true;
  const [section, , third, fourth] = names;
  if (section === "store" || section === "alerts") return last === "url";
  if (section === "otlp") return names[1] === "headers";
  // Headers, query and body that a target is sent may carry a key under any name.
  return (
    section === "targets" &&
    ((third === "auth" && last !== "kind" && last !== "name") ||
      third === "query" ||
      ((third === "headers" || third === "body") && fourth === "set"))
  );
}

const SECRET_FIELDS: ReadonlySet<string> = new Set([
  "key",
  "apiKey",
  "token",
  "value",
  "password",
  "secret",
  "keySha256",
  "readOnlyTokens",
  "operatorTokens",
]);

/**
 * A value for people.
 *
 * @param isHidden whether it stands where a secret may, or came out of a variable
 */
export function receivedText(value: unknown, isHidden: boolean): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (typeof value === "object") return "an object";
  if (typeof value === "boolean") return String(value);
  if (isHidden) return `a ${typeof value === "string" ? "text" : "number"} (not shown)`;
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return `a ${typeof value}`;
  const shown = withoutSecrets(value);
  return JSON.stringify(shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown);
}

/** A text with what looks like a credential left out: keys end up in the wrong field too. */
export function withoutSecrets(text: string): string {
  return text
    .replaceAll(/\/\/[^/@\s]*@/g, "//…@")
    .replaceAll(/\b((?:sk|pk|rk|gsk|xai|tgp|ghp|hf|Bearer)[-_ ]|AIza)[\w-]{6,}/g, "$1…")
    .replaceAll(/[A-Za-z0-9+/=]{24,}/g, (run) => (/\d/.test(run) && /[a-z]/i.test(run) ? "…" : run));
}
