/** Whether a target can answer a request at all: what it can do, and how much it can read. */
import type { TargetConfig } from "../config/config.ts";
import type { Asked } from "../formats/asked.ts";

// Bytes that hold one token at the very least are 1; that hold one at most are about 6 in any language and in code. So a body
// of six times the tokens that a model can read cannot fit. Pictures and sounds are counted by other rules.
const MOST_BYTES_PER_TOKEN = 6;

/** What it lacks, such as `tools` or `context`; null: nothing. */
export function lacking(target: TargetConfig, asked: Asked, bodyBytes: number): string | null {
  const { capabilities, maxContext } = target;
  const missing = capabilities === null ? undefined : [...asked.needs].find((need) => !capabilities.includes(need));
  if (missing !== undefined) return missing;
  const isText = !asked.needs.has("images") && !asked.needs.has("audio");
  return maxContext !== null && isText && bodyBytes > maxContext * MOST_BYTES_PER_TOKEN ? "context" : null;
}

// OpenAI's code and those who took it over; Anthropic's, Gemini's and vLLM's words.
const TOO_LONG =
  /context_length_exceeded|maximum context length|prompt is too long|exceeds? the (?:maximum number of tokens|context|model's)|input is too long/i;

/** Whether a provider's refusal says that the request is longer than the model can read. */
export function isTooLong(status: number, body: string): boolean {
  return (status === 400 || status === 413 || status === 422) && TOO_LONG.test(body);
}

/** Whether `other` is said to read more than `target`, who could not read it all. */
export function readsMore(target: TargetConfig, other: TargetConfig): boolean {
  return target.maxContext !== null && other.maxContext !== null && other.maxContext > target.maxContext;
}
