/** Reads a request's body whole, up to a limit: what decides where a request goes may stand at its end. */
import type { IncomingMessage } from "node:http";
import { Refusal } from "./refusal.ts";

/**
 * @param most bytes; a longer body is refused before it is read where its length is told, else as soon as it is passed
 * @throws Refusal 413; an Error when the caller leaves before its end
 */
export function readBody(request: IncomingMessage, most: number): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > most) return Promise.reject(tooLarge(most));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= most) return void chunks.push(chunk);
      chunks.length = 0;
      request.pause();
      reject(tooLarge(most));
    });
    request.on("end", () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size)));
    request.on("error", reject);
    request.on("close", () => reject(new Error("the caller left before its request had come")));
  });
}

function tooLarge(most: number): Refusal {
  return new Refusal(413, "body_too_large", `the body is larger than ${most} bytes`);
}
