/**
 * Passes an answer on as it comes. Until its first content nothing of it is shown, so that a failure up to there costs the
 * caller nothing; after it a failure is said in the stream, and the connection breaks: a cut answer must not look whole.
 */
import type { Outcome } from "recloser";
import { BROKEN, type Delivered, mayFailOver, type OpenAnswer, type Recipient } from "./delivery.ts";
import type { UpstreamHead } from "../upstream/exchange.ts";
import { EventBoundary, eventsIn } from "./event-boundary.ts";

// Bounds of what is held back: by then even a failure is an answer of some kind.
const MOST_HELD_BYTES = 262_144;
const MOST_HELD_EVENTS = 64;

const EVENTS = /^text\/event-stream\b/i;
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i;

type Opening =
  | { readonly kind: "whole"; readonly held: Buffer }
  | { readonly kind: "begun"; readonly held: Buffer }
  | Extract<Delivered, { kind: "failed" }>;

export async function passThrough(answer: OpenAnswer, recipient: Recipient): Promise<Delivered> {
  const { reply } = recipient;
  const opening = await hold(answer, recipient.streams);
  if (opening.kind === "failed") return opening;
  const { status } = answer.head;
  const headers = recipient.headers(answer);
  if (opening.kind === "whole") {
    reply.whole(status, headers, opening.held);
    return opening;
  }
  reply.begin(status, headers);
  return passOn(answer, opening.held, recipient);
}

// To the commit point: the first content of a stream, the whole of a JSON answer.
async function hold(answer: OpenAnswer, streams: boolean): Promise<Opening> {
  const { watch, head } = answer;
  const isWhole = !streams && JSON_TYPE.test(contentType(head));
  const chunks: Buffer[] = [];
  let size = 0;
  let events = 0;
  for (;;) {
    const result = await takeUnseen(answer);
    if ("kind" in result) return result;
    const { failure } = watch;
    if (result.done === true) return { kind: "whole", held: joined(chunks, size) };
    chunks.push(result.value);
    size += result.value.length;
    if (isWhole ? size <= MOST_HELD_BYTES : watch.sight === "opening" && failure === null && size <= MOST_HELD_BYTES) {
      events += isWhole ? 0 : eventsIn(result.value);
      if (events <= MOST_HELD_EVENTS) continue;
    }
    return { kind: "begun", held: joined(chunks, size) };
  }
}

/** The next bytes of an answer of which its caller has seen nothing: what goes wrong up to then is between us and the target. */
export async function takeUnseen(
  answer: OpenAnswer,
): Promise<IteratorResult<Buffer, undefined> | Extract<Delivered, { kind: "failed" }>> {
  let result: IteratorResult<Buffer, undefined>;
  try {
    result = await answer.next();
  } catch (error) {
    return { kind: "failed", outcome: null, error };
  }
  const { failure } = answer.watch;
  if (!mayFailOver(failure)) return result;
  answer.abandon();
  return failed(failure);
}

/** The rest of an answer whose head the caller has, from what is held of it on. */
export async function passOn(answer: OpenAnswer, held: Buffer, recipient: Recipient): Promise<Delivered> {
  const { reply, life } = recipient;
  const isEvents = EVENTS.test(contentType(answer.head));
  const events = isEvents ? new EventBoundary() : null;
  let chunk = held;
  try {
    for (;;) {
      const wait = reply.write(events === null ? chunk : events.push(chunk));
      if (wait !== null) {
        life.callerIsSlow = true;
        await wait;
        life.callerIsSlow = false;
      }
      const result = await answer.next();
      const { failure } = answer.watch;
      if (mayFailOver(failure)) {
        answer.abandon();
        return breakOff(failure, result.value, events, recipient);
      }
      if (result.done === true) break;
      chunk = result.value;
    }
  } catch (error) {
    reply.breakOff(isEvents ? recipient.dialect.errorEvent(BROKEN, recipient.path) : undefined);
    return { kind: "broken", error };
  }
  reply.end(events?.rest());
  return { kind: "whole" };
}

/** The provider says itself that it failed: its own words are passed on, what cannot be read is not. */
function breakOff(
  failure: Outcome,
  chunk: Buffer | undefined,
  events: EventBoundary | null,
  { reply, dialect, path }: Recipient,
): Delivered {
  const isSaid = chunk !== undefined && failure.kind !== "stream-error";
  if (events === null) reply.breakOff();
  else if (isSaid) reply.breakOff(Buffer.concat([events.push(chunk), events.rest()]));
  else reply.breakOff(dialect.errorEvent(BROKEN, path));
  return { kind: "broken", error: failed(failure).error };
}

function failed(outcome: Outcome): Extract<Delivered, { kind: "failed" }> {
  return { kind: "failed", outcome, error: new Error(`the answer tells of a failure: ${outcome.kind}`) };
}

function joined(chunks: readonly Buffer[], size: number): Buffer {
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size);
}

export function contentType({ headers }: UpstreamHead): string {
  const header = headers["content-type"];
  return typeof header === "string" ? header : (header?.[0] ?? "");
}
