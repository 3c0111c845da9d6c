import type { Dialect, Route } from "./dialect.ts";
import { countTokens, generateContent, streamedArray, streamedEvents } from "./gemini-content.ts";
import { errorDocument, geminiProblem, pretty } from "./gemini-problems.ts";
import { listing } from "./listing.ts";

const models: Route = listing(
  "/v1beta/models",
  (_call, { catalogue }) => ({
    models: catalogue.map((id) => ({
      name: `models/${id}`,
      version: "001",
      displayName: id,
      description: "Simulated.",
      inputTokenLimit: 1_048_576,
      outputTokenLimit: 65_536,
      supportedGenerationMethods: ["generateContent", "countTokens"],
    })),
  }),
  (_call, _answer, problem) => errorDocument(problem, null),
);

/** The Gemini API of AI Studio (v1beta), as the official `@google/genai` 2 reads it. */
export const gemini: Dialect = {
  basePath: "",
  routes: [generateContent, streamedEvents, countTokens, models],
  requestIdHeader: null,
  problem: geminiProblem,
};

/** The same for who asks for a stream and not for events: then even an error comes in an array. */
export const geminiArrays: Dialect = {
  ...gemini,
  routes: [streamedArray],
  problem: (problem, request) => ({
    ...geminiProblem(problem, request),
    body: `${pretty([errorDocument(problem, request.model)])}\n`,
  }),
};
