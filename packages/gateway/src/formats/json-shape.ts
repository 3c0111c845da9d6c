/** What can be seen of a JSON text in its bytes: before it is parsed, and however it goes on. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;
const CLOSE_OBJECT = 0x7d;
const CLOSE_ARRAY = 0x5d;

// Parsed, each takes many times the two bytes that it may have here: a body of 32 MiB could take gigabytes. The largest
// requests there are, batches of tokens to embed, have a third of it.
const MOST_VALUES = 1_000_000;

/** By these the gateway decides; who answers must not read another one of them. */
export const DECISIVE: ReadonlySet<string> = new Set(["model", "stream", "previous_response_id", "conversation"]);

/**
 * What is wrong with an object's JSON, as a sentence without its subject; null: nothing that is looked for here. In UTF-8 no
 * byte of a longer character is one of those that are looked at.
 *
 * @param mostDepth levels of objects and arrays
 */
export function faultIn(json: Buffer, mostDepth: number): string | null {
  const members = new Set<string>();
  let depth = 0;
  let values = 0;
  let isName = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) {
      const end = endOfString(json, at);
      const fault = isName ? addMember(members, json.subarray(at, end + 1)) : null;
      if (fault !== null) return fault;
      isName = false;
      at = end;
    } else if (byte === COMMA) {
      if (++values > MOST_VALUES) return `holds more than ${MOST_VALUES} values`;
      isName = depth === 1;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      if (++depth > mostDepth) return `nests deeper than ${mostDepth} levels`;
      isName = depth === 1;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth--;
  }
  return null;
}

// Of two members of one name some take the first and some the last, and some read names in any case (Go's encoding/json).
function addMember(members: Set<string>, quoted: Buffer): string | null {
  const written = textIn(quoted);
  const name = written.toLowerCase();
  if (members.has(name)) return "has a member twice";
  members.add(name);
  return DECISIVE.has(name) && name !== written ? `names the member "${name}" in another case` : null;
}

function textIn(quoted: Buffer): string {
  if (!quoted.includes(BACKSLASH)) return quoted.toString("utf8", 1, quoted.length - 1);
  try {
    return JSON.parse(quoted.toString("utf8")) as string;
  } catch {
    return quoted.toString("utf8"); // it is no JSON: whoever parses it says so
  }
}

/** The index of the quote that ends the string which begins at `from`, or the last index. */
export function endOfString(json: Uint8Array, from: number): number {
  // The next quote is found by the platform; it ends the string unless an odd number of backslashes stands before it.
  for (let at = json.indexOf(QUOTE, from + 1); at >= 0; at = json.indexOf(QUOTE, at + 1)) {
    let first = at;
    while (json[first - 1] === BACKSLASH) first--;
    if ((at - first) % 2 === 0) return at;
  }
  return json.length - 1;
}
