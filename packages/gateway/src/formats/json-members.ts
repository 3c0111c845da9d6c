/**
 * Changes members of a JSON object in its bytes. Parsing and writing it anew would change what was not asked for: large
 * integers lose digits, numbers and escapes their spelling.
 */
import { endOfString } from "./json-shape.ts";

export interface MemberChanges {
  readonly set: Readonly<Record<string, unknown>>;
  readonly remove: readonly string[];
  readonly rename: Readonly<Record<string, string>>;
}

interface Member {
  readonly key: string;
  /** Where the key's quote stands. */
  readonly from: number;
  readonly keyEnd: number;
  readonly valueFrom: number;
  readonly valueEnd: number;
}

const COMMA = 0x2c;
const COLON = 0x3a;
const QUOTE = 0x22;
const OPEN: ReadonlySet<number | undefined> = new Set([0x7b, 0x5b]);
const CLOSE: ReadonlySet<number | undefined> = new Set([0x7d, 0x5d]);
const SPACE: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** @param json an object, valid JSON in UTF-8 */
export function changeMembers(json: Buffer, { set, remove, rename }: MemberChanges): Buffer {
  const removed = new Set([...remove, ...Object.keys(set)]);
  const pieces: Buffer[] = [];
  for (const { key, keyEnd, from, valueEnd } of membersOf(json)) {
    if (removed.has(key)) continue;
    const name = Object.hasOwn(rename, key) ? Buffer.from(JSON.stringify(rename[key])) : json.subarray(from, keyEnd);
    pieces.push(Buffer.concat([name, json.subarray(keyEnd, valueEnd)]));
  }
  for (const [key, value] of Object.entries(set))
    pieces.push(Buffer.from(`${JSON.stringify(key)}:${JSON.stringify(value)}`));
  const comma = Buffer.from(",");
  return Buffer.concat([
    Buffer.from("{"),
    ...pieces.flatMap((piece, index) => (index === 0 ? [piece] : [comma, piece])),
    Buffer.from("}"),
  ]);
}

function membersOf(json: Buffer): Member[] {
  const members: Member[] = [];
  let at = skipSpace(json, 0) + 1;
  for (;;) {
    at = skipSpace(json, at);
    if (json[at] === COMMA) at = skipSpace(json, at + 1);
    if (json[at] !== QUOTE) return members;
    const from = at;
    const keyEnd = endOfString(json, from) + 1;
    const colon = skipSpace(json, keyEnd);
    const valueFrom = skipSpace(json, json[colon] === COLON ? colon + 1 : colon);
    const valueEnd = endOfValue(json, valueFrom);
    members.push({ key: JSON.parse(json.toString("utf8", from, keyEnd)) as string, from, keyEnd, valueFrom, valueEnd });
    at = valueEnd;
  }
}

function skipSpace(json: Buffer, from: number): number {
  let at = from;
  while (SPACE.has(json[at])) at++;
  return at;
}

// The value ends before the comma or bracket that belongs to the object around it.
function endOfValue(json: Buffer, from: number): number {
  let depth = 0;
  let end = from;
  for (let at = from; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) at = endOfString(json, at);
    else if (OPEN.has(byte)) depth++;
    else if (depth === 0 && (byte === COMMA || CLOSE.has(byte))) return end;
    else if (CLOSE.has(byte)) depth--;
    if (!SPACE.has(json[at])) end = at + 1;
  }
  return end;
}
