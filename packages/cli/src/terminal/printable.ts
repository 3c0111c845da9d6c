/**
 * Text of strangers, made fit for a terminal: names come from request bodies, reasons from people. What could move the
 * cursor, turn the direction of writing, hide, or take an unknown number of columns is written as an escape.
 */

// Letters, digits, punctuation and the plainer symbols take one column, or two in the scripts below.
const AS_IT_IS = /^[\x20-\x5B\x5D-\x7E\p{L}\p{Nd}\p{Sc}\p{P}]$/u;
const WIDE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303F\uFE30-\uFE4F\uFF01-\uFF60]$/u;
// A picture, though some of them are punctuation.
const PICTURE = /^\p{Emoji_Presentation}$/u;

/** On one line, unambiguous: a backslash is doubled. */
export function printable(text: string): string {
  return Array.from(text.normalize("NFC"), shown).join("");
}

function shown(char: string): string {
  if (char === "\\") return "\\\\";
  if (AS_IT_IS.test(char) && !PICTURE.test(char)) return char;
  return `\\u{${(char.codePointAt(0) as number).toString(16)}}`;
}

/** Columns of printable text. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const char of text) columns += WIDE.test(char) ? 2 : 1;
  return columns;
}

/** At most so many columns of printable text; what is lost is in the middle, since names differ at their ends. */
export function shortened(text: string, most: number): string {
  if (columnsOf(text) <= most) return text;
  const room = Math.max(0, most - 1);
  const tail = taken(Array.from(text).toReversed(), Math.floor(room / 2))
    .toReversed()
    .join("");
  return `${taken(Array.from(text), room - columnsOf(tail)).join("")}…${tail}`;
}

function taken(chars: readonly string[], columns: number): string[] {
  const some: string[] = [];
  let left = columns;
  for (const char of chars) {
    left -= columnsOf(char);
    if (left < 0) break;
    some.push(char);
  }
  return some;
}

/** The first columns of it, so many at most. */
export function beginning(text: string, columns: number): string {
  return columns === Infinity ? text : taken(Array.from(text), columns).join("");
}

export function padded(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - columnsOf(text)));
}

/** JSON on one line that a terminal may see: what `JSON.stringify` lets through raw is escaped too. */
export function jsonLine(value: unknown): string {
  const escape = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replaceAll(
    /[\u007F-\u009F\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/g,
    escape,
  );
}
