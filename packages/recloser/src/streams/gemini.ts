/** Gemini's `streamGenerateContent`: each document is an answer so far unsaid. Source: js-genai `GenerateContentResponse`. */
import { get, items } from "../classify/safe.ts";
import type { StreamFormat } from "./inspector.ts";
import { allFinished, isFilled } from "./progress.ts";

const MOST_CANDIDATES = 8;
const MOST_PARTS = 64;
// A thought's signature comes without a word of it.
const WORDLESS: ReadonlySet<string> = new Set(["thought", "thoughtSignature", "thought_signature"]);

export const gemini: StreamFormat = {
  name: "gemini",
  alwaysEnds: true,
  recognises: (chunk) => Array.isArray(get(chunk, "candidates")) || isFilled(get(chunk, "promptFeedback")),
  hasContent: (chunk) =>
    items(get(chunk, "candidates"), MOST_CANDIDATES).some((candidate) =>
      items(get(get(candidate, "content"), "parts"), MOST_PARTS).some(saysSomething),
    ),
  progress: () => {
    const candidates = allFinished((chunk) =>
      items(get(chunk, "candidates"), MOST_CANDIDATES).map((candidate) => ({
        index: get(candidate, "index"),
        finished: isFilled(get(candidate, "finishReason")),
      })),
    );
    // A prompt that is blocked gets no candidate at all.
    return (chunk) => candidates(chunk) || isFilled(get(get(chunk, "promptFeedback"), "blockReason"));
  },
};

function saysSomething(part: unknown): boolean {
  if (typeof part !== "object" || part === null) return false;
  return Object.keys(part).some((key) => !WORDLESS.has(key) && isFilled(get(part, key)));
}
