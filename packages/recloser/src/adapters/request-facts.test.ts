import { expect, test } from "vitest";
import { modelInPath, providerAt } from "./request-facts.ts";

test.each([
  ["https://generativelanguage.googleapis.com/", "gemini"],
  ["https://aiplatform.googleapis.com/", "vertex"],
  ["https://us-central1-aiplatform.googleapis.com/", "vertex"],
  ["https://aiplatform.eu.rep.googleapis.com/", "vertex"],
  ["https://aiplatform.googleapis.com.example/", "aiplatform.googleapis.com.example"],
  ["http://127.0.0.1:8080/v1", "127.0.0.1:8080"],
])("The provider at %s is %s", (url, provider) => {
  expect(providerAt(new URL(url))).toBe(provider);
});

test.each([
  ["/v1beta/models/gemini-2.5-flash:generateContent", "gemini-2.5-flash"],
  ["/tunedModels/mine-17:generateContent", "mine-17"],
  ["/v1/projects/p/locations/l/publishers/google/models/gemini-2.5-pro:streamGenerateContent", "gemini-2.5-pro"],
  ["/v1/projects/p/locations/l/endpoints/123:generateContent", "123"],
  ["/model/anthropic.claude-v2%3A1/invoke", "anthropic.claude-v2:1"],
  ["/v1/chat/completions", undefined],
])("The model in %s is %s", (path, model) => {
  expect(modelInPath(path)).toBe(model);
});
