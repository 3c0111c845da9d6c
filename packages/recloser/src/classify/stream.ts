/**
 * A stream that has ended, from the text it carried: SSE of any vendor, NDJSON, or JSON that a server appended to its
 * SSE when it failed. An error frame outranks any end marker; without an end marker the answer was cut.
 */

import { outcomeOf, type Outcome } from "../outcome.ts";
import { hasError, isEnd, isFiltered } from "./answer.ts";
import { emptyFacts, readBody, type Facts } from "./facts.ts";
import type { HeaderMap } from "./headers.ts";
import { JsonArray } from "../streams/json-array.ts";
import { ServerSentEvents } from "../streams/sse.ts";
import { judge } from "./judge.ts";
import { get, items, parseJson } from "./safe.ts";

const HEAD_CHARS = 64 * 1024;
const TAIL_CHARS = 192 * 1024;
const MAX_FRAMES = 20_000;

export interface StreamFacts {
  readonly provider: string | undefined;
  readonly nowMs: number | undefined;
  readonly headers: HeaderMap;
}

/** Of a very long stream the beginning and the end: frames in the middle are content. */
function bounded(source: string): string {
  return source.length <= HEAD_CHARS + TAIL_CHARS
    ? source
    : `${source.slice(0, HEAD_CHARS)}\n\n${source.slice(-TAIL_CHARS)}`;
}

/** The documents of a stream in order; undefined for a frame that is no JSON, `"end"` for `[DONE]`. */
function* documents(source: string): Generator {
  const whole = /^\s*[{[]/.test(source) ? parseJson(source) : undefined;
  if (whole !== undefined) {
    const list = items(whole, MAX_FRAMES);
    yield* list.length > 0 ? list : [whole];
    return;
  }
  // Lines of JSON are read by either: to the events of a stream they are what a server wrote beside them.
  const framing = /^\s*\[/.test(source) ? new JsonArray() : new ServerSentEvents();
  for (const document of [...framing.push(source), ...framing.rest()].slice(0, MAX_FRAMES)) {
    if (document.trim() !== "") yield document.trim() === "[DONE]" ? "end" : parseJson(document);
  }
}

/** The event-stream of AWS names its failure in the frame's headers. */
function readExceptionHeaders(facts: Facts): void {
  const type = facts.headers.get(":exception-type") ?? facts.headers.get("x-amzn-errortype");
  if (type !== undefined) readBody(facts, { code: type });
}

function factsOfStream(from: StreamFacts): Facts {
  const facts = emptyFacts(from.provider, from.nowMs);
  facts.headers = from.headers;
  facts.midStream = true;
  return facts;
}

/** Undefined for a stream that ended properly; `"cut"` for one that did not; else what it said itself. */
export function judgeStream(source: string, from: StreamFacts): Outcome | "cut" | undefined {
  const facts = factsOfStream(from);
  readExceptionHeaders(facts);
  if (facts.plain.length > 0) {
    readBody(facts, source);
    return judge(facts) ?? outcomeOf("stream-error");
  }
  let seen = 0;
  let ended = false;
  let garbled = false;
  let filtered = false;
  const text = bounded(source);
  const joint = text === source ? -1 : 1;
  for (const doc of documents(text)) {
    if (doc === "end") ended = true;
    else if (doc === undefined) garbled ||= !ended && joint < 0;
    else {
      seen++;
      if (hasError(doc)) return errorFrame(doc, facts);
      filtered ||= isFiltered(doc);
      ended ||= isEnd(doc);
      if (isLostError(doc, from.provider)) return LOST_ERROR;
    }
  }
  if (filtered) return outcomeOf("content-filtered");
  return seen > 0 && ended && !garbled ? undefined : "cut";
}

/** What a frame says that reports a failure. */
export function judgeErrorDocument(doc: unknown, from: StreamFacts): Outcome {
  return errorFrame(doc, factsOfStream(from));
}

function errorFrame(doc: unknown, facts: Facts): Outcome {
  readBody(facts, doc);
  return judge(facts) ?? outcomeOf("stream-error", facts.provider === undefined ? {} : { scope: scopeOfFrame(facts) });
}

/** A server of one's own that fails without a code failed in the model it ran. */
export function scopeOfFrame(facts: Facts): "model" | "provider" {
  return facts.upstream || ["ollama", "llamacpp", "vllm", "tgi"].includes(facts.provider ?? "") ? "model" : "provider";
}

export const LOST_ERROR: Outcome = Object.freeze(outcomeOf("stream-error", { scope: "model" }));

/** Ollama's OpenAI layer decodes its own error line into a chunk of nothing. */
export function isLostError(doc: unknown, provider: string | undefined): boolean {
  if (provider !== "ollama") return false;
  const delta = get(get(get(doc, "choices"), "0"), "delta");
  return get(doc, "model") === "" && get(delta, "content") === "";
}
