import { describe, expect, it } from "vitest";
import { ChunkInspector, EventInspector } from "./chunk-inspector.ts";

const chunk = (message: object, more: object = {}): object => ({
  text: "",
  message: { content: "", ...message },
  ...more,
});

function sights(chunks: readonly unknown[], inspector = new ChunkInspector(true)): unknown[] {
  return [...chunks.map((each) => inspector.see(each)), inspector.end()];
}

describe("A chunk shows", () => {
  it.each([
    ["a text", { text: "Hi", message: { content: "Hi" } }],
    ["a part of a text", chunk({ content: [{ type: "text", text: "Hi", index: 0 }] })],
    ["a thought", chunk({ content: [{ type: "thinking", thinking: "Hm", index: 0 }] })],
    ["a thought, where OpenAI's imitators put it", chunk({ additional_kwargs: { reasoning_content: "Hm" } })],
    ["a thought, where Groq puts it", chunk({ additional_kwargs: { reasoning: "Hm" } })],
    ["a tool's call", chunk({ tool_call_chunks: [{ name: "sum", args: "", index: 0 }] })],
    ["a piece of a tool's input", chunk({ content: [{ type: "input_json_delta", input: "{", index: 1 }] })],
    ["a refusal", chunk({ additional_kwargs: { refusal: "No" } })],
    ["sound", chunk({ additional_kwargs: { audio: { data: "AAA=" } } })],
    ["a piece of a completed text", { text: "Hi", generationInfo: {} }],
  ])("%s: content", (_, given) => {
    expect(new ChunkInspector(true).see(given)).toBe("content");
  });

  it.each([
    ["a role", chunk({ response_metadata: { model_provider: "openai", usage: {} } })],
    ["the beginning of a response", chunk({ content: [], response_metadata: { id: "resp_1", model: "gpt-5" } })],
    ["the beginning of a message", chunk({ content: [], additional_kwargs: { id: "msg_1", stop_reason: null } })],
    ["an empty part", chunk({ content: [{ type: "text", text: "", index: 0 }] })],
    ["that a thought will come", chunk({ additional_kwargs: { reasoning: { id: "rs_1", type: "reasoning" } } })],
    ["the usage of the prompt", chunk({ usage_metadata: { input_tokens: 9 } })],
    ["nothing", undefined],
  ])("%s: nothing of an answer yet", (_, given) => {
    expect(new ChunkInspector(true).see(given)).toBe("opening");
  });
});

describe("The end of an answer", () => {
  const text = { text: "Hi", message: { content: "Hi" } };

  it.each([
    ["OpenAI, Groq", chunk({}, { generationInfo: { prompt: 0, completion: 0, finish_reason: "stop" } })],
    ["OpenAI's responses", chunk({ response_metadata: { status: "completed" } })],
    ["OpenAI's responses at a limit", chunk({ response_metadata: { status: "incomplete" } })],
    ["Anthropic", chunk({ additional_kwargs: { stop_reason: "end_turn", stop_sequence: null } })],
    ["Gemini, Mistral", chunk({}, { generationInfo: { finishReason: "STOP" } })],
    ["Bedrock", chunk({ response_metadata: { messageStop: { stopReason: "end_turn" } } })],
    ["Ollama", chunk({ response_metadata: { done: true, done_reason: "stop" } })],
    ["an older Ollama", chunk({ response_metadata: { done: true } })],
  ])("is seen where %s puts it", (_, end) => {
    expect(sights([text, end])).toEqual(["content", "end", "whole"]);
  });

  it("is missed where the provider always gives one, and only there", () => {
    expect(sights([text])).toEqual(["content", "cut"]);
    expect(sights([text], new ChunkInspector(false))).toEqual(["content", "whole"]);
  });

  it("is there when each choice has ended", () => {
    const of = (completion: number, finish_reason?: string): object =>
      chunk({}, { text: "x", generationInfo: { completion, ...(finish_reason !== undefined && { finish_reason }) } });
    expect(sights([of(0), of(1), of(0, "stop")])).toEqual(["content", "content", "content", "cut"]);
    expect(sights([of(0), of(1), of(0, "stop"), of(1, "stop")]).slice(-2)).toEqual(["end", "whole"]);
  });

  it("stays, whatever usage follows", () => {
    const end = chunk({}, { generationInfo: { completion: 0, finish_reason: "stop" } });
    expect(sights([text, end, chunk({ usage_metadata: {} })]).at(-1)).toBe("whole");
  });

  it("by a filter is no failure of the provider's", () => {
    const filtered = chunk({}, { generationInfo: { finish_reason: "content_filter" } });
    expect(sights([text, filtered]).at(-1)).toMatchObject({ kind: "content-filtered", track: "none" });
    const incomplete = { status: "incomplete", incomplete_details: { reason: "content_filter" } };
    expect(sights([chunk({ response_metadata: incomplete })]).at(-1)).toMatchObject({ kind: "content-filtered" });
  });

  it("by an error is a failure, told once", () => {
    const failed = chunk({}, { generationInfo: { finish_reason: "error" } });
    const failure = expect.objectContaining({ kind: "stream-error" }) as unknown;
    expect(sights([text, failed, text])).toEqual(["content", failure, "opening", failure]);
  });
});

describe("An event of the newer protocol shows", () => {
  const start = (content: object): object => ({ event: "content-block-start", index: 0, content });
  const whole = { event: "message-finish", reason: "stop" };

  it("content with the first delta, or a tool's name", () => {
    const inspector = new EventInspector(true);
    expect(inspector.see({ event: "message-start", id: "1" })).toBe("opening");
    expect(inspector.see({ event: "provider", name: "stream_metadata" })).toBe("opening");
    expect(inspector.see(start({ type: "text", text: "" }))).toBe("opening");
    expect(inspector.see({ event: "content-block-delta", delta: { type: "text-delta", text: "H" } })).toBe("content");
    expect(inspector.see(start({ type: "tool_call_chunk", name: "sum", args: "" }))).toBe("content");
    expect(inspector.see(whole)).toBe("end");
    expect(inspector.end()).toBe("whole");
  });

  it("no end where it has no reason for it", () => {
    const inspector = new EventInspector(true);
    expect(inspector.see({ event: "message-finish", reason: undefined })).toBe("opening");
    expect(inspector.end()).toBe("cut");
  });
});
