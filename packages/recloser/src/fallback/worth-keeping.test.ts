import { describe, expect, it } from "vitest";
import { isWorthKeeping } from "./worth-keeping.ts";

describe("an answer worth keeping", () => {
  it.each<[string, unknown, boolean]>([
    ["a list", ["hit"], true],
    ["a text", "Paris", true],
    ["OpenAI, whole", { choices: [{ finish_reason: "stop", message: { content: "Paris" } }] }, true],
    ["OpenAI, filtered", { choices: [{ finish_reason: "content_filter", message: { content: "" } }] }, false],
    ["OpenAI, refused", { choices: [{ finish_reason: "stop", message: { refusal: "I can't" } }] }, false],
    ["Anthropic, refused", { stop_reason: "refusal", content: [] }, false],
    ["Gemini, blocked", { promptFeedback: { blockReason: "SAFETY" } }, false],
    ["the AI SDK, filtered", { text: "", finishReason: "content-filter" }, false],
    ["the AI SDK, unified", { finishReason: { unified: "content-filter", raw: "x" } }, false],
    ["the AI SDK, whole", { text: "Paris", finishReason: "stop" }, true],
    ["an error under status 200", { error: { message: "overloaded", code: 502 } }, false],
  ])("%s: %s", (_name, answer, worth) => {
    expect(isWorthKeeping(answer)).toBe(worth);
  });
});
