/**
 * Watches an HTTP answer of a success status, head and body: a provider may say 200 and fail all the same, in the body, in a
 * frame of its stream, or by ending too early. Nothing of it is changed or held back.
 */
import { classify } from "../classify/index.ts";
import { type HeaderMap, readHeader, readHeaders } from "../classify/headers.ts";
import { outcomeOf, type Outcome } from "../outcome.ts";
import { BodyInspector } from "./body-inspector.ts";
import { formatAt } from "./formats.ts";
import type { StreamOrigin } from "./document-inspector.ts";
import type { Framing } from "./framing.ts";
import type { Sight, StreamFormat, StreamInspector } from "./inspector.ts";
import { JsonArray } from "./json-array.ts";
import { JsonLines } from "./ndjson.ts";
import { ServerSentEvents } from "./sse.ts";
import { Utf8 } from "./utf8.ts";

/** What was asked; the path says which format the answer has. */
export interface Asked {
  readonly method: string;
  readonly provider: string;
  readonly url: { readonly pathname: string };
}

/** How an answer begins: a `Response`, or what another HTTP client gives of one (`undici`, `node:http`). */
export interface AnswerHead {
  readonly status: number;
  /** By lower-case names, where it is no `Headers`. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
}

const EVENTS = /^text\/event-stream\b/i;
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i;
const JSON_LINES = /^application\/(?:x-ndjson|jsonl|x-jsonlines)\b/i;
const PAGE = /^text\/html\b/i;
const UNREADABLE: Outcome = Object.freeze(outcomeOf("stream-error"));
// An error document is short. What is longer is an answer, and is no longer kept.
const MOST_KEPT_CHARS = 65_536;

/**
 * Watches one answer of a success status: the first chunk is its head, the others are its body's.
 *
 * @example
 * const inspect = () => new ResponseInspector({ method: "POST", provider: "openai", url });
 * for await (const part of breaker.stream(headThenBytes, { inspect })) …
 */
export class ResponseInspector implements StreamInspector<AnswerHead | Uint8Array> {
  readonly #asked: Asked;
  #body: StreamInspector<Uint8Array> | null = null;

  constructor(asked: Asked) {
    this.#asked = asked;
  }

  see(part: AnswerHead | Uint8Array): Sight {
    if (part instanceof Uint8Array) return this.#body?.see(part) ?? "content";
    // Models are asked by POST; who reads a page of that name asks none.
    const format = this.#asked.method === "POST" ? formatAt(this.#asked.url.pathname) : null;
    const type = readHeader(part.headers, "content-type");
    // HTML where an API answers JSON: a proxy, a portal or a maintenance page spoke.
    if (format !== null && PAGE.test(type)) return outcomeOf("server-error");
    this.#body = bodyInspector(part, type, format, this.#asked);
    return "opening";
  }

  end(): "whole" | "cut" | Outcome {
    return this.#body?.end() ?? "whole";
  }
}

function bodyInspector(
  response: AnswerHead,
  type: string,
  format: StreamFormat | null,
  { provider, url, method }: Asked,
): StreamInspector<Uint8Array> | null {
  const isEvents = EVENTS.test(type);
  // What is only fetched (a batch, a job, an answer of yesterday) may well have failed: then, and not in being fetched.
  if (method === "GET" && formatAt(url.pathname) === null && !isEvents) return null;
  const framing = isEvents ? new ServerSentEvents() : framingOf(type, url);
  const origin = new Origin(provider, response);
  if (framing !== null) return new BodyInspector(framing, format, origin);
  if (!JSON_TYPE.test(type)) return null;
  const events = (): BodyInspector => new BodyInspector(new ServerSentEvents(), format, origin);
  return new JsonOrEvents(new WholeBody(response, provider, format !== null), events);
}

// The headers are read only when an error has come, whose wait they may tell.
class Origin implements StreamOrigin {
  readonly provider: string;
  readonly #head: AnswerHead;

  constructor(provider: string, head: AnswerHead) {
    this.provider = provider;
    this.#head = head;
  }

  get headers(): HeaderMap {
    return readHeaders(this.#head.headers);
  }
}

function framingOf(type: string, url: Asked["url"]): Framing | null {
  if (JSON_LINES.test(type)) return new JsonLines();
  return JSON_TYPE.test(type) && url.pathname.endsWith(":streamGenerateContent") ? new JsonArray() : null;
}

// JSON begins with a bracket, a quote, a digit or the letter of true, false, null; a line of events with a field's name or a colon.
const EVENTS_BEGIN: ReadonlySet<number> = new Set(Array.from("deir:", (char) => char.charCodeAt(0)));
const BYTE_ORDER_MARK: ReadonlySet<number> = new Set([0xef, 0xbb, 0xbf]);
const SPACE = 0x20;

/** What calls itself JSON: some servers, and proxies before them, stream events under that name, which every client reads. */
class JsonOrEvents implements StreamInspector<Uint8Array> {
  readonly #json: WholeBody;
  readonly #events: () => StreamInspector<Uint8Array>;
  #chosen: StreamInspector<Uint8Array> | null = null;

  constructor(json: WholeBody, events: () => StreamInspector<Uint8Array>) {
    this.#json = json;
    this.#events = events;
  }

  see(bytes: Uint8Array): Sight {
    const first = bytes.find((byte) => byte > SPACE && !BYTE_ORDER_MARK.has(byte));
    if (first !== undefined) this.#chosen ??= EVENTS_BEGIN.has(first) ? this.#events() : this.#json;
    return this.#chosen?.see(bytes) ?? "opening";
  }

  end(): "whole" | "cut" | Outcome {
    return (this.#chosen ?? this.#json).end();
  }
}

/** A JSON answer in one piece, read when it has ended. */
class WholeBody implements StreamInspector<Uint8Array> {
  readonly #status: number;
  readonly #headers: AnswerHead["headers"];
  readonly #provider: string;
  readonly #isAnswer: boolean;
  readonly #decoded = new Utf8();
  #text: string | null = "";

  /** @param isAnswer whether a model's answer was asked for, so that one that cannot be read is none */
  constructor({ status, headers }: AnswerHead, provider: string, isAnswer: boolean) {
    this.#status = status;
    this.#headers = headers;
    this.#provider = provider;
    this.#isAnswer = isAnswer;
  }

  see(bytes: Uint8Array): Sight {
    if (this.#text === null) return "content";
    this.#text += this.#decoded.push(bytes);
    if (this.#text.length <= MOST_KEPT_CHARS) return "opening";
    this.#text = null;
    return "content";
  }

  end(): "whole" | "cut" | Outcome {
    const text = this.#text;
    if (text === null) return "whole";
    const document = parsed(text);
    if (this.#isAnswer && document === undefined) return UNREADABLE;
    const outcome = classify({
      provider: this.#provider,
      // It reads lists too; the type tells its users of the two shapes that most clients have. What was parsed is not parsed again.
      response: {
        status: this.#status,
        headers: this.#headers as Headers,
        body: typeof document === "object" && document !== null ? document : text,
      },
    });
    return outcome.kind === "success" ? "whole" : outcome;
  }
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
