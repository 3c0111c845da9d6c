/** What an answer of status 200 says about itself, whole or chunk by chunk: an error inside, a filter, an end. */

import { get, items, text } from "./safe.ts";

const FILTERED: ReadonlySet<string> = new Set([
  "content_filter",
  "content_filtered",
  "refusal",
  "safety",
  "prohibited_content",
  "spii",
  "blocklist",
  "recitation",
  "guardrail_intervened",
  "image_safety",
  "image_prohibited_content",
  "image_recitation",
  "model_armor",
  "moderation",
  "content_policy_violation",
  "error_toxic",
]);
/** Why a generation ended that did not end well (OpenRouter, vLLM, Cohere). */
const FAILED = "error";
const ERROR_EVENTS: ReadonlySet<unknown> = new Set(["error", "response.failed", "response.error", "failed"]);
const END_EVENTS: ReadonlySet<unknown> = new Set([
  "message_stop",
  "message-end",
  "response.completed",
  "response.incomplete",
  "interaction.complete",
  "interaction.completed",
  "completed",
  "incomplete",
]);

/** Asks of every place where a dialect puts why it stopped. Not a generator: this is asked thrice of each event of a stream. */
function someReason(doc: unknown, is: (reason: unknown) => boolean): boolean {
  for (const choice of items(get(doc, "choices"))) if (is(get(choice, "finish_reason"))) return true;
  for (const candidate of items(get(doc, "candidates"))) if (is(get(candidate, "finishReason"))) return true;
  return (
    isWhy(doc, is) ||
    isWhy(get(doc, "delta"), is) ||
    isWhy(get(doc, "message"), is) ||
    isWhy(get(doc, "messageStop"), is) ||
    is(get(doc, "done_reason")) ||
    is(get(get(doc, "incomplete_details"), "reason")) ||
    is(get(get(get(doc, "response"), "incomplete_details"), "reason")) ||
    is(get(get(doc, "promptFeedback"), "blockReason"))
  );
}

function isWhy(at: unknown, is: (reason: unknown) => boolean): boolean {
  return is(get(at, "stop_reason")) || is(get(at, "stopReason")) || is(get(at, "finish_reason"));
}

function isFailed(reason: unknown): boolean {
  return typeof reason === "string" && text(reason).toLowerCase() === FAILED;
}

function isFilter(reason: unknown): boolean {
  return typeof reason === "string" && FILTERED.has(text(reason).toLowerCase());
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== 0 && value !== "";
}

/** The document reports a failure, whatever the status line said. */
export function hasError(doc: unknown): boolean {
  if (isPresent(get(doc, "error"))) return true;
  // Groq's last chunk says there why it stopped early (groq-sdk, `ChatCompletionChunk.XGroq`), beside a finish reason.
  if (isPresent(get(get(doc, "x_groq"), "error"))) return true;
  const response = get(doc, "response");
  if (isPresent(get(response, "error")) || get(response, "status") === "failed") return true;
  if (ERROR_EVENTS.has(get(doc, "type")) || ERROR_EVENTS.has(get(doc, "event_type"))) return true;
  if (get(doc, "status") === "failed" || get(doc, "object") === "error" || isPresent(get(doc, "error_type")))
    return true;
  if (text(get(doc, "type")).endsWith("_error") && typeof get(doc, "message") === "string") return true;
  const code = get(doc, "code");
  if (typeof code === "number" && code >= 400 && code <= 599 && typeof get(doc, "message") === "string") return true;
  if (someReason(doc, isFailed)) return true;
  return items(get(doc, "choices")).some((choice) => isPresent(get(choice, "error")));
}

export function isFiltered(doc: unknown): boolean {
  if (someReason(doc, isFilter)) return true;
  if (isPresent(get(get(doc, "promptFeedback"), "blockReason"))) return true;
  return items(get(doc, "choices")).some((choice) => text(get(get(choice, "message"), "refusal")) !== "");
}

/** The chunk is the last one that matters: content is complete even if the connection breaks behind it. */
export function isEnd(doc: unknown): boolean {
  if (END_EVENTS.has(get(doc, "type")) || END_EVENTS.has(get(doc, "event_type")) || get(doc, "done") === true)
    return true;
  if (typeof get(doc, "generated_text") === "string" || isPresent(get(doc, "messageStop"))) return true;
  return someReason(doc, isPresent);
}
