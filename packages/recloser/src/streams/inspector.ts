/**
 * What a streamed answer shows of itself while it passes: an inspector looks at each chunk and keeps nothing of it. One per
 * stream, because it remembers how far the answer is.
 */
import type { Outcome } from "../outcome.ts";

/**
 * What a chunk shows: nothing of an answer yet, a piece of it, its end (the answer is whole), or a failure. A piece behind an
 * end says that there is more.
 */
export type Sight = "opening" | "content" | "end" | Outcome;

/**
 * Watches one stream, for `breaker.stream(call, { inspect })`.
 *
 * @example
 * const inspect = (): StreamInspector<{ text: string; last: boolean }> => {
 *   let whole = false;
 *   return {
 *     see: ({ text, last }) => ((whole ||= last) ? "end" : text === "" ? "opening" : "content"),
 *     end: () => (whole ? "whole" : "cut"),
 *   };
 * };
 */
export interface StreamInspector<C = unknown> {
  /** Called once for each chunk, in order. An outcome is counted at once; the chunk is passed on all the same. */
  see(chunk: C): Sight;
  /**
   * Called when the source has ended. `"cut"`: without its end marker, so that what arrived is not the whole answer; the
   * consumer gets `StreamTruncatedError`. An outcome is counted, and the stream ends as it did.
   */
  end(): "whole" | "cut" | Outcome;
}

/** How one wire format says it; documents are its frames, parsed. */
export interface StreamFormat {
  readonly name: "openai-chat" | "openai-responses" | "anthropic" | "gemini" | "ollama" | "unknown";
  /** Whether a document looks like one of this format. */
  recognises(document: unknown): boolean;
  /** Whether a document carries a piece of the answer: text, reasoning, a tool call, sound, a picture. */
  hasContent(document: unknown): boolean;
  /** Tells of each document, in order, whether the answer is whole with it. */
  progress(): (document: unknown) => boolean;
  /** Whether every answer has an end marker, so that one without was cut. */
  readonly alwaysEnds: boolean;
}
