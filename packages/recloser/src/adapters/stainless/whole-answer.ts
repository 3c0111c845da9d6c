/** A call that answers in one piece: over when the body has come, whatever of it the user asks for. */
import { FailedAnswer } from "../../failed-answer.ts";
import { type Outcome, outcomeOf } from "../../outcome.ts";
import { type Asked, ResponseInspector } from "../../streams/response-inspector.ts";
import { withBody } from "../http-failure.ts";
import type { Answer, Ask } from "./answer.ts";
import type { Exchange } from "./sdk.ts";

/**
 * The answer, read and parsed by the SDK itself (so that its own time limit holds, where it has one for the body) from one
 * side of the body; the other is looked at, and kept for whoever wants the response as it came.
 *
 * @throws FailedAnswer when the answer is none, whatever its status says
 */
export async function wholeAnswer(ask: Ask, signal: AbortSignal, asked: Asked): Promise<Answer> {
  const told = new AbortController();
  signal.addEventListener("abort", () => told.abort(), { once: true });
  const { exchange, parse } = await ask(told.signal);
  const { response } = exchange;
  if (response.body === null) return { exchange, parse };
  const copy = response.clone();
  const parsed = parse(exchange);
  // What it comes to is the user's; nobody may be there yet.
  parsed.catch(() => {});
  const read = copy.arrayBuffer();
  const bytes = new Uint8Array(await Promise.race([read, parsed.then(() => read)]));
  const answer: Answer = { exchange: { ...exchange, response: again(response, bytes) }, parse: () => parsed };
  const failure = outcomeOfWhole(exchange, bytes, asked) ?? (await outcomeOfParsed(parsed));
  if (failure !== null) throw new FailedAnswer(failure, answer);
  return answer;
}

// A long body is not kept to be looked at; that it is no JSON is seen where the SDK reads it.
async function outcomeOfParsed(parsed: Promise<unknown>): Promise<Outcome | null> {
  try {
    await parsed;
    return null;
  } catch (error) {
    return error instanceof SyntaxError ? outcomeOf("stream-error") : null;
  }
}

/** What an answer of a success status counts as, or null for a success. */
export function outcomeOfWhole({ response }: Exchange, bytes: Uint8Array, asked: Asked): Outcome | null {
  const inspector = new ResponseInspector(asked);
  for (const part of [response, bytes]) {
    const sight = inspector.see(part);
    if (typeof sight === "object") return sight;
  }
  const end = inspector.end();
  if (end === "cut") return outcomeOf("stream-error");
  return end === "whole" ? null : end;
}

/** The response with what was read of it. */
export function again(response: Response, bytes: Uint8Array): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (bytes.byteLength > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
  return withBody(response, body);
}
