/** Which format a body has: by the path that was asked, or by its first document. */
import { anthropicMessages } from "./anthropic.ts";
import { gemini } from "./gemini.ts";
import type { StreamFormat } from "./inspector.ts";
import { ollama } from "./ollama.ts";
import { openaiChat } from "./openai-chat.ts";
import { openaiResponses } from "./openai-responses.ts";
import { unknownFormat } from "./unknown.ts";

// Chat last: its mark (`choices`) is the one that others might have too.
const FORMATS: readonly StreamFormat[] = [openaiResponses, anthropicMessages, gemini, ollama, openaiChat];

// The ends of paths, whatever stands before them: a proxy's prefix, an API version, Azure's deployment, Vertex's project.
const PATHS: readonly (readonly [RegExp, StreamFormat])[] = [
  [/\/completions$/, openaiChat],
  [/\/responses$/, openaiResponses],
  [/\/messages$|:(?:streamR|r)awPredict$/, anthropicMessages],
  [/:(?:streamG|g)enerateContent$/, gemini],
  [/\/api\/(?:chat|generate)$/, ollama],
];

/** The format that answers at a path, or null where none is known to. */
export function formatAt(pathname: string): StreamFormat | null {
  return PATHS.find(([path]) => path.test(pathname))?.[1] ?? null;
}

export function formatOf(document: unknown): StreamFormat {
  return FORMATS.find((format) => format.recognises(document)) ?? unknownFormat;
}
