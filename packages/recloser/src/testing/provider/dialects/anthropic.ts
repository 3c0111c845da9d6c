import { countTokens, messages } from "./anthropic-messages.ts";
import { anthropicProblem, errorDocument } from "./anthropic-problems.ts";
import type { Dialect, Route } from "./dialect.ts";
import { listing } from "./listing.ts";

const models: Route = listing(
  "/v1/models",
  (_call, { catalogue, createdS }) => ({
    data: catalogue.map((id) => ({
      type: "model",
      id,
      display_name: id,
      created_at: new Date(createdS * 1_000).toISOString(),
      lifecycle: "active",
    })),
    has_more: false,
    first_id: catalogue[0] ?? null,
    last_id: catalogue.at(-1) ?? null,
  }),
  (_call, { ordinal }, problem) => errorDocument(problem, { ordinal, model: null }),
);

/** Anthropic's Messages API, as the official `@anthropic-ai/sdk` 1 reads it. */
export const anthropic: Dialect = {
  basePath: "",
  routes: [messages, countTokens, models],
  requestIdHeader: "request-id",
  problem: anthropicProblem,
};
