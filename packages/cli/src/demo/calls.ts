/** The two ways to make a call that the demo compares: with a client's timeout only, and behind a breaker. */
import type { Breaker, Clock } from "recloser";
import { askStream, askWhole, type StreamEvent } from "./client.ts";

/** What a client waits for an answer before it gives up: 30 s, long enough for an LLM. */
export const CLIENT_TIMEOUT_MS = 30_000;

export interface Target {
  readonly baseUrl: string;
  readonly streams: boolean;
}

/** Resolves with a good answer, or to "fallback" with something else in its place; rejects with why there is none. */
export type Call = () => Promise<"fallback" | void>;

export function plainCall({ baseUrl, streams }: Target, clock: Clock): Call {
  const ask = streams ? readAll : askWhole;
  return () => within(CLIENT_TIMEOUT_MS, clock, (signal) => ask(baseUrl, signal));
}

export function guardedCall({ baseUrl, streams }: Target, breaker: Breaker): Call {
  if (!streams) return () => breaker.execute(({ signal }) => askWhole(baseUrl, signal));
  return async () => {
    const stream = breaker.stream(({ signal }) => askStream(baseUrl, signal), { isContent: isFinish, isEnd });
    for await (const _ of stream);
  };
}

// A stream counts as a success when it is finished, not at its first word: a provider that begins every answer and
// finishes none is down.
function isFinish(event: unknown): boolean {
  return (event as StreamEvent).kind === "finish";
}

function isEnd(event: unknown): boolean {
  return (event as StreamEvent).kind === "end";
}

async function readAll(baseUrl: string, signal: AbortSignal): Promise<void> {
  for await (const _ of askStream(baseUrl, signal));
}

async function within<T>(ms: number, clock: Clock, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = new AbortController();
  const settled = new AbortController();
  clock.sleep(ms, { signal: settled.signal }).then(
    () => deadline.abort(new DOMException("no answer in time", "TimeoutError")),
    () => {},
  );
  try {
    return await work(deadline.signal);
  } finally {
    settled.abort();
  }
}
