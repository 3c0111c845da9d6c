/** The body of a write: small, JSON, an object. */
import { Problem } from "./problem.ts";

const MOST_BYTES = 16_384;

/** @throws Problem 400 or 413 */
export async function jsonBody(request: Request): Promise<Readonly<Record<string, unknown>>> {
  const text = await limitedText(request);
  let value: unknown;
  try {
    value = text === "" ? {} : JSON.parse(text);
  } catch {
    throw new Problem(400, "no-json", "the body is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Problem(400, "no-object", "the body is not a JSON object");
  return value as Readonly<Record<string, unknown>>;
}

async function limitedText({ body }: Request): Promise<string> {
  if (body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  // Leaving the loop ends the stream: what is left of a long body is not read.
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) throw new Problem(413, "body-too-large", `the body is longer than ${MOST_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
