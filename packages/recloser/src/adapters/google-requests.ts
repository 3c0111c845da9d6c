/** Guards the requests of `@google/genai` below its modules and above its retries: there each is one question to the provider. */
import type { Recloser } from "../api.ts";
import { outcomeOf, type Outcome } from "../outcome.ts";
import { DocumentInspector } from "../streams/document-inspector.ts";
import { gemini } from "../streams/gemini.ts";
import type { Sight, StreamFormat, StreamInspector } from "../streams/inspector.ts";
import { unknownFormat } from "../streams/unknown.ts";
import { generatorOf } from "./ahead.ts";
import { breakerOf, type CallFacts, type CallKey } from "./call-key.ts";
import type { Priority } from "../priority.ts";
import type { OwnRetries } from "./own-retries.ts";
import { modelInPath, providerAt } from "./request-facts.ts";
import { callStreamed, callWhole } from "./sdk-call.ts";

/** The SDK's own client of the API, as far as it is looked at here. */
export interface Requester {
  getBaseUrl(): string;
  request(request: GoogleRequest): Promise<GoogleAnswer>;
  requestStream(request: GoogleRequest): Promise<AsyncIterable<GoogleAnswer>>;
}

interface GoogleRequest {
  /** Of the API's version on: `models/gemini-2.5-flash:generateContent`. */
  readonly path: string;
  readonly abortSignal?: AbortSignal | undefined;
  readonly httpOptions?: { readonly baseUrl?: string; readonly retryOptions?: object } | undefined;
}

interface GoogleAnswer {
  json: () => Promise<unknown>;
}

interface Guard {
  readonly recloser: Recloser;
  readonly key: CallKey | undefined;
  readonly retry: OwnRetries;
  readonly priority: Priority;
}

/** An answer, and its document, or why it cannot be read. */
interface Read {
  readonly answer: GoogleAnswer;
  readonly document: unknown;
  readonly isReadable: boolean;
}

// What a model is asked for. The rest (files, caches, counting tokens, lists) is not the model's work.
const OF_MODELS = /:(?:generateContent|streamGenerateContent|embedContent|batchEmbedContents|predict)(?:\?|$)/;
const CONTENT = /:(?:g|streamG)enerateContent(?:\?|$)/;
const UNREADABLE: Outcome = Object.freeze(outcomeOf("stream-error"));

export function isRequester(value: unknown): value is Requester {
  const { getBaseUrl, request, requestStream } = (value ?? {}) as Partial<Requester>;
  return [getBaseUrl, request, requestStream].every((method) => typeof method === "function");
}

/** The same requester, whose requests to models go through their breakers. */
export function withGuard(requester: Requester, guard: Guard): Requester {
  const guarded: Pick<Requester, "request" | "requestStream"> = {
    async request(request) {
      if (!OF_MODELS.test(request.path)) return requester.request(request);
      const facts = factsOf(requester, request);
      const { answer } = await callWhole(
        breakerOf(guard.recloser, guard.key, facts),
        async (signal) => read(await requester.request(once(request, signal))),
        (given) => outcomeOfWhole(given, request, facts),
        { signal: request.abortSignal, retry: guard.retry, priority: guard.priority },
      );
      return answer;
    },
    async requestStream(request) {
      const facts = factsOf(requester, request);
      const rest = await callStreamed(
        breakerOf(guard.recloser, guard.key, facts),
        (signal) => readEach(() => requester.requestStream(once(request, signal))),
        () => new AnswerInspector(formatOf(request), facts.provider),
        { signal: request.abortSignal, retry: guard.retry, priority: guard.priority },
      );
      return generatorOf(rest, ({ answer }) => answer);
    },
  };
  return new Proxy(requester, {
    get(target, name) {
      if (name === "request" || name === "requestStream") return guarded[name];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

function factsOf(requester: Requester, { path, httpOptions }: GoogleRequest): CallFacts {
  const model = modelInPath(`/${path}`);
  try {
    return { provider: providerAt(new URL(httpOptions?.baseUrl ?? requester.getBaseUrl())), model };
  } catch {
    return { provider: "gemini", model }; // the SDK will say what it thinks of that URL
  }
}

function formatOf({ path }: GoogleRequest): StreamFormat {
  return CONTENT.test(path) ? gemini : unknownFormat;
}

/** The request with the breaker's signal, to be sent once. */
function once(request: GoogleRequest, signal: AbortSignal): GoogleRequest {
  return {
    ...request,
    abortSignal: signal,
    httpOptions: { ...request.httpOptions, retryOptions: { attempts: 1 } },
  };
}

/** Reads an answer where the breaker still watches; whoever asks it afterwards gets what was read. */
async function read(answer: GoogleAnswer): Promise<Read> {
  try {
    const document = await answer.json();
    answer.json = () => Promise.resolve(document);
    return { answer, document, isReadable: true };
  } catch (error) {
    if ((error as Error | null)?.name !== "SyntaxError") throw error; // the body broke
    answer.json = () => Promise.reject(error);
    return { answer, document: undefined, isReadable: false };
  }
}

// Asked at the first read: a request whose caller left before that is not made, and leaves no promise behind that may reject.
async function* readEach(open: () => Promise<AsyncIterable<GoogleAnswer>>): AsyncGenerator<Read> {
  for await (const answer of await open()) yield read(answer);
}

class AnswerInspector implements StreamInspector<Read> {
  readonly #documents: DocumentInspector;

  constructor(format: StreamFormat, provider: string) {
    this.#documents = new DocumentInspector(format, { provider });
  }

  see({ document, isReadable }: Read): Sight {
    return isReadable ? this.#documents.see(document) : this.#documents.fail(UNREADABLE);
  }

  end(): "whole" | "cut" | Outcome {
    return this.#documents.end();
  }
}

function outcomeOfWhole(given: Read, request: GoogleRequest, { provider }: CallFacts): Outcome | null {
  const inspector = new AnswerInspector(formatOf(request), provider);
  inspector.see(given);
  // What came in one piece and can be read is whole, whether it says how it ended or not: a cut is none here.
  const end = inspector.end();
  return typeof end === "object" ? end : null;
}
