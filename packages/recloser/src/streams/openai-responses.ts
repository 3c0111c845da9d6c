/** OpenAI's responses API: typed events. Source: openai-node `ResponseStreamEvent`. */
import { get, text } from "../classify/safe.ts";
import type { StreamFormat } from "./inspector.ts";
import { isFilled } from "./progress.ts";

const ENDS: ReadonlySet<unknown> = new Set(["response.completed", "response.incomplete", "response.cancelled"]);
// `….delta` of text, refusal, reasoning, arguments, code, audio; pictures come in parts. Next year's will be named alike.
const PIECE = /\.(?:delta|partial_image)$/;

export const openaiResponses: StreamFormat = {
  name: "openai-responses",
  alwaysEnds: true,
  recognises: (event) => text(get(event, "type")).startsWith("response."),
  hasContent: (event) =>
    PIECE.test(text(get(event, "type"))) &&
    (isFilled(get(event, "delta")) || isFilled(get(event, "partial_image_b64"))),
  progress: () => (event) => ENDS.has(get(event, "type")),
};
