/**
 * Holds an answer until it is whole, so that the next target can start clean where one is cut, stalls or fails half way: the
 * caller sees one whole answer, later. What keeps its connection alive meanwhile are comments, which every client of
 * server-sent events passes over (WHATWG HTML §9.2.6).
 */
import type { HeaderList } from "../http/headers.ts";
import type { Delivered, OpenAnswer, Recipient } from "./delivery.ts";
import { contentType, passOn, takeUnseen } from "./passthrough.ts";

/** Of one answer. What is longer is passed on as it comes from there on: that much text is a day's reading. */
export const MOST_ASSURED_BYTES = 8_388_608;
/** Between comments; the shortest idle timeouts of proxies and load balancers are 30 s. */
export const HEARTBEAT_MS = 10_000;

const EVENTS = /^text\/event-stream\b/i;
const HEARTBEAT: Buffer = Buffer.from(": the answer is held until it is whole\n\n");

/** The delivery of one request, over all its targets. */
export class AssuredDelivery {
  readonly #heartbeatMs: number;
  #heart: NodeJS.Timeout | null = null;
  #begun = false;

  constructor(heartbeatMs: number = HEARTBEAT_MS) {
    this.#heartbeatMs = heartbeatMs;
  }

  /** Whether the caller has a head and comments, so that whatever is said from now on is said in the stream. */
  get begun(): boolean {
    return this.#begun;
  }

  readonly deliver = async (answer: OpenAnswer, recipient: Recipient): Promise<Delivered> => {
    const isEvents = EVENTS.test(contentType(answer.head));
    if (isEvents) this.#beat(answer, recipient);
    const held = await hold(answer);
    if (held.kind === "failed") return held;
    const { reply } = recipient;
    this.close();
    const { status } = answer.head;
    const headers = recipient.headers(answer);
    if (held.kind === "whole" && !this.#begun) {
      if (!isEvents) {
        reply.whole(status, headers, held.bytes);
        return { kind: "whole" };
      }
      reply.begin(status, headers);
    } else if (this.#begun) await reply.write(inComments(headers));
    else reply.begin(status, headers);
    if (held.kind === "long") return passOn(answer, held.bytes, recipient);
    await reply.write(held.bytes);
    reply.end();
    return { kind: "whole" };
  };

  /** Stops the comments. Idempotent. */
  close(): void {
    if (this.#heart !== null) clearInterval(this.#heart);
    this.#heart = null;
  }

  // From the first head of a success on: until then the caller waits for a status, and gets an honest one.
  #beat(answer: OpenAnswer, recipient: Recipient): void {
    const { reply } = recipient;
    if (this.#heart !== null) return;
    this.#heart = setInterval(() => {
      if (!this.#begun) {
        reply.begin(200, recipient.headers(answer).filter(isOfAllTargets));
        this.#begun = true;
      }
      // A caller who reads nothing needs no more of them.
      if (!reply.isBehind) void reply.write(HEARTBEAT);
    }, this.#heartbeatMs);
  }
}

// What is known only when an answer is whole: it is told by comments then.
const OF_ONE_TARGET = /^x-recloser-(?!request-id)|^content-length$/;

// Of a list of names and values, in turn.
function isOfAllTargets(_entry: unknown, at: number, list: HeaderList): boolean {
  return !OF_ONE_TARGET.test(String(list[at - (at % 2)]));
}

type Held = { readonly kind: "whole" | "long"; readonly bytes: Buffer } | Extract<Delivered, { kind: "failed" }>;

async function hold(answer: OpenAnswer): Promise<Held> {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const result = await takeUnseen(answer);
    if ("kind" in result) return result;
    if (result.done === true) return { kind: "whole", bytes: Buffer.concat(chunks, size) };
    chunks.push(result.value);
    size += result.value.length;
    if (size > MOST_ASSURED_BYTES) return { kind: "long", bytes: Buffer.concat(chunks, size) };
  }
}

function inComments(headers: HeaderList): Buffer {
  let lines = "";
  for (let at = 0; at < headers.length; at += 2) {
    const [name, value] = [String(headers[at]), String(headers[at + 1])];
    if (name.startsWith("x-recloser-")) lines += `: ${name}: ${value}\n`;
  }
  return Buffer.from(`${lines}\n`);
}
