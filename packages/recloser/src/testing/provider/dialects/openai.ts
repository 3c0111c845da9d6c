import type { Dialect, Route } from "./dialect.ts";
import { listing } from "./listing.ts";
import { chatCompletions } from "./openai-chat.ts";
import { openaiProblem } from "./openai-problems.ts";
import { responses } from "./openai-responses.ts";

/** `GET /v1/models`, with any provider's idea of who owns them. */
export function openaiModels(failedBody: Route["failedBody"], ownedBy: string): Route {
  return listing(
    "/v1/models",
    (_call, { catalogue, createdS }) => ({
      object: "list",
      data: catalogue.map((id) => ({ id, object: "model", created: createdS, owned_by: ownedBy })),
    }),
    failedBody,
  );
}

/** OpenAI's chat completions and responses, as the official `openai` 6 client reads them. */
export const openai: Dialect = {
  basePath: "/v1",
  routes: [
    chatCompletions,
    responses,
    openaiModels((_call, _answer, problem) => openaiProblem(problem).body, "recloser-simulation"),
  ],
  requestIdHeader: "x-request-id",
  problem: openaiProblem,
};
