/** How deep a JSON text nests, read from its bytes: before it is parsed, and however it goes on. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;
const CLOSE_OBJECT = 0x7d;
const CLOSE_ARRAY = 0x5d;

/** Whether objects and arrays stand more than `most` deep. In UTF-8 no byte of a longer character is one of these. */
export function isDeeper(json: Uint8Array, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) at = endOfString(json, at);
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      if (++depth > most) return true;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth--;
  }
  return false;
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
