/** OpenAI's chat completions (and the older completions), which most servers speak. Source: openai-node `ChatCompletionChunk`. */
import { get, items } from "../classify/safe.ts";
import type { StreamFormat } from "./inspector.ts";
import { allFinished, isFilled } from "./progress.ts";

const DELTAS = [
  "content",
  "reasoning_content",
  "reasoning",
  "refusal",
  "tool_calls",
  "function_call",
  "audio",
] as const;
const MOST_CHOICES = 128; // the API's own limit of `n`

export const openaiChat: StreamFormat = {
  name: "openai-chat",
  alwaysEnds: true,
  recognises: (chunk) => Array.isArray(get(chunk, "choices")),
  hasContent: (chunk) =>
    items(get(chunk, "choices"), MOST_CHOICES).some((choice) => {
      const delta = get(choice, "delta") ?? get(choice, "message");
      return DELTAS.some((key) => isFilled(get(delta, key))) || isFilled(get(choice, "text"));
    }),
  // `[DONE]` follows, but the answer is whole with the last finish reason: some servers leave the marker out.
  progress: () =>
    allFinished((chunk) =>
      items(get(chunk, "choices"), MOST_CHOICES).map((choice) => ({
        index: get(choice, "index"),
        finished: isFilled(get(choice, "finish_reason")),
      })),
    ),
};
