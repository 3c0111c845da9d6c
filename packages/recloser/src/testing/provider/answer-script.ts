/**
 * What goes over the wire for one request, as a list of acts. Made by pure functions: a fault is a change to the list,
 * so adding one means saying what it leaves out or puts in.
 */
import {
  begun,
  drip,
  head,
  piecesOf,
  problemAnswer,
  requestId,
  retryAfterHeader,
  wholeAnswer,
  writes,
} from "./acts.ts";
import type { Act, Piece, Situation } from "./acts.ts";
import { encode } from "./dialects/dialect.ts";
import type { Frame, Problem } from "./dialects/dialect.ts";
import type { ErrorWithin, Fault, RetryHint } from "./fault.ts";

/** The acts that answer a request under a fault (null: well). */
export function answerScript(situation: Situation, fault: Fault | null): readonly Act[] {
  if (fault === null) return [...head(situation), ...writes(piecesOf(situation, false)), { do: "end" }];
  switch (fault.kind) {
    case "status":
      return errorAnswer(situation, { kind: problemKind(fault.status), status: fault.status }, fault);
    case "rate-limit":
      return errorAnswer(situation, { kind: "rate-limited", ...limit(fault) }, fault);
    case "quota":
      return errorAnswer(situation, { kind: "quota-exhausted" });
    case "auth":
      return errorAnswer(situation, { kind: "auth" });
    case "bad-request":
      return errorAnswer(situation, { kind: "bad-request" });
    case "ok-with-error":
      return okWithError(situation, fault);
    case "html":
      return wholeAnswer(
        fault.status ?? 502,
        { "content-type": "text/html; charset=utf-8" },
        page(fault.status ?? 502),
        situation.timing.errorMs,
      );
    case "hang":
      return [{ do: "hang" }];
    case "headers-only":
      return [...head(situation), { do: "hang" }];
    case "reset":
      return [{ do: "cut", how: "reset" }];
    case "down":
      return []; // nobody can connect
    case "hang-mid-stream":
    case "slow-first-token":
    case "cut-stream":
    case "no-terminal-marker":
    case "stream-error":
    case "slow-drip":
    case "malformed-chunk":
      return brokenAnswer(situation, fault);
  }
}

type BrokenFault = Extract<
  Fault,
  {
    kind:
      | "hang-mid-stream"
      | "slow-first-token"
      | "cut-stream"
      | "no-terminal-marker"
      | "stream-error"
      | "slow-drip"
      | "malformed-chunk";
  }
>;

/** The faults that strike inside an answer which began well. */
function brokenAnswer(situation: Situation, fault: BrokenFault): readonly Act[] {
  const { stream } = situation.call;
  const all = piecesOf(situation, true);
  switch (fault.kind) {
    case "hang-mid-stream":
      return [...head(situation), ...writes(begun(all, fault.afterChunks, stream)), { do: "hang" }];
    case "cut-stream":
      return [
        ...head(situation),
        ...writes(begun(all, fault.afterChunks, stream)),
        { do: "cut", how: fault.how ?? "fin" },
      ];
    case "slow-first-token":
      return slowFirstToken(situation, fault.ms);
    case "no-terminal-marker": {
      const omitted: readonly Frame["phase"][] = fault.omit === "marker" ? ["marker"] : ["finish", "marker"];
      const kept = stream ? all.filter((piece) => !omitted.includes(piece.phase)) : begun(all, Infinity, false);
      return [...head(situation, "chunked"), ...writes(kept), { do: "end" }];
    }
    case "stream-error": {
      if (!stream) return okWithError(situation, fault);
      const sent = begun(all, fault.afterChunks, true);
      const { route, call, answer } = situation;
      const broken = route.failedFrames(call, answer, within(fault), sent.length);
      const marker = fault.thenMarker === true ? all.filter((piece) => piece.phase === "marker") : [];
      const events = broken.map((frame): Act => ({ do: "write", bytes: encode(frame, route.encoding) }));
      return [...head(situation), ...writes(sent), ...events, ...writes(marker), { do: "end" }];
    }
    case "slow-drip":
      return [
        ...head(situation),
        ...drip(all.map((piece) => piece.text).join(""), fault.everyMs, fault.bytes ?? 1),
        { do: "end" },
      ];
    case "malformed-chunk":
      return malformed(situation, all, fault);
  }
}

function slowFirstToken(situation: Situation, ms: number): readonly Act[] {
  if (!situation.call.stream) return [{ do: "wait", ms }, ...answerScript(situation, null)];
  const all = piecesOf(situation, false);
  const first = all.findIndex((piece) => piece.phase === "content");
  return [
    ...head(situation),
    ...writes(all.slice(0, first)),
    { do: "wait", ms },
    ...writes(all.slice(first)),
    { do: "end" },
  ];
}

function malformed(
  situation: Situation,
  all: readonly Piece[],
  fault: Extract<Fault, { kind: "malformed-chunk" }>,
): readonly Act[] {
  const sent = begun(all, fault.afterChunks, situation.call.stream);
  const rest = all.slice(sent.length);
  const start: readonly Act[] = [...head(situation, "chunked"), ...writes(sent)];
  if (fault.where === "framing")
    return [...start, { do: "write-raw", text: "this is no chunk size\r\n" }, { do: "hang" }];
  const [struck, ...after] = rest;
  // The event keeps its frame and loses half its JSON; what follows is well formed again.
  const half = (text: string): string =>
    text.slice(0, Math.ceil(text.trimEnd().length / 2)) + (situation.call.stream ? (/\s*$/.exec(text)?.[0] ?? "") : "");
  return [
    ...start,
    ...writes(struck === undefined ? [] : [{ ...struck, text: half(struck.text) }]),
    ...writes(after),
    { do: "end" },
  ];
}

function errorAnswer(
  { dialect, call, answer, timing, nowMs }: Situation,
  problem: Problem,
  hint: RetryHint = {},
): readonly Act[] {
  const waited = typeof hint.retryAfter === "number" ? { retryAfterMs: hint.retryAfter * 1_000 } : {};
  const request = { ordinal: answer.ordinal, nowMs, model: call.model };
  return problemAnswer(dialect, { ...problem, ...waited }, request, retryAfterHeader(hint, nowMs), timing.errorMs);
}

function okWithError({ dialect, route, call, answer, timing }: Situation, fault: ErrorWithin): readonly Act[] {
  const body = JSON.stringify(route.failedBody(call, answer, within(fault)));
  const headers = { "content-type": "application/json", ...requestId(dialect, answer.ordinal) };
  return wholeAnswer(200, headers, body, timing.errorMs);
}

function within({ error = "server-error" }: ErrorWithin): Problem {
  return { kind: error };
}

function limit({
  limited,
  resetMs = 1_000,
}: Extract<Fault, { kind: "rate-limit" }>): Pick<Problem, "limited" | "resetMs"> {
  return limited === undefined ? {} : { limited, resetMs };
}

function problemKind(status: number): Problem["kind"] {
  if (status === 503 || status === 529) return "overloaded";
  if (status >= 500) return "server-error";
  if (status === 429) return "rate-limited";
  if (status === 401 || status === 403) return "auth";
  return status === 404 ? "not-found" : "bad-request";
}

function page(status: 200 | 502): string {
  const title = status === 502 ? "502 Bad Gateway" : "Down for maintenance";
  return `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1><p>simulated</p></body></html>\n`;
}
