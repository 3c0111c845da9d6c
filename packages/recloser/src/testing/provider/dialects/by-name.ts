import { anthropic } from "./anthropic.ts";
import type { Dialect } from "./dialect.ts";
import { gemini, geminiArrays } from "./gemini.ts";
import { ollama, ollamaAsOpenai } from "./ollama.ts";
import { openai } from "./openai.ts";

/** Whose HTTP API a simulated provider speaks. */
export type DialectName = "openai" | "anthropic" | "gemini" | "ollama";

/** Some speak two; a path that neither has is refused in the words of the first. */
export const DIALECTS: Readonly<Record<DialectName, readonly [Dialect, ...Dialect[]]>> = {
  openai: [openai],
  anthropic: [anthropic],
  gemini: [gemini, geminiArrays],
  ollama: [ollama, ollamaAsOpenai],
};
