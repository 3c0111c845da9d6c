import { NEVER_STREAMED } from "./dialect.ts";
import type { Answer, Frame, ModelCall, Problem, Route, RouteRequest } from "./dialect.ts";
import { errorDocument, pretty } from "./gemini-problems.ts";
import { badRequest, limitOf, objectBody, promptIn } from "./reading.ts";

const failedBody: Route["failedBody"] = (call, _answer, problem) => errorDocument(problem, call.model);

/** `POST /v1beta/models/{model}:generateContent`. */
export const generateContent: Route = {
  method: "POST",
  path: "/v1beta/models/{model}:generateContent",
  ...NEVER_STREAMED,
  read,
  body: wholeAnswer,
  failedBody,
};

/** `…:streamGenerateContent?alt=sse`. The chunk with the finish reason is its last; there is no marker behind it. */
export const streamedEvents: Route = {
  ...generateContent,
  path: "/v1beta/models/{model}:streamGenerateContent",
  query: { alt: "sse" },
  encoding: "sse",
  read: readStream,
  frames: (call, answer) => chunks(call, answer),
  // What breaks off a stream writes no event: a bare document follows the events, over several lines.
  failedFrames: (call, answer, problem) => [
    { phase: "finish", data: `${pretty(failedBody(call, answer, problem))}\n`, bare: true },
  ],
};

/** `…:streamGenerateContent`: one JSON array, written piece by piece. Its closing bracket is the marker. */
export const streamedArray: Route = {
  ...generateContent,
  path: "/v1beta/models/{model}:streamGenerateContent",
  encoding: "json",
  read: readStream,
  frames: (call, answer) => [
    ...chunks(call, answer).map((frame, index) => element(frame, index)),
    { phase: "marker", data: "\n]\n" },
  ],
  failedFrames: (call, answer, problem, sent) => [
    element({ phase: "finish", data: failedBody(call, answer, problem) }, sent),
  ],
};

/** `…:countTokens`. */
export const countTokens: Route = {
  ...generateContent,
  path: "/v1beta/models/{model}:countTokens",
  body: (_call, { inputTokens }) => ({
    totalTokens: inputTokens,
    promptTokensDetails: [{ modality: "TEXT", tokenCount: inputTokens }],
  }),
};

function element(frame: Frame, index: number): Frame {
  return { ...frame, data: (index === 0 ? "[" : ",\r\n") + pretty(frame.data) };
}

function readStream(request: RouteRequest): ModelCall | Problem {
  const call = read(request);
  return call.kind === "call" ? { ...call, stream: true } : call;
}

function read({ params, body }: RouteRequest): ModelCall | Problem {
  const fields = objectBody(body);
  if (fields === null) return badRequest("the body must be a JSON object");
  const contents = listOf(fields["contents"]);
  if (contents.length === 0) return badRequest("contents is not specified", "contents");
  for (const [index, content] of contents.entries()) {
    const { role = "user", parts } = objectBody(content) ?? {};
    if (!["user", "model", "function"].includes(role as string))
      return badRequest("use a valid role: user, model", `contents[${index}].role`);
    if (listOf(parts).length === 0) return badRequest("parts must not be empty", `contents[${index}].parts`);
  }
  const config = objectBody(either(fields, "generationConfig", "generation_config")) ?? {};
  const maxTokens = limitOf(either(config, "maxOutputTokens", "max_output_tokens"));
  if (maxTokens === undefined)
    return badRequest("must be a whole number of tokens ≥ 1", "generation_config.max_output_tokens");
  const prompt = promptIn([either(fields, "systemInstruction", "system_instruction"), contents]);
  return { kind: "call", model: params["model"] ?? null, stream: false, prompt, maxTokens, request: fields };
}

// Google's reader of JSON takes a field by both spellings, and one value for a list of one.
function either(fields: Readonly<Record<string, unknown>>, camel: string, snake: string): unknown {
  return fields[camel] ?? fields[snake];
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return objectBody(value) === null ? [] : [value];
}

function chunks(call: ModelCall, answer: Answer): readonly Frame[] {
  return [
    ...answer.pieces.map((text, index): Frame => {
      return { phase: "content", data: response(call, answer, { text }, null, index + 1) };
    }),
    { phase: "finish", data: response(call, answer, { text: "" }, finishReason(answer), answer.outputTokens) },
  ];
}

function wholeAnswer(call: ModelCall, answer: Answer): unknown {
  return response(call, answer, { text: answer.text }, finishReason(answer), answer.outputTokens);
}

function response(call: ModelCall, answer: Answer, part: object, finish: string | null, outputTokens: number): object {
  return {
    candidates: [
      {
        content: { parts: [part], role: "model" },
        ...(finish !== null && { finishReason: finish }),
        index: 0,
      },
    ],
    usageMetadata: {
      promptTokenCount: answer.inputTokens,
      candidatesTokenCount: outputTokens,
      totalTokenCount: answer.inputTokens + outputTokens,
      promptTokensDetails: [{ modality: "TEXT", tokenCount: answer.inputTokens }],
    },
    modelVersion: call.model,
    responseId: `simulated-${answer.ordinal}`,
  };
}

function finishReason(answer: Answer): string {
  return answer.whole ? "STOP" : "MAX_TOKENS";
}
