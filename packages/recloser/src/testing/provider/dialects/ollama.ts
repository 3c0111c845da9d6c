import type { Answer, Dialect, Route } from "./dialect.ts";
import { listing } from "./listing.ts";
import { chat, generate } from "./ollama-chat.ts";
import { messageOf, ollamaOpenaiProblem, ollamaProblem, openaiErrorOf } from "./ollama-problems.ts";
import { chatCompletions } from "./openai-chat.ts";
import { openaiModels } from "./openai.ts";
import { responses } from "./openai-responses.ts";

const tags: Route = listing(
  "/api/tags",
  (_call, { catalogue, createdS }) => ({
    models: catalogue.map((name) => ({
      name,
      model: name,
      modified_at: new Date(createdS * 1_000).toISOString(),
      size: 0,
      digest: "0".repeat(64),
      details: {
        parent_model: "",
        format: "gguf",
        family: "simulated",
        families: ["simulated"],
        parameter_size: "0B",
        quantization_level: "F16",
      },
    })),
  }),
  (_call, _answer, problem) => ({ error: messageOf(problem, null) }),
);

const version: Route = { ...tags, path: "/api/version", body: () => ({ version: "0.99.0-simulated" }) };

/** Ollama's own API. */
export const ollama: Dialect = {
  basePath: "",
  routes: [chat, generate, tags, version],
  requestIdHeader: null,
  problem: ollamaProblem,
};

const failedBody: Route["failedBody"] = (call, _answer, problem) => openaiErrorOf(problem, call.model);

const chatAsOpenai: Route = {
  ...chatCompletions,
  body: (call, answer) => plainer(chatCompletions.body(call, answer)),
  frames: (call, answer) =>
    chatCompletions.frames(call, answer).map((frame) => ({ ...frame, data: plainer(frame.data) })),
  failedBody,
  // Its layer takes its own error line for a piece of an answer: what comes out is an empty one, of no model.
  failedFrames: (_call, answer) => [{ phase: "finish", data: emptyChunk(answer) }],
};

/** OpenAI's API, as Ollama serves it under `/v1` (middleware/openai.go). */
export const ollamaAsOpenai: Dialect = {
  basePath: "/v1",
  routes: [
    chatAsOpenai,
    // Here the error line passes for one in which nothing happened: the stream ends without a word, and without its end.
    { ...responses, failedBody, failedFrames: () => [] },
    openaiModels(failedBody, "library"),
  ],
  requestIdHeader: null,
  problem: ollamaOpenaiProblem,
};

/** OpenAI's documents without what Ollama knows nothing of. */
function plainer(data: unknown): unknown {
  if (typeof data !== "object" || data === null) return data;
  const { service_tier: _tier, usage, ...kept } = data as Record<string, unknown>;
  const counts = usage as Record<string, unknown> | null | undefined;
  return {
    ...kept,
    system_fingerprint: "fp_ollama",
    ...(counts && {
      usage: {
        prompt_tokens: counts["prompt_tokens"],
        completion_tokens: counts["completion_tokens"],
        total_tokens: counts["total_tokens"],
      },
    }),
  };
}

function emptyChunk({ ordinal, createdS }: Answer): object {
  return {
    id: `chatcmpl-simulated-${ordinal}`,
    object: "chat.completion.chunk",
    created: createdS,
    model: "",
    system_fingerprint: "fp_ollama",
    choices: [{ index: 0, delta: { content: "" }, finish_reason: null }],
  };
}
