/**
 * A call whose answer is read as it comes: a stream of events, or a file. The SDK reads a body of ours, which is watched
 * to its end marker on the way; so whatever the SDK makes of a body is of its own class and works as its users know it.
 */
import { offAbort, onAbort } from "../../abort-listeners.ts";
import type { Breaker, StreamOptions } from "../../api.ts";
import { StreamTruncatedError } from "../../errors.ts";
import { FailedAnswer } from "../../failed-answer.ts";
import { type Outcome, outcomeOf } from "../../outcome.ts";
import type { Sight, StreamInspector } from "../../streams/inspector.ts";
import { type Asked, ResponseInspector } from "../../streams/response-inspector.ts";
import { withBody } from "../http-failure.ts";
import { readAhead } from "../read-ahead.ts";
import type { Answer, Ask } from "./answer.ts";
import { callerReason } from "./caller-reason.ts";
import { again, outcomeOfWhole } from "./whole-answer.ts";

/** The first part is the head, the others are its body's bytes. */
export type Part = Answer | Uint8Array;

/**
 * Makes the call, up to the first bytes of its answer; the rest is read from `pass`, which is null where nothing follows.
 *
 * @param isEvents false for a file, of which nothing is known but that it ends
 * @throws FailedAnswer when the first thing that comes is a failure, which the SDK tells in its own words
 */
export async function streamedAnswer(
  breaker: Breaker,
  ask: Ask,
  asked: Asked,
  isEvents: boolean,
  wish: Pick<StreamOptions, "signal" | "retry" | "priority">,
): Promise<{ readonly answer: Answer; readonly pass: AsyncIterator<Part> | null }> {
  const stream = breaker.stream<Part>(({ signal }) => parts(ask, signal, asked, isEvents), {
    ...wish,
    inspect: () => new PartInspector(asked),
  });
  const pass = stream[Symbol.asyncIterator]();
  try {
    const answer = (await pass.next()).value as Answer;
    if (answer.exchange.response.body !== null) return { answer, pass };
    await pass.next(); // ends the call
    return { answer, pass: null };
  } catch (error) {
    // What was no stream at all would pass for an empty one.
    if (FailedAnswer.is(error) && error.answer === null) throw new StreamTruncatedError(breaker.name);
    throw error;
  }
}

/**
 * The answer with a body for the SDK to read, which comes by `pass`.
 *
 * @param over called once, when nobody reads it any more
 */
export function handedOver(
  { exchange, parse }: Answer,
  pass: AsyncIterator<Part>,
  caller: AbortSignal | undefined,
  over: () => void,
): Answer {
  const { response, controller } = exchange;
  // By `stream.controller.abort()`, which is also how the SDK itself leaves a stream.
  const left = new AbortController();
  controller.signal.addEventListener("abort", () => left.abort(controller.signal.reason), { once: true });
  // The caller may leave when the call is long over, and what has come of it still to be read.
  const leave = (): void => left.abort(callerReason(caller));
  if (caller !== undefined) onAbort(caller, leave);
  const gone = (): void => {
    if (caller !== undefined) offAbort(caller, leave);
    over();
  };
  const body = readAhead(pass as AsyncIterator<Uint8Array>, { left: left.signal, gone });
  return { exchange: { ...exchange, response: withBody(response, body) }, parse };
}

/**
 * The head is held back until the first bytes have come: as long as nothing was shown, the call can be made again, and a
 * provider that is overloaded often says so in the first event of a 200.
 *
 * @throws FailedAnswer when the first thing that comes is a failure
 */
async function* parts(ask: Ask, signal: AbortSignal, asked: Asked, isEvents: boolean): AsyncGenerator<Part> {
  const told = new AbortController();
  let end = (): void => told.abort();
  signal.addEventListener("abort", () => end(), { once: true });
  const answer = await ask(told.signal);
  const reader = answer.exchange.response.body?.getReader();
  if (reader === undefined) {
    yield answer;
    return;
  }
  // From here on the SDK's signal is left alone: where that is aborted it ends a stream without a word, and a deadline or
  // a cut must not look like the end of an answer.
  end = () => void reader.cancel().catch(() => {});
  try {
    const first = await reader.read();
    if (!first.done && isEvents) await refuseFailure(answer, first.value, reader, asked);
    yield answer;
    for (let read = first; !read.done; read = await reader.read()) yield read.value;
  } finally {
    end();
  }
}

async function refuseFailure(
  answer: Answer,
  first: Uint8Array,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  asked: Asked,
): Promise<void> {
  const { exchange, parse } = answer;
  const { response } = exchange;
  // A document or a page where events were due: the SDK would make an empty stream of it.
  if (NO_EVENTS.test(new TextDecoder().decode(first.subarray(0, 64)))) {
    const whole = await readOn(first, reader);
    throw new FailedAnswer(outcomeOfWhole(exchange, whole, asked) ?? outcomeOf("stream-error"), null);
  }
  const inspector = new ResponseInspector(asked);
  inspector.see(response);
  const sight = inspector.see(first);
  if (typeof sight !== "object") return;
  throw new FailedAnswer(sight, { exchange: { ...exchange, response: again(response, first) }, parse });
}

// A line of an event stream begins with a field's name or a colon.
const NO_EVENTS = /^\s*[{<]/;
const MOST_BYTES = 65_536;

async function readOn(first: Uint8Array, reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array> {
  let whole = first;
  while (whole.byteLength < MOST_BYTES) {
    const read = await reader.read();
    if (read.done) break;
    const longer = new Uint8Array(whole.byteLength + read.value.byteLength);
    longer.set(whole);
    longer.set(read.value, whole.byteLength);
    whole = longer;
  }
  return whole;
}

class PartInspector implements StreamInspector<Part> {
  readonly #inspector: ResponseInspector;

  constructor(asked: Asked) {
    this.#inspector = new ResponseInspector(asked);
  }

  see(part: Part): Sight {
    return this.#inspector.see(part instanceof Uint8Array ? part : part.exchange.response);
  }

  end(): "whole" | "cut" | Outcome {
    return this.#inspector.end();
  }
}
