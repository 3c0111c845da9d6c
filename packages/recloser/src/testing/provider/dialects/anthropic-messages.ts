import { NEVER_STREAMED } from "./dialect.ts";
import type { Answer, Frame, ModelCall, Problem, Route, RouteRequest } from "./dialect.ts";
import { errorDocument } from "./anthropic-problems.ts";
import { badRequest, limitOf, objectBody, promptIn } from "./reading.ts";

const failedBody: Route["failedBody"] = (call, answer, problem) =>
  errorDocument(problem, { ordinal: answer.ordinal, model: call.model });

/** `POST /v1/messages`. Its stream ends with `message_stop`; the answer's own end is the `stop_reason` before it. */
export const messages: Route = {
  method: "POST",
  path: "/v1/messages",
  encoding: "sse",
  read: readMessage,
  body: (call, answer) => ({
    ...message(call, answer),
    content: [{ type: "text", text: answer.text }],
    stop_reason: stopReason(answer),
    usage: usage(answer.inputTokens, answer.outputTokens),
  }),
  frames,
  failedBody,
  failedFrames: (call, answer, problem) => [
    { phase: "finish", event: "error", data: failedBody(call, answer, problem) },
  ],
};

/** `POST /v1/messages/count_tokens`. */
export const countTokens: Route = {
  method: "POST",
  path: "/v1/messages/count_tokens",
  ...NEVER_STREAMED,
  read: readPrompt,
  body: (_call, { inputTokens }) => ({ input_tokens: inputTokens }),
  failedBody,
};

/** What both have: a model and what is said to it. */
function readPrompt({ body }: RouteRequest): ModelCall | Problem {
  const fields = objectBody(body);
  if (fields === null) return badRequest("the body must be a JSON object");
  const { model, system } = fields;
  if (typeof model !== "string" || model === "") return badRequest("model: field required");
  const wrong = wrongMessages(fields["messages"]);
  if (wrong !== null) return badRequest(wrong);
  const prompt = promptIn([system, fields["messages"]]);
  return { kind: "call", model, stream: false, prompt, maxTokens: null, request: fields };
}

function readMessage(request: RouteRequest): ModelCall | Problem {
  const call = readPrompt(request);
  if (call.kind !== "call") return call;
  const { max_tokens: limit, stream } = call.request;
  if (limit === undefined || limit === null) return badRequest("max_tokens: field required");
  const maxTokens = limitOf(limit);
  if (maxTokens === undefined) return badRequest("max_tokens: must be a whole number of tokens ≥ 1");
  if (stream !== undefined && typeof stream !== "boolean") return badRequest("stream: must be true or false");
  return { ...call, stream: stream === true, maxTokens };
}

const ROLES: ReadonlySet<unknown> = new Set(["user", "assistant", "system"]);

function wrongMessages(said: unknown): string | null {
  if (said === undefined) return "messages: field required";
  if (!Array.isArray(said)) return "messages: must be a list";
  if (said.length === 0) return "messages: at least one message is required";
  for (const [index, each] of said.entries()) {
    const { role, content } = objectBody(each) ?? {};
    if (!ROLES.has(role)) return `messages.${index}.role: must be user, assistant or system`;
    if (content === undefined) return `messages.${index}.content: field required`;
    const isLast = index === said.length - 1;
    if ((content === "" || (Array.isArray(content) && content.length === 0)) && !(isLast && role === "assistant"))
      return `messages.${index}: content must not be empty`;
    if (typeof content !== "string" && !Array.isArray(content))
      return `messages.${index}.content: must be a text or a list of blocks`;
  }
  return null;
}

function frames(call: ModelCall, answer: Answer): readonly Frame[] {
  const event = (phase: Frame["phase"], type: string, data: object = {}): Frame => ({
    phase,
    event: type,
    data: { type, ...data },
  });
  const begun = { ...message(call, answer), content: [], stop_reason: null, usage: usage(answer.inputTokens, 1) };
  return [
    event("opening", "message_start", { message: begun }),
    event("opening", "content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    event("opening", "ping"),
    ...answer.pieces.map((text) =>
      event("content", "content_block_delta", { index: 0, delta: { type: "text_delta", text } }),
    ),
    event("finish", "content_block_stop", { index: 0 }),
    event("finish", "message_delta", {
      delta: { stop_reason: stopReason(answer), stop_sequence: null },
      usage: {
        input_tokens: answer.inputTokens,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: answer.outputTokens,
      },
    }),
    event("marker", "message_stop"),
  ];
}

function message(call: ModelCall, answer: Answer): Record<string, unknown> {
  return {
    id: `msg_simulated_${answer.ordinal}`,
    type: "message",
    role: "assistant",
    model: call.model,
    stop_sequence: null,
    stop_details: null,
    container: null,
  };
}

function stopReason(answer: Answer): string {
  return answer.whole ? "end_turn" : "max_tokens";
}

function usage(inputTokens: number, outputTokens: number): Record<string, unknown> {
  return {
    input_tokens: inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: outputTokens,
    server_tool_use: null,
    service_tier: "standard",
  };
}
