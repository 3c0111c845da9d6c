/** One request from its head to the end of its answer. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import { problemAnswer, retryAfterHeader } from "./acts.ts";
import type { Act, Timing } from "./acts.ts";
import { answerScript } from "./answer-script.ts";
import type { Gate } from "./capacity.ts";
import type { Counters, Entry } from "./counters.ts";
import type { RequestOutcome } from "./stats.ts";
import { fitsQuery, isProblem, matchPath } from "./dialects/dialect.ts";
import type { Answer, Dialect, ModelCall, Problem, Route } from "./dialects/dialect.ts";
import type { FaultBoard } from "./fault-board.ts";
import { sample } from "./latency.ts";
import type { Latency } from "./latency.ts";
import { play } from "./play.ts";
import { readJson } from "./request-body.ts";
import type { AskedOfProvider } from "./options.ts";
import { generate, inPieces, tokensIn } from "./text.ts";

/** What every exchange works with. */
export interface Workings {
  readonly dialects: readonly [Dialect, ...Dialect[]];
  readonly clock: Clock;
  readonly gate: Gate;
  readonly board: FaultBoard;
  readonly counters: Counters;
  readonly latency: Latency;
  readonly seed: number;
  readonly answerTokens: number | undefined;
  readonly answer: ((asked: AskedOfProvider) => string | null) | undefined;
  readonly models: readonly string[];
  /** Source of latencies. */
  readonly latencyRandom: () => Random;
  readonly nextOrdinal: () => number;
  /** Whether this connection was dropped by the provider itself. */
  readonly droppedByUs: (socket: Socket) => boolean;
}

interface Found {
  readonly dialect: Dialect;
  readonly route: Route;
  readonly call: ModelCall;
}
interface Refused {
  readonly dialect: Dialect;
  readonly problem: Problem;
  readonly allow?: string;
}

export async function exchange(
  provider: Workings,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const entry = provider.counters.begin({ method: request.method ?? "", path, headers: request.headers });
  const ordinal = provider.nextOrdinal();
  const gone = new AbortController();
  response.once("close", () => {
    // A response closes after its last byte, too; only before that it means that somebody left.
    if (response.writableFinished) entry.end("completed");
    else entry.end(provider.droppedByUs(request.socket) ? "dropped" : "aborted");
    gone.abort();
  });
  let release = (): void => {};
  try {
    const found = await find(provider, path, request);
    let acts: readonly Act[];
    if ("problem" in found) acts = refuse(provider, found, ordinal, entry, request);
    else {
      entry.describe(found.call.model, found.call.stream);
      const admission = await provider.gate.enter(gone.signal);
      if (admission.admitted) release = admission.release;
      acts = admission.admitted
        ? decide(provider, found, ordinal, entry)
        : overCapacity(provider, found, ordinal, entry, admission);
    }
    await play(acts, response, provider.clock, gone.signal, () => entry.end("completed"));
  } catch (error) {
    // Whoever left, while sending or while waiting, is counted and owed nothing.
    if (!gone.signal.aborted && request.errored === null) throw error;
  } finally {
    release();
    provider.board.settle();
  }
}

async function find(provider: Workings, path: string, request: IncomingMessage): Promise<Found | Refused> {
  const allowed: string[] = [];
  const query = new URLSearchParams((request.url ?? "").slice(path.length));
  for (const dialect of provider.dialects) {
    for (const route of dialect.routes) {
      const params = matchPath(route.path, path);
      if (params === null || !fitsQuery(route, query)) continue;
      allowed.push(route.method);
      if (route.method !== request.method) continue;
      const read = route.method === "GET" ? { json: null } : await readJson(request);
      if ("problem" in read) return { dialect, problem: read.problem };
      const call = route.read({ params, body: read.json });
      return isProblem(call) ? { dialect, problem: call } : { dialect, route, call };
    }
  }
  const dialect = provider.dialects[0];
  if (allowed.length === 0) return { dialect, problem: { kind: "not-found" } };
  return { dialect, problem: { kind: "method-not-allowed" }, allow: allowed.join(", ") };
}

function refuse(
  { clock }: Workings,
  { dialect, problem, allow }: Refused,
  ordinal: number,
  entry: Entry,
  request: IncomingMessage,
): readonly Act[] {
  entry.decide("refused");
  // A body nobody read must not be taken for the next request.
  request.resume();
  const headers: Record<string, string> = allow === undefined ? {} : { allow };
  return problemAnswer(dialect, problem, { ordinal, nowMs: clock.now(), model: null }, headers, 0);
}

function decide(provider: Workings, { dialect, route, call }: Found, ordinal: number, entry: Entry): readonly Act[] {
  const fault = provider.board.take(call.model);
  entry.decide(fault === null ? "success" : (fault.kind satisfies RequestOutcome));
  const nowMs = provider.clock.now();
  const answer = answerTo(provider, call, ordinal, nowMs);
  return answerScript({ dialect, route, call, answer, timing: timingOf(provider), nowMs }, fault);
}

function overCapacity(
  { clock }: Workings,
  { dialect, call }: Found,
  ordinal: number,
  entry: Entry,
  { as, retryAfterMs }: { as: "rate-limited" | "overloaded"; retryAfterMs: number },
): readonly Act[] {
  entry.decide("over-capacity");
  const nowMs = clock.now();
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  const problem: Problem = {
    kind: as,
    status: as === "rate-limited" ? 429 : 503,
    retryAfterMs: seconds * 1_000,
    ...(as === "rate-limited" && { limited: "requests", resetMs: retryAfterMs }),
  };
  const hint = retryAfterHeader({ retryAfter: seconds }, nowMs);
  return problemAnswer(dialect, problem, { ordinal, nowMs, model: call.model }, hint, 0);
}

function answerTo(provider: Workings, call: ModelCall, ordinal: number, nowMs: number): Answer {
  const { seed, answerTokens, models } = provider;
  const { model, prompt } = call;
  const given = provider.answer?.({ model, prompt }) ?? null;
  const { pieces, whole } =
    given === null
      ? generate(seed, `${model}\n${prompt}`, answerTokens, call.maxTokens)
      : inPieces(given, call.maxTokens);
  return {
    ordinal,
    createdS: Math.floor(nowMs / 1_000),
    pieces,
    text: pieces.join(""),
    whole,
    inputTokens: tokensIn(call.prompt),
    outputTokens: pieces.length,
    catalogue: models,
  };
}

function timingOf({ latency, latencyRandom }: Workings): Timing {
  const random = latencyRandom();
  return {
    answerMs: sample(latency.answer, random),
    firstTokenMs: sample(latency.firstToken, random),
    errorMs: sample(latency.error, random),
    interTokenMs: () => sample(latency.interToken, random),
  };
}
