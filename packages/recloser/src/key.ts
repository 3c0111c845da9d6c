/** What a breaker guards, and the records a call is judged by. */
import { InvalidOptionError } from "./errors.ts";
import { fields } from "./validate.ts";

/**
 * A call's place in the tree of records. A plain string names exactly one record instead.
 *
 * `credential` is a label you choose, never the secret. Without one, a refused key or an exhausted quota holds nobody
 * else, since nothing says whose it was.
 */
export interface BreakerKey {
  readonly provider: string;
  readonly model?: string | undefined;
  readonly credential?: string | undefined;
  readonly region?: string | undefined;
}

/** The records of one key, by name (protocol.md §1). */
export interface RecordNames {
  /** The breaker's own name: provider and model, with the credential's label. */
  readonly breaker: string;
  /** Takes every window outcome. */
  readonly health: string;
  /** Takes only whether the provider could be reached at all; null for a plain string. */
  readonly reachability: string | null;
  /** Where an outcome of scope `provider` / `key` of the whole credential / `key` with a model sets its hold; null: it holds nobody. */
  readonly credential: string | null;
  readonly credentialAndModel: string | null;
  /** What policies are looked up by: the health record's name, or the provider's alone. */
  readonly policy: string;
  /** The provider and region that models roll up to; null for a plain string. */
  readonly group: string | null;
}

const PARTS = ["provider", "model", "credential", "region"] as const;
// Names come from request bodies: bounded, so that nobody fills a store with them (protocol-spec.md §5.1).
const LONGEST_NAME = 200;

/** The records a key names. @throws InvalidOptionError when it names none */
export function recordNames(key: string | BreakerKey): RecordNames {
  if (typeof key === "string") {
    const name = checked("key", key, key);
    return {
      breaker: name,
      health: name,
      reachability: null,
      credential: name,
      credentialAndModel: name,
      policy: name,
      group: null,
    };
  }
  if (typeof key !== "object" || key === null) throw new InvalidOptionError("key", "a text, or { provider, … }", key);
  const given = fields("key", key, PARTS);
  for (const part of PARTS) {
    const value = given[part];
    if (value === undefined && part !== "provider") continue;
    if (typeof value !== "string" || value === "")
      throw new InvalidOptionError(`key.${part}`, "a text that is not empty", value);
  }
  const provider = escaped(key.provider) + (key.region === undefined ? "" : `/${escaped(key.region)}`);
  const policy = key.model === undefined ? provider : `${provider}:${escaped(key.model)}`;
  // Without a model the health record has an empty one: reachability is all models', and must not open for one path's 500s.
  const health = key.model === undefined ? `${provider}:` : policy;
  const label = key.credential === undefined ? "" : `@${escaped(key.credential)}`;
  return {
    breaker: checked("key", policy + label, key),
    health,
    reachability: provider,
    credential: label === "" ? null : provider + label,
    credentialAndModel: label === "" ? null : policy + label,
    policy,
    group: provider,
  };
}

function checked(option: string, name: string, received: unknown): string {
  if (name === "") throw new InvalidOptionError(option, "a text that is not empty, or { provider, … }", received);
  // A character of UTF-16 takes three bytes at most: names that are short by far are not encoded to be measured.
  if (name.length * 3 > LONGEST_NAME && new TextEncoder().encode(name).length > LONGEST_NAME)
    throw new InvalidOptionError(option, `at most ${LONGEST_NAME} bytes`, received);
  return name;
}

// The separators of a record's name, the escape character itself, and what a store or a terminal could trip over.
const ESCAPED = /[%:/@|\s\p{Cc}\p{Cs}]/gu;

/** A part of a name, percent-escaped so that two keys never meet in one record. */
function escaped(part: string): string {
  if (PLAIN.test(part)) return part;
  return part.replaceAll(ESCAPED, (char) => (LONE_SURROGATE.test(char) ? wtf8(char) : encodeURIComponent(char)));
}

const PLAIN = /^[\w.-]*$/;
const LONE_SURROGATE = /\p{Cs}/u;

// A lone surrogate has no UTF-8; its three bytes as WTF-8 keep two of them apart.
function wtf8(char: string): string {
  const code = char.charCodeAt(0);
  const bytes = [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
  return bytes.map((byte) => `%${byte.toString(16).toUpperCase()}`).join("");
}

/** Whether a glob (`*` stands for any run of characters) names a record. */
export function matches(glob: string, name: string): boolean {
  const [head = "", ...rest] = glob.split("*");
  if (rest.length === 0) return glob === name;
  const tail = rest.pop() as string;
  if (!name.startsWith(head) || !name.endsWith(tail) || name.length < head.length + tail.length) return false;
  let at = head.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found < 0 || found + piece.length > name.length - tail.length) return false;
    at = found + piece.length;
  }
  return true;
}

/** How specific a glob is: an exact name before any glob, then the one with the most fixed characters. */
export function specificity(glob: string): number {
  return glob.includes("*") ? glob.replaceAll("*", "").length : Infinity;
}
