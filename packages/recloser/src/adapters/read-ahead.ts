/** A response's body that is read a little ahead of its reader, so that a request made for its status alone ends by itself. */
import { Ahead, streamOf } from "./ahead.ts";

// Of a longer body only this much waits in memory.
const MOST_BYTES = 65_536;

/** @param over called once, when nothing more will come */
export function readAhead(source: AsyncIterator<Uint8Array>, over: () => void): ReadableStream<Uint8Array> {
  return streamOf(new Ahead(source, { weigh: (chunk) => chunk.byteLength, most: MOST_BYTES, over }));
}
