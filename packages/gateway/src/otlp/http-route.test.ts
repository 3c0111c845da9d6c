import { expect, test } from "vitest";
import { type Addressed, addressed } from "../formats/addressed.ts";
import { operationName, providerName } from "./gen-ai.ts";
import { httpRoute } from "./http-route.ts";

test.each([
  ["POST", "/v1/chat/completions", "/v1/chat/completions", "chat"],
  ["POST", "/openai/v1/responses", "/v1/responses", "chat"],
  ["POST", "/v1/completions", "/v1/completions", "text_completion"],
  ["POST", "/r/fast/v1/embeddings", "/r/{route}/v1/embeddings", "embeddings"],
  ["POST", "/v1/messages", "/v1/messages", "chat"],
  ["POST", "/anthropic/v1/messages/count_tokens", "/v1/messages/count_tokens", null],
  ["POST", "/v1beta/models/any:generateContent", "/v1beta/models/{model}:generateContent", "generate_content"],
  ["POST", "/v1beta/models/any:made-up", "/v1beta/{path}", null],
  ["GET", "/v1/models", "/v1/models", null],
  ["GET", "/v1/files/any", "/v1/{path}", null],
])("%s %s is %s, %s", (method, path, route, operation) => {
  const where = addressed(method, path, false) as Addressed;
  expect([httpRoute(where), operationName(where)]).toEqual([route, operation]);
});

test("a provider is called as OpenTelemetry calls it, or as it is in breaker keys", () => {
  expect(["openai", "gemini", "my-own", "toString"].map(providerName)).toEqual([
    "openai",
    "gcp.gemini",
    "my-own",
    "toString",
  ]);
});
