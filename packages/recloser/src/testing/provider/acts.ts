/** The parts answer scripts are made of. */
import { CONTENT_TYPES, encode, requestIdOf } from "./dialects/dialect.ts";
import type { Answer, Dialect, Frame, ModelCall, Problem, ProblemRequest, Route } from "./dialects/dialect.ts";
import type { RetryHint } from "./fault.ts";

export type Act =
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "head"; readonly status: number; readonly headers: Readonly<Record<string, string>> }
  | { readonly do: "write"; readonly bytes: Uint8Array | string }
  /** Past HTTP's framing, straight onto the socket. */
  | { readonly do: "write-raw"; readonly text: string }
  | { readonly do: "end" }
  /** Nothing more, with the connection open. */
  | { readonly do: "hang" }
  | { readonly do: "cut"; readonly how: "fin" | "reset" };

/** How long this answer takes, drawn beforehand. */
export interface Timing {
  readonly answerMs: number;
  readonly firstTokenMs: number;
  readonly errorMs: number;
  interTokenMs(): number;
}

export interface Situation {
  readonly dialect: Dialect;
  readonly route: Route;
  readonly call: ModelCall;
  readonly answer: Answer;
  readonly timing: Timing;
  readonly nowMs: number;
}

export interface Piece {
  readonly phase: Frame["phase"];
  readonly text: string;
  readonly waitMs: number;
}

// A whole body is sent in so many pieces where a fault has to strike inside it.
const QUARTERS = 4;
const DEFAULT_AFTER_CHUNKS = 3;

export function head(
  { dialect, call, route, answer, timing }: Situation,
  framing: "length" | "chunked" = "length",
): readonly Act[] {
  const id = requestId(dialect, answer.ordinal);
  if (call.stream) {
    return [
      {
        do: "head",
        status: 200,
        headers: { "content-type": CONTENT_TYPES[route.encoding], "cache-control": "no-cache", ...id },
      },
    ];
  }
  const length = Buffer.byteLength(JSON.stringify(route.body(call, answer)));
  const headers = {
    "content-type": "application/json",
    ...id,
    ...(framing === "length" ? { "content-length": String(length) } : {}),
  };
  return [...wait(timing.answerMs), { do: "head", status: 200, headers }];
}

export function piecesOf({ call, route, answer, timing }: Situation, quartered: boolean): readonly Piece[] {
  if (!call.stream) {
    const body = JSON.stringify(route.body(call, answer));
    const size = quartered ? Math.ceil(body.length / QUARTERS) : body.length;
    return Array.from({ length: quartered ? QUARTERS : 1 }, (_, index) => {
      return { phase: "content", text: body.slice(index * size, (index + 1) * size), waitMs: 0 };
    });
  }
  let first = true;
  return route.frames(call, answer).map((frame) => {
    const text = encode(frame, route.encoding);
    if (frame.phase !== "content") return { phase: frame.phase, text, waitMs: 0 };
    const waitMs = first ? timing.firstTokenMs : timing.interTokenMs();
    first = false;
    return { phase: frame.phase, text, waitMs };
  });
}

/** The opening and so many pieces of content, never the end. */
export function begun(
  all: readonly Piece[],
  afterChunks: number = DEFAULT_AFTER_CHUNKS,
  stream: boolean,
): readonly Piece[] {
  const opening = all.filter((piece) => piece.phase === "opening");
  const content = all.filter((piece) => piece.phase === "content");
  return [...opening, ...content.slice(0, stream ? afterChunks : Math.min(afterChunks, QUARTERS - 1))];
}

export function writes(pieces: readonly Piece[]): readonly Act[] {
  return pieces.flatMap(({ text, waitMs }): readonly Act[] => [...wait(waitMs), { do: "write", bytes: text }]);
}

export function wait(ms: number): readonly Act[] {
  return ms > 0 ? [{ do: "wait", ms }] : [];
}

export function drip(text: string, everyMs: number, size: number): readonly Act[] {
  const bytes = Buffer.from(text);
  const acts: Act[] = [];
  for (let at = 0; at < bytes.length; at += size)
    acts.push({ do: "wait", ms: everyMs }, { do: "write", bytes: bytes.subarray(at, at + size) });
  return acts;
}

/** An answer of one piece. */
export function wholeAnswer(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  waitMs = 0,
): readonly Act[] {
  const length = String(Buffer.byteLength(body));
  return [
    ...wait(waitMs),
    { do: "head", status, headers: { ...headers, "content-length": length } },
    { do: "write", bytes: body },
    { do: "end" },
  ];
}

/** The answer to a problem, in the dialect's own words. */
export function problemAnswer(
  dialect: Dialect,
  problem: Problem,
  request: ProblemRequest,
  headers: Readonly<Record<string, string>>,
  waitMs: number,
): readonly Act[] {
  const { status, body, headers: own } = dialect.problem(problem, request);
  return wholeAnswer(
    status,
    { "content-type": "application/json", ...requestId(dialect, request.ordinal), ...own, ...headers },
    typeof body === "string" ? body : JSON.stringify(body),
    waitMs,
  );
}

/** The header that tells the request's id, where the dialect has one. */
export function requestId({ requestIdHeader }: Dialect, ordinal: number): Record<string, string> {
  return requestIdHeader === null ? {} : { [requestIdHeader]: requestIdOf(ordinal) };
}

/** `Retry-After` (RFC 9110 §10.2.3): seconds, or a date. */
export function retryAfterHeader(
  { retryAfter, retryAfterAs = "seconds" }: RetryHint,
  nowMs: number,
): Record<string, string> {
  if (retryAfter === undefined) return {};
  if (typeof retryAfter === "string") return { "retry-after": retryAfter };
  const asDate = retryAfterAs === "date";
  return {
    "retry-after": asDate
      ? new Date(Math.ceil((nowMs + retryAfter * 1_000) / 1_000) * 1_000).toUTCString()
      : String(retryAfter),
  };
}
