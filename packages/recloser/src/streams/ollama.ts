/** Ollama's own API: a document per line, the last one `done`. Source: ollama `docs/api.md`. */
import { get } from "../classify/safe.ts";
import type { StreamFormat } from "./inspector.ts";
import { isFilled } from "./progress.ts";

const PIECES = ["content", "thinking", "tool_calls", "images"] as const;

export const ollama: StreamFormat = {
  name: "ollama",
  alwaysEnds: true,
  recognises: (line) => typeof get(line, "done") === "boolean",
  hasContent: (line) =>
    isFilled(get(line, "response")) ||
    isFilled(get(line, "thinking")) ||
    PIECES.some((key) => isFilled(get(get(line, "message"), key))),
  progress: () => (line) => get(line, "done") === true,
};
