/** Where each format's answer begins and where it is whole. */
import { describe, expect, test } from "vitest";
import { DocumentInspector } from "./document-inspector.ts";
import { formatAt, formatOf } from "./formats.ts";
import { anthropicMessages } from "./anthropic.ts";
import { gemini } from "./gemini.ts";
import type { StreamFormat } from "./inspector.ts";
import { ollama } from "./ollama.ts";
import { openaiChat } from "./openai-chat.ts";
import { openaiResponses } from "./openai-responses.ts";

const chunk = (delta: object, finish: string | null = null, index = 0): object => ({
  object: "chat.completion.chunk",
  choices: [{ index, delta, finish_reason: finish }],
});
const part = (...parts: object[]): object => ({ candidates: [{ content: { parts, role: "model" } }] });
const block = (delta: object): object => ({ type: "content_block_delta", index: 0, delta });

// Each document with what it shows.
const ANSWERS: readonly (readonly [string, StreamFormat, readonly (readonly [object, string])[]])[] = [
  [
    "a chat",
    openaiChat,
    [
      [{ choices: [], prompt_filter_results: [] }, "opening"],
      [chunk({ role: "assistant", content: "" }), "opening"],
      [chunk({ content: "He" }), "content"],
      [chunk({}, "stop"), "end"],
      [{ choices: [], usage: { total_tokens: 3 } }, "end"],
    ],
  ],
  [
    "a chat that thinks and calls a tool",
    openaiChat,
    [
      [chunk({ role: "assistant", content: null }), "opening"],
      [chunk({ reasoning_content: "hm" }), "content"],
      [chunk({ tool_calls: [{ index: 0, function: { name: "f", arguments: "" } }] }), "content"],
      [chunk({}, "tool_calls"), "end"],
    ],
  ],
  [
    "a chat of two choices, whole when both are",
    openaiChat,
    [
      [chunk({ content: "a" }, null, 0), "content"],
      [chunk({ content: "b" }, null, 1), "content"],
      [chunk({}, "stop", 0), "opening"],
      [chunk({ content: "c" }, null, 1), "content"],
      [chunk({}, "length", 1), "end"],
    ],
  ],
  [
    "an older completion",
    openaiChat,
    [
      [{ object: "text_completion", choices: [{ index: 0, text: "He", finish_reason: null }] }, "content"],
      [{ object: "text_completion", choices: [{ index: 0, text: "", finish_reason: "stop" }] }, "end"],
    ],
  ],
  [
    "a response",
    openaiResponses,
    [
      [{ type: "response.created", response: { status: "in_progress", error: null } }, "opening"],
      [{ type: "response.output_item.added", item: { type: "message", content: [] } }, "opening"],
      [{ type: "response.reasoning_summary_text.delta", delta: "hm" }, "content"],
      [{ type: "response.output_text.delta", delta: "He" }, "content"],
      [{ type: "response.output_text.done", text: "He" }, "opening"],
      [{ type: "response.completed", response: { status: "completed", error: null } }, "end"],
    ],
  ],
  [
    "a response that reached its limit",
    openaiResponses,
    [
      [{ type: "response.function_call_arguments.delta", delta: "{" }, "content"],
      [
        {
          type: "response.incomplete",
          response: { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
        },
        "end",
      ],
    ],
  ],
  [
    "a message",
    anthropicMessages,
    [
      [{ type: "message_start", message: { role: "assistant", content: [], stop_reason: null } }, "opening"],
      [{ type: "ping" }, "opening"],
      [{ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }, "opening"],
      [block({ type: "text_delta", text: "" }), "opening"],
      [block({ type: "text_delta", text: "He" }), "content"],
      [{ type: "content_block_stop", index: 0 }, "opening"],
      [{ type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: {} }, "end"],
      [{ type: "message_stop" }, "end"],
    ],
  ],
  [
    "a message that thinks and uses a tool",
    anthropicMessages,
    [
      [{ type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "" } }, "opening"],
      [block({ type: "thinking_delta", thinking: "hm" }), "content"],
      [{ type: "content_block_start", index: 1, content_block: { type: "tool_use", name: "f", input: {} } }, "content"],
      [block({ type: "input_json_delta", partial_json: "{" }), "content"],
      [{ type: "message_delta", delta: { stop_reason: "tool_use" } }, "end"],
    ],
  ],
  [
    "Gemini's answer",
    gemini,
    [
      [part({ text: "" }), "opening"],
      [part({ thought: true, thoughtSignature: "c2ln" }), "opening"],
      [part({ text: "hm", thought: true }), "content"],
      [part({ text: "He" }), "content"],
      [{ candidates: [{ content: { parts: [{ text: "llo" }] }, finishReason: "STOP" }] }, "end"],
      [{ usageMetadata: { totalTokenCount: 3 } }, "end"],
    ],
  ],
  [
    "Gemini's call of a function",
    gemini,
    [
      [part({ functionCall: { name: "f", args: {} } }), "content"],
      [{ candidates: [{ finishReason: "MAX_TOKENS" }] }, "end"],
    ],
  ],
  [
    "Ollama's chat",
    ollama,
    [
      [{ model: "m", message: { role: "assistant", content: "" }, done: false }, "opening"],
      [{ model: "m", message: { role: "assistant", content: "", thinking: "hm" }, done: false }, "content"],
      [{ model: "m", message: { role: "assistant", content: "He" }, done: false }, "content"],
      [{ model: "m", message: { role: "assistant", content: "" }, done: true, done_reason: "stop" }, "end"],
    ],
  ],
  [
    "Ollama's generation",
    ollama,
    [
      [{ model: "m", response: "He", done: false }, "content"],
      [{ model: "m", response: "", done: true }, "end"],
    ],
  ],
];

