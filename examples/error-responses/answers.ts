/** What the three apps share: a guarded provider, asked for an answer or for its tokens, and the tokens as server-sent events. */
import type { ServerResponse } from "node:http";
import OpenAI from "openai";
import { type Breaker, CallTimeoutError, CircuitOpenError, ShedError, StreamTruncatedError } from "recloser";

export class Assistant {
  readonly #client: OpenAI;
  readonly #breaker: Breaker;

  /** @param client with `maxRetries: 0`: a retry below the breaker would be a call that it does not see */
  constructor(client: OpenAI, breaker: Breaker) {
    this.#client = client;
    this.#breaker = breaker;
  }

  /** @param signal the client's: when it leaves, nobody pays for the rest */
  async answer(question: string, signal: AbortSignal): Promise<string | null> {
    const completion = await this.#breaker.execute(
      (call) => this.#client.chat.completions.create(asking(question), { signal: call.signal }),
      { signal },
    );
    return completion.choices[0]?.message.content ?? null;
  }

  /** One question after the other, so that the circuit may open in between. */
  async *tokens(questions: readonly string[], signal: AbortSignal): AsyncGenerator<string, void> {
    for (const question of questions) {
      const chunks = this.#breaker.stream(
        (call) => this.#client.chat.completions.create({ ...asking(question), stream: true }, { signal: call.signal }),
        {
          signal,
          isContent: (chunk) => (chunk.choices[0]?.delta.content ?? "") !== "",
          isEnd: (chunk) => typeof chunk.choices[0]?.finish_reason === "string",
        },
      );
      for await (const chunk of chunks) {
        const token = chunk.choices[0]?.delta.content;
        if (typeof token === "string" && token !== "") yield token;
      }
    }
  }
}

function asking(question: string): { model: string; messages: { role: "user"; content: string }[] } {
  return { model: "gpt-5", messages: [{ role: "user", content: question }] };
}

/**
 * The tokens as server-sent events, when the first one is there. What is thrown before that can still be answered by a status;
 * what comes later is told by an event of its own, since the status has been sent.
 */
export async function eventsOf(tokens: AsyncGenerator<string, void>): Promise<AsyncGenerator<string, void>> {
  const first = await tokens.next();
  return (async function* () {
    try {
      if (first.done !== true) yield event("token", first.value);
      for await (const token of tokens) yield event("token", token);
      yield event("done", null);
    } catch (error) {
      const problem = problemOf(error) ?? problemResponse(500, "Internal Server Error");
      yield `event: error\ndata: ${await problem.text()}\n\n`;
    } finally {
      await tokens.return();
    }
  })();
}

function event(name: string, data: string | null): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/**
 * What your caller is told of a failed call, as problem details (RFC 9457); null for what is no failure of a call. An SDK's
 * error has the provider's status, which frameworks take for yours: the provider's 401 would tell your users to log in.
 */
export function problemOf(error: unknown): Response | null {
  const open = CircuitOpenError.from(error);
  if (open !== null) return open.toResponse(); // 503, or 429 for a rate limit, with Retry-After
  const shed = ShedError.from(error);
  if (shed !== null) return shed.toResponse(); // likewise
  if (CallTimeoutError.is(error)) return problemResponse(504, "Gateway Timeout");
  if (error instanceof OpenAI.APIError || StreamTruncatedError.is(error)) return problemResponse(502, "Bad Gateway");
  return null;
}

function problemResponse(status: number, title: string): Response {
  const headers = { "content-type": "application/problem+json", "cache-control": "no-store" };
  return new Response(JSON.stringify({ type: "about:blank", title, status }), { status, headers });
}

/**
 * Aborts when the client leaves before it has its answer. The request's own `close` says nothing of that: it comes as soon as the
 * body has been read (so Fastify's `request.signal`, which goes by it, aborts a POST at once).
 */
export function whenClientLeaves(response: ServerResponse): AbortSignal {
  const left = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) left.abort();
  });
  return left.signal;
}
