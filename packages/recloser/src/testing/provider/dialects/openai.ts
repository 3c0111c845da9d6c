import type { Dialect, Route } from "./dialect.ts";
import { chatCompletions } from "./openai-chat.ts";
import { openaiProblem } from "./openai-problems.ts";
import { responses } from "./openai-responses.ts";

const models: Route = {
  method: "GET",
  path: "/v1/models",
  encoding: "sse",
  read: () => ({ kind: "call", model: null, stream: false, prompt: "", maxTokens: null, request: {} }),
  body: (_call, { catalogue, createdS }) => ({
    object: "list",
    data: catalogue.map((id) => ({ id, object: "model", created: createdS, owned_by: "recloser-simulation" })),
  }),
  frames: () => [],
  failedBody: (_call, _answer, problem) => openaiProblem(problem).body,
  failedFrames: () => [],
};

/** OpenAI's chat completions and responses, as the official `openai` 6 client reads them. */
export const openai: Dialect = {
  name: "openai",
  basePath: "/v1",
  routes: [chatCompletions, responses, models],
  problem: openaiProblem,
};
