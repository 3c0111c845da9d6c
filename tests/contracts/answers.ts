/** What a provider answers, in the dialect of whoever asks: the least that the official clients take for an answer. */
import type { ServerResponse } from "node:http";
import type { Received } from "../support/plain-server.ts";

interface Dialect {
  readonly path: RegExp;
  readonly whole: object;
  /** Up to the first text. */
  readonly begin: readonly object[];
  readonly end: readonly (object | string)[];
}

const chunk = (delta: object, finish_reason: string | null): object => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "m",
  choices: [{ index: 0, delta, finish_reason }],
});

const chat: Dialect = {
  path: /\/chat\/completions/,
  whole: {
    ...chunk({}, "stop"),
    object: "chat.completion",
    choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  },
  begin: [chunk({ role: "assistant", content: "Hi" }, null)],
  end: [chunk({}, "stop"), "[DONE]"],
};

const text = { type: "output_text", text: "Hi", annotations: [] };
const message = { id: "msg_1", type: "message", role: "assistant", status: "completed", content: [text] };
const usage = {
  input_tokens: 1,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 1,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 2,
};
const response = (status: string, output: object[]): object => ({
  id: "resp_1",
  object: "response",
  created_at: 1,
  model: "m",
  status,
  output,
  usage,
});
const at = { item_id: "msg_1", output_index: 0, content_index: 0 };

const responses: Dialect = {
  path: /\/responses/,
  whole: response("completed", [message]),
  begin: [
    { type: "response.created", sequence_number: 0, response: response("in_progress", []) },
    { type: "response.output_item.added", sequence_number: 1, output_index: 0, item: { ...message, content: [] } },
    { type: "response.content_part.added", sequence_number: 2, ...at, part: { ...text, text: "" } },
    { type: "response.output_text.delta", sequence_number: 3, ...at, delta: "Hi" },
  ],
  end: [
    { type: "response.output_text.done", sequence_number: 4, ...at, text: "Hi" },
    { type: "response.output_item.done", sequence_number: 5, output_index: 0, item: message },
    { type: "response.completed", sequence_number: 6, response: response("completed", [message]) },
  ],
};

const claude = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "m",
  content: [{ type: "text", text: "Hi" }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
};

const messages: Dialect = {
  path: /\/messages/,
  whole: claude,
  begin: [
    { type: "message_start", message: { ...claude, content: [], stop_reason: null } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi" } },
  ],
  end: [
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { input_tokens: 1, output_tokens: 1 },
    },
    { type: "message_stop" },
  ],
};

const candidate = (finish: object): object => ({
  candidates: [{ index: 0, content: { role: "model", parts: [{ text: "Hi" }] }, ...finish }],
});

const gemini: Dialect = {
  path: /:(?:streamG|g)enerateContent/,
  whole: candidate({ finishReason: "STOP" }),
  begin: [candidate({})],
  end: [candidate({ finishReason: "STOP" })],
};

const DIALECTS = [chat, responses, messages, gemini];

/** Answers whole, or only as far as the first text of a stream and then nothing more. */
export function answer(to: ServerResponse, received: Received, far: "whole" | "first text" = "whole"): void {
  const dialect = DIALECTS.find(({ path }) => path.test(received.path));
  if (dialect === undefined) throw new Error(`nothing is said at ${received.path}`);
  const { stream } = JSON.parse(received.body.toString()) as { stream?: boolean };
  if (stream !== true && !received.path.includes(":stream")) {
    to.setHeader("content-type", "application/json");
    return void to.end(JSON.stringify(dialect.whole));
  }
  to.writeHead(200, { "content-type": "text/event-stream" });
  for (const data of dialect.begin) to.write(frame(data));
  if (far === "whole") to.end(dialect.end.map(frame).join(""));
}

function frame(data: object | string): string {
  const type = (data as { type?: string }).type;
  const event = type === undefined ? "" : `event: ${type}\n`;
  return `${event}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}
