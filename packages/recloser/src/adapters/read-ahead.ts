/** A response's body that is read a little ahead of its reader, so that a request made for its status alone ends by itself. */
import { Ahead, type AheadLimits, streamOf } from "./ahead.ts";

// Of a longer body only this much waits in memory.
const MOST_BYTES = 65_536;

export function readAhead(
  source: AsyncIterator<Uint8Array>,
  told: Pick<AheadLimits<Uint8Array>, "over" | "gone" | "left">,
): ReadableStream<Uint8Array> {
  return streamOf(new Ahead(source, { weigh: (chunk) => chunk.byteLength, most: MOST_BYTES, ...told }));
}
