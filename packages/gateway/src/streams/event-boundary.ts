/**
 * Holds back the part of an event that has not wholly come. No client can use it, and where the answer breaks off right then
 * it would take what is said next for the rest of that event.
 */

const LF = 0x0a;
const CR = 0x0d;
// A longer event is a picture or a sound: it is passed on as it comes.
const MOST_HELD_BYTES = 262_144;
const NOTHING: Buffer = Buffer.alloc(0);

export class EventBoundary {
  #tail: Buffer = NOTHING;

  /** What of all that has come is whole. */
  push(bytes: Buffer): Buffer {
    if (this.#tail.length === 0 && endsEvent(bytes, bytes.length)) return bytes;
    const all = this.#tail.length === 0 ? bytes : Buffer.concat([this.#tail, bytes]);
    const end = all.length > MOST_HELD_BYTES ? all.length : lastEnd(all);
    this.#tail = all.subarray(end);
    return all.subarray(0, end);
  }

  /** What is left at a clean end; it may lack its blank line. */
  rest(): Buffer {
    const tail = this.#tail;
    this.#tail = NOTHING;
    return tail;
  }
}

/** How many events end in `bytes`. */
export function eventsIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) if (endsEvent(bytes, at + 1)) count++;
  return count;
}

function lastEnd(bytes: Buffer): number {
  for (let at = bytes.lastIndexOf(LF); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(LF, at - 1)) {
    if (endsEvent(bytes, at + 1)) return at + 1;
  }
  return 0;
}

// A blank line: two line ends, of LF or CRLF. A lone CR as a line end is in the standard (WHATWG HTML §9.2) and in no provider.
function endsEvent(bytes: Buffer, end: number): boolean {
  if (bytes[end - 1] !== LF) return false;
  const before = bytes[end - 2] === CR ? end - 3 : end - 2;
  return bytes[before] === LF;
}
