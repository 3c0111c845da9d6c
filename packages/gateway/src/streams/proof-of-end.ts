/**
 * Whether an answer that has ended holds proof that it is all there. The library lets `[DONE]` pass for an end, as every
 * client does; but a server that ends a cut answer tidily sends it too, and an assured stream promises more than that.
 */
import type { WireFormat } from "../config/config.ts";

const FINISH_REASON = /"finish_reason"\s*:\s*"/;
// As much of it may stand in the chunk before.
const LONGEST_BEGINNING = 32;

export class ProofOfEnd {
  #tail = "";
  #isFound = false;

  see(chunk: Buffer): void {
    if (this.#isFound) return;
    const text = this.#tail + chunk.toString("latin1");
    this.#isFound = FINISH_REASON.test(text);
    this.#tail = text.slice(-LONGEST_BEGINNING);
  }

  get isFound(): boolean {
    return this.#isFound;
  }
}

/** Null where the format's own end marker is proof enough. @param path of the operation */
export function proofOfEnd(format: WireFormat, path: string): ProofOfEnd | null {
  return format === "openai" && path.endsWith("/completions") ? new ProofOfEnd() : null;
}