describe.each(ANSWERS)("Of %s", (_name, format, steps) => {
  test("each document shows what it is, and the end is whole", () => {
    const inspector = new DocumentInspector(format);
    expect(steps.map(([document]) => inspector.see(document))).toEqual(steps.map(([, sight]) => sight));
    expect(inspector.end()).toBe("whole");
  });

  test("what stops anywhere before its end was cut", () => {
    const last = steps.findIndex(([, sight]) => sight === "end");
    for (let count = 0; count < last; count++) {
      const inspector = new DocumentInspector(format);
      for (const [document] of steps.slice(0, count)) inspector.see(document);
      expect(inspector.end()).toBe("cut");
    }
  });

  test("the format is recognised", () => {
    expect(formatOf(steps.find(([, sight]) => sight === "content")?.[0]).name).toBe(format.name);
  });
});

test.each([
  ["/v1/chat/completions", "openai-chat"],
  ["/openai/deployments/gpt-5/chat/completions", "openai-chat"],
  ["/api/v1/chat/completions", "openai-chat"],
  ["/v1/completions", "openai-chat"],
  ["/v1/responses", "openai-responses"],
  ["/v1/messages", "anthropic"],
  ["/v1/projects/p/locations/l/publishers/anthropic/models/claude:streamRawPredict", "anthropic"],
  ["/v1beta/models/gemini-2.5-pro:streamGenerateContent", "gemini"],
  ["/v1beta/models/gemini-2.5-pro:generateContent", "gemini"],
  ["/api/chat", "ollama"],
  ["/api/generate", "ollama"],
  ["/v1/messages/count_tokens", undefined],
  ["/v1/responses/resp_1", undefined],
  ["/v1/embeddings", undefined],
  ["/", undefined],
])("%s answers as %s", (path, name) => {
  expect(formatAt(path)?.name).toBe(name);
});

describe("An error among the documents", () => {
  test.each([
    [
      openaiResponses,
      { type: "response.failed", response: { status: "failed", error: { code: "server_error", message: "x" } } },
      "stream-error",
    ],
    [openaiResponses, { type: "error", code: "rate_limit_exceeded", message: "slow down" }, "rate-limited"],
    [anthropicMessages, { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, "overloaded"],
    [gemini, { error: { code: 503, status: "UNAVAILABLE", message: "The model is overloaded." } }, "overloaded"],
    [ollama, { error: "llama runner process has terminated" }, "stream-error"],
    [openaiChat, { error: { message: "x", type: "server_error", code: null } }, "stream-error"],
  ])("of $name is told once, at once", (format, document, kind) => {
    const inspector = new DocumentInspector(format);
    expect(inspector.see(document)).toMatchObject({ kind });
    expect(inspector.see(document)).toBe("opening");
    expect(inspector.end()).toMatchObject({ kind });
  });
});
