import type { Answer, Frame, ModelCall, Problem, Route, RouteRequest } from "./dialect.ts";
import { messageOf } from "./ollama-problems.ts";
import { badRequest, limitOf, objectBody, promptIn } from "./reading.ts";

/** How a piece of text is carried, which is all that differs between the two routes. */
type Carrier = (text: string) => Record<string, unknown>;

/** `POST /api/chat`. A stream unless told otherwise; ends with the line that says `done`. */
export const chat: Route = route(
  "/api/chat",
  (text) => ({ message: { role: "assistant", content: text } }),
  ({ messages }) => {
    if (messages === undefined || messages === null) return [];
    return Array.isArray(messages) ? messages : null;
  },
);

/** `POST /api/generate`. */
export const generate: Route = route(
  "/api/generate",
  (text) => ({ response: text }),
  ({ system, prompt = "" }) => {
    if (typeof prompt !== "string") return null;
    return prompt === "" ? [] : [system, prompt];
  },
);

/** @param said what the model is asked: nothing loads it, null is none of what may be said. */
function route(
  path: string,
  carry: Carrier,
  said: (fields: Readonly<Record<string, unknown>>) => readonly unknown[] | null,
): Route {
  const failed: Route["failedBody"] = (call, _answer, problem) => ({ error: messageOf(problem, call.model) });
  return {
    method: "POST",
    path,
    encoding: "ndjson",
    read: (request) => read(request, said),
    body: (call, answer) => ({
      ...line(call, answer),
      ...carry(isLoad(call) ? "" : answer.text),
      ...ending(call, answer),
    }),
    frames: (call, answer): readonly Frame[] => [
      ...answer.pieces.map((text): Frame => {
        return { phase: "content", data: { ...line(call, answer), ...carry(text), done: false } };
      }),
      { phase: "finish", data: { ...line(call, answer), ...carry(""), ...ending(call, answer) } },
    ],
    failedBody: failed,
    failedFrames: (call, answer, problem) => [{ phase: "finish", data: failed(call, answer, problem) }],
  };
}

function read(
  { body }: RouteRequest,
  said: (fields: Readonly<Record<string, unknown>>) => readonly unknown[] | null,
): ModelCall | Problem {
  const fields = objectBody(body);
  if (fields === null) return badRequest("the body must be a JSON object");
  const { model, stream } = fields;
  if (typeof model !== "string" || model === "") return badRequest("model is required");
  if (stream !== undefined && stream !== null && typeof stream !== "boolean")
    return badRequest("stream must be true or false");
  const asked = said(fields);
  if (asked === null) return badRequest("messages must be a list, or prompt a text");
  const predict = (objectBody(fields["options"]) ?? {})["num_predict"];
  // Negative numbers stand for no limit, or for the rest of the context.
  const maxTokens = typeof predict === "number" && predict < 0 ? null : limitOf(predict);
  if (maxTokens === undefined) return badRequest("num_predict must be a whole number of tokens");
  const request = { isLoad: asked.length === 0 };
  return {
    kind: "call",
    model,
    stream: stream !== false && !request.isLoad,
    prompt: promptIn(asked),
    maxTokens,
    request,
  };
}

// Asked nothing, the server loads the model and says so at once, stream or not.
function isLoad({ request }: ModelCall): boolean {
  return request["isLoad"] === true;
}

function line(call: ModelCall, answer: Answer): Record<string, unknown> {
  return { model: call.model, created_at: new Date(answer.createdS * 1_000).toISOString() };
}

// Nanoseconds, as from a small machine: no model ran, so they are worked out from the counts.
const NS_PER_TOKEN = 20_000_000;
const LOAD_NS = 50_000_000;

function ending(call: ModelCall, { whole, inputTokens, outputTokens }: Answer): Record<string, unknown> {
  if (isLoad(call)) return { done: true, done_reason: "load" };
  const promptNs = (inputTokens * NS_PER_TOKEN) / 10;
  const answerNs = outputTokens * NS_PER_TOKEN;
  return {
    done: true,
    done_reason: whole ? "stop" : "length",
    total_duration: LOAD_NS + promptNs + answerNs,
    load_duration: LOAD_NS,
    prompt_eval_count: inputTokens,
    prompt_eval_duration: promptNs,
    eval_count: outputTokens,
    eval_duration: answerNs,
  };
}
