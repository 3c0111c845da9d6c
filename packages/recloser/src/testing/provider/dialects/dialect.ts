/** What differs between providers, as data: one file per dialect says it, nothing else knows a provider's format. */

/** A wire format. */
export interface Dialect {
  /** What the official client takes as its base URL, after host and port: `/v1`, or nothing. */
  readonly basePath: string;
  readonly routes: readonly Route[];
  /** Where an answer tells the request's id; null for a dialect whose answers tell none. */
  readonly requestIdHeader: string | null;
  /** The error answer to a problem. `Retry-After` and the request's id are added by the server. */
  problem(problem: Problem, request: ProblemRequest): ErrorAnswer;
}

/** How a stream's frames are written; `json` is one JSON array, whose frames carry their own brackets and commas. */
export type Encoding = "sse" | "ndjson" | "json";

export interface Route {
  readonly method: "GET" | "POST";
  /** `/v1beta/models/{model}:generateContent`; `{name}` stands for one segment or a part of it, decoded into `params`. */
  readonly path: string;
  /** What the query must say, too; of two routes with one path the narrower comes first. */
  readonly query?: Readonly<Record<string, string>>;
  readonly encoding: Encoding;
  /** Reads the request, or says what is wrong with it. */
  read(request: RouteRequest): ModelCall | Problem;
  /** The body of a whole answer. */
  body(call: ModelCall, answer: Answer): unknown;
  /** The events of a streamed answer, in order. */
  frames(call: ModelCall, answer: Answer): readonly Frame[];
  /** A body that says 200 but holds an error. */
  failedBody(call: ModelCall, answer: Answer, problem: Problem): unknown;
  /** The events with which a stream breaks off after `sent` others. */
  failedFrames(call: ModelCall, answer: Answer, problem: Problem, sent: number): readonly Frame[];
}

export interface RouteRequest {
  readonly params: Readonly<Record<string, string>>;
  /** The JSON body; null for a GET. */
  readonly body: unknown;
}

export interface ModelCall {
  readonly kind: "call";
  /** Null for a request that names no model, such as the list of models. */
  readonly model: string | null;
  readonly stream: boolean;
  /** The text that was asked; makes the answer and counts as its input. */
  readonly prompt: string;
  /** The caller's own limit on the answer's pieces, null for none. */
  readonly maxTokens: number | null;
  /** Whatever else the route wants back when it answers. */
  readonly request: Readonly<Record<string, unknown>>;
}

/** What is answered, in no format yet. */
export interface Answer {
  /** 1 for the first answer since the start; makes ids. */
  readonly ordinal: number;
  /** Epoch seconds. */
  readonly createdS: number;
  readonly pieces: readonly string[];
  readonly text: string;
  /** False when it was cut at the caller's limit. */
  readonly whole: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The models this provider lists. */
  readonly catalogue: readonly string[];
}

/** One event of a stream. */
export interface Frame {
  /**
   * What it means to a client: nothing yet (`opening`), a piece of the answer (`content`), the answer's own end
   * (`finish`: a finish reason, `response.completed`), or the stream's (`marker`: `[DONE]`).
   */
  readonly phase: "opening" | "content" | "finish" | "marker";
  /** The SSE event name, where the dialect uses one. */
  readonly event?: string;
  /** JSON, or a text that is written as it is. */
  readonly data: unknown;
  /** Written past the encoding, as a server does that fails outside its own stream. */
  readonly bare?: true;
}

export type ProblemKind =
  | "server-error"
  | "overloaded"
  | "rate-limited"
  | "quota-exhausted"
  | "auth"
  | "bad-request"
  | "not-found"
  | "method-not-allowed"
  | "too-large";

export interface Problem {
  readonly kind: ProblemKind;
  /** As the fault asks; without one the dialect's own for that kind. */
  readonly status?: number;
  readonly message?: string;
  /** The field of the request that is wrong. */
  readonly param?: string;
  /** For rate limits: which one ran out (adds headers), and when it is back. */
  readonly limited?: "requests" | "tokens";
  readonly resetMs?: number;
  /** What `Retry-After` will say, for a dialect that says it elsewhere as well. */
  readonly retryAfterMs?: number;
}

/** The request that meets a problem. */
export interface ProblemRequest {
  readonly ordinal: number;
  readonly nowMs: number;
  /** Null where none was named or understood. */
  readonly model: string | null;
}

export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, or a text that is sent as it is. */
  readonly body: unknown;
}

export const CONTENT_TYPES: Readonly<Record<Encoding, string>> = {
  sse: "text/event-stream; charset=utf-8",
  ndjson: "application/x-ndjson",
  json: "application/json; charset=UTF-8",
};

/** What a route lacks that never streams. */
export const NEVER_STREAMED: Pick<Route, "encoding" | "frames" | "failedFrames"> = {
  encoding: "json",
  frames: () => [],
  failedFrames: () => [],
};

export function encode(frame: Frame, encoding: Encoding): string {
  const data = typeof frame.data === "string" ? frame.data : JSON.stringify(frame.data);
  if (frame.bare === true || encoding === "json") return data;
  if (encoding === "ndjson") return `${data}\n`;
  return frame.event === undefined ? `data: ${data}\n\n` : `event: ${frame.event}\ndata: ${data}\n\n`;
}

/** The id of a request, as its header and, in some dialects, its error tell it. */
export function requestIdOf(ordinal: number): string {
  return `req_simulated_${ordinal}`;
}

export function isProblem(read: ModelCall | Problem): read is Problem {
  return read.kind !== "call";
}

export function fitsQuery({ query = {} }: Route, asked: URLSearchParams): boolean {
  return Object.entries(query).every(([name, value]) => asked.get(name) === value);
}

/** The params of `path` if it fits the route's template, else null. */
export function matchPath(template: string, path: string): Record<string, string> | null {
  const names: string[] = [];
  const source = template.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name);
    return "([^/:]+)";
  });
  const found = new RegExp(`^${source}$`).exec(path);
  if (found === null) return null;
  try {
    return Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? "")]));
  } catch {
    return null; // a stray % is no path of ours
  }
}
