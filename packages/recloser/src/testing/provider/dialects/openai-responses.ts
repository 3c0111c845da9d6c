import type { Answer, Frame, ModelCall, Problem, Route, RouteRequest } from "./dialect.ts";
import { errorObject } from "./openai-problems.ts";
import { badRequest, limitOf, objectBody, promptIn } from "./reading.ts";

/** `POST /v1/responses`. Its stream ends with `response.completed` (or `.incomplete`); there is no `[DONE]`. */
export const responses: Route = {
  method: "POST",
  path: "/v1/responses",
  encoding: "sse",
  read,
  body: (call, answer) => finished(call, answer),
  frames,
  failedBody: failed,
  failedFrames: (call, answer, problem, sent) => {
    const { code, message, param } = errorObject(problem);
    return numbered(
      [
        { phase: "finish", event: "error", data: { type: "error", code: code ?? "server_error", message, param } },
        {
          phase: "finish",
          event: "response.failed",
          data: { type: "response.failed", response: failed(call, answer, problem) },
        },
      ],
      sent,
    );
  },
};

function read({ body }: RouteRequest): ModelCall | Problem {
  const fields = objectBody(body);
  if (fields === null) return badRequest("the body must be a JSON object");
  const { model, input, stream } = fields;
  if (typeof model !== "string" || model === "") return badRequest("you must provide a model parameter", "model");
  if (typeof input !== "string" && !Array.isArray(input))
    return badRequest("input must be a text or a list of items", "input");
  if (stream !== undefined && stream !== null && typeof stream !== "boolean")
    return badRequest("stream must be true or false", "stream");
  const maxTokens = limitOf(fields["max_output_tokens"]);
  if (maxTokens === undefined) return badRequest("must be a whole number of tokens ≥ 1", "max_output_tokens");
  const prompt = promptIn([fields["instructions"], input]);
  return { kind: "call", model, stream: stream === true, prompt, maxTokens, request: fields };
}

function frames(call: ModelCall, answer: Answer): readonly Frame[] {
  const begun = { ...base(call, answer), status: "in_progress", output: [], usage: null };
  const at = { item_id: itemId(answer), output_index: 0, content_index: 0 };
  const item = { ...outputItem(answer), status: "in_progress", content: [] };
  const event = (phase: Frame["phase"], type: string, data: object): Frame => ({
    phase,
    event: type,
    data: { type, ...data },
  });
  const end = answer.whole ? "response.completed" : "response.incomplete";
  return numbered(
    [
      event("opening", "response.created", { response: begun }),
      event("opening", "response.in_progress", { response: begun }),
      event("opening", "response.output_item.added", { output_index: 0, item }),
      event("opening", "response.content_part.added", { ...at, part: textPart("") }),
      ...answer.pieces.map((delta) => event("content", "response.output_text.delta", { ...at, delta, logprobs: [] })),
      event("finish", "response.output_text.done", { ...at, text: answer.text, logprobs: [] }),
      event("finish", "response.content_part.done", { ...at, part: textPart(answer.text) }),
      event("finish", "response.output_item.done", { output_index: 0, item: outputItem(answer) }),
      event("finish", end, { response: finished(call, answer) }),
    ],
    0,
  );
}

function numbered(events: readonly Frame[], from: number): readonly Frame[] {
  return events.map((frame, index) => ({
    ...frame,
    data: { ...(frame.data as object), sequence_number: from + index },
  }));
}

function finished(call: ModelCall, answer: Answer): Record<string, unknown> {
  return {
    ...base(call, answer),
    status: answer.whole ? "completed" : "incomplete",
    incomplete_details: answer.whole ? null : { reason: "max_output_tokens" },
    output: [outputItem(answer)],
    usage: {
      input_tokens: answer.inputTokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: answer.outputTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: answer.inputTokens + answer.outputTokens,
    },
  };
}

function failed(call: ModelCall, answer: Answer, problem: Problem): Record<string, unknown> {
  const { code, message } = errorObject(problem);
  return {
    ...base(call, answer),
    status: "failed",
    error: { code: code ?? "server_error", message },
    output: [],
    usage: null,
  };
}

function base(call: ModelCall, answer: Answer): Record<string, unknown> {
  return {
    id: `resp_simulated_${answer.ordinal}`,
    object: "response",
    created_at: answer.createdS,
    model: call.model,
    error: null,
    incomplete_details: null,
    instructions: call.request["instructions"] ?? null,
    max_output_tokens: call.maxTokens,
    metadata: {},
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: "auto",
    tools: [],
    top_p: 1,
  };
}

function itemId(answer: Answer): string {
  return `msg_simulated_${answer.ordinal}`;
}

function outputItem(answer: Answer): Record<string, unknown> {
  return {
    id: itemId(answer),
    type: "message",
    role: "assistant",
    status: answer.whole ? "completed" : "incomplete",
    content: [textPart(answer.text)],
  };
}

function textPart(text: string): Record<string, unknown> {
  return { type: "output_text", text, annotations: [], logprobs: [] };
}
