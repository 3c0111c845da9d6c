import type { IncomingMessage } from "node:http";
import type { Problem } from "./dialects/dialect.ts";

const MOST_BYTES = 1_048_576;
// A body beyond the limit is read to its end so that the client gets to read the 413; one beyond this is not.
const MOST_DISCARDED_BYTES = 16 * MOST_BYTES;

/** The request's JSON, or what is wrong with it. Rejects when the client leaves before the end. */
export async function readJson(
  request: IncomingMessage,
): Promise<{ readonly json: unknown } | { readonly problem: Problem & { readonly status: number } }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MOST_BYTES) chunks.push(chunk);
    else chunks.length = 0;
    if (size > MOST_DISCARDED_BYTES) request.destroy();
  }
  if (size > MOST_BYTES) {
    return {
      problem: { kind: "too-large", status: 413, message: `Simulated: the request body is over ${MOST_BYTES} bytes.` },
    };
  }
  try {
    return { json: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks))) };
  } catch {
    return { problem: { kind: "bad-request", status: 400, message: "Simulated: the body is not valid JSON." } };
  }
}
