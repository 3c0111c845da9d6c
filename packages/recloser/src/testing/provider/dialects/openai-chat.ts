import type { Answer, Frame, ModelCall, Problem, Route, RouteRequest } from "./dialect.ts";
import { errorObject } from "./openai-problems.ts";
import { badRequest, limitOf, objectBody, promptIn } from "./reading.ts";

/** `POST /v1/chat/completions`. */
export const chatCompletions: Route = {
  method: "POST",
  path: "/v1/chat/completions",
  encoding: "sse",
  read,
  body: (call, answer) => ({
    ...common(call, answer, "chat.completion"),
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: answer.text, refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: finishReason(answer),
      },
    ],
    usage: usage(answer),
    service_tier: "default",
  }),
  frames,
  failedBody: (_call, _answer, problem) => ({ error: errorObject(problem) }),
  failedFrames: (_call, _answer, problem) => [{ phase: "finish", data: { error: errorObject(problem) } }],
};

function read({ body }: RouteRequest): ModelCall | Problem {
  const fields = objectBody(body);
  if (fields === null) return badRequest("the body must be a JSON object");
  const { model, messages, stream, stream_options: streamOptions } = fields;
  if (typeof model !== "string" || model === "") return badRequest("you must provide a model parameter", "model");
  if (!Array.isArray(messages) || messages.length === 0)
    return badRequest("messages must be a list of one or more messages", "messages");
  if (stream !== undefined && stream !== null && typeof stream !== "boolean")
    return badRequest("stream must be true or false", "stream");
  if (streamOptions !== undefined && streamOptions !== null && stream !== true) {
    return badRequest("stream_options is only allowed when stream is true", "stream_options");
  }
  const maxTokens = limitOf(fields["max_completion_tokens"] ?? fields["max_tokens"]);
  if (maxTokens === undefined) return badRequest("must be a whole number of tokens ≥ 1", "max_completion_tokens");
  return { kind: "call", model, stream: stream === true, prompt: promptIn(messages), maxTokens, request: fields };
}

function frames(call: ModelCall, answer: Answer): readonly Frame[] {
  const withUsage =
    (call.request["stream_options"] as { include_usage?: unknown } | null | undefined)?.include_usage === true;
  const head = common(call, answer, "chat.completion.chunk");
  // With usage asked for, every chunk has the field and only the last one, without choices, a value.
  const extra = withUsage ? { usage: null } : {};
  const chunk = (phase: Frame["phase"], delta: object, finish: string | null): Frame => ({
    phase,
    data: { ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }], ...extra },
  });
  return [
    chunk("opening", { role: "assistant", content: "", refusal: null }, null),
    ...answer.pieces.map((content) => chunk("content", { content }, null)),
    chunk("finish", {}, finishReason(answer)),
    ...(withUsage ? [{ phase: "finish", data: { ...head, choices: [], usage: usage(answer) } } as const] : []),
    { phase: "marker", data: "[DONE]" },
  ];
}

function common(call: ModelCall, answer: Answer, object: string): Record<string, unknown> {
  return {
    id: `chatcmpl-simulated-${answer.ordinal}`,
    object,
    created: answer.createdS,
    model: call.model,
    system_fingerprint: "fp_simulated",
  };
}

function finishReason(answer: Answer): string {
  return answer.whole ? "stop" : "length";
}

function usage({ inputTokens, outputTokens }: Answer): Record<string, unknown> {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
