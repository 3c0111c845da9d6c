/** Where LangChain's messages keep why a model has stopped. */
import { get } from "../../classify/safe.ts";
import { isFilled } from "../../streams/progress.ts";

const REASONS = ["finish_reason", "finishReason", "stop_reason", "stopReason", "done_reason"];
const RESPONSE_ENDS: ReadonlySet<unknown> = new Set(["completed", "incomplete"]);

// By `ls_provider`, for those whose sources say that each answer ends with a reason: @langchain/openai 1.5, anthropic 1.5,
// google-genai 2.3, google 0.2, aws 1.4, groq 1.3, mistralai 1.2, ollama 1.3. Of others it is not known, so nothing is missed.
const SAY_WHY: ReadonlySet<string> = new Set([
  "openai",
  "azure",
  "anthropic",
  "google_genai",
  "google_vertexai",
  "amazon_bedrock",
  "groq",
  "mistral",
  "ollama",
]);

export function alwaysSaysWhy(family: string): boolean {
  return SAY_WHY.has(family);
}

/** Why the model stopped, of a generation or its chunk; undefined while it has not. */
export function finishOf(generation: unknown): unknown {
  const message = get(generation, "message");
  const metadata = get(message, "response_metadata");
  const places = [get(generation, "generationInfo"), metadata, get(message, "additional_kwargs")];
  for (const place of [...places, get(metadata, "messageStop")])
    for (const key of REASONS) if (isFilled(get(place, key))) return get(place, key);
  // OpenAI's Responses API gives a status, Ollama a truth.
  if (RESPONSE_ENDS.has(get(metadata, "status")))
    return get(get(metadata, "incomplete_details"), "reason") ?? get(metadata, "status");
  return get(metadata, "done") === true ? "done" : undefined;
}
