/** A recloser, a fetch guarded by it, and a provider below: what every contract is tested on. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerResponse } from "node:http";
import { createRecloser } from "recloser";
import type { Breaker, PolicyOptions } from "recloser";
import { createFetch } from "recloser/fetch";
import type { WhenOpen } from "recloser/fetch";
import { onTestFinished } from "vitest";
import { tripAtThree, until } from "../support/guarded-openai.ts";
import { plainServer } from "../support/plain-server.ts";
import type { PlainServer, Received } from "../support/plain-server.ts";

export interface Guarded {
  readonly breaker: Breaker;
  readonly provider: PlainServer;
  readonly url: string;
  readonly fetch: typeof fetch;
  /** How often an SDK has called `fetch`. */
  readonly tries: () => number;
  /** How many connections were closed before the answer was over. */
  readonly closed: () => number;
  /** The signals that the SDK gave to `fetch`. */
  readonly signals: readonly AbortSignal[];
}

export interface Guarding {
  /** Over a policy in which nothing but three failures trips. */
  readonly policy?: PolicyOptions;
  /** What the provider does; default: nothing, so that every call hangs. */
  readonly answer?: (response: ServerResponse, received: Received) => void;
  readonly key?: string;
  readonly whenOpen?: WhenOpen;
}

/** Closed again when the test is over. */
export async function guarded({ policy, answer = () => {}, key = "llm", whenOpen }: Guarding = {}): Promise<Guarded> {
  let closed = 0;
  const provider = await plainServer((response, received) => {
    response.on("close", () => {
      if (!response.writableFinished) closed++;
    });
    answer(response, received);
  });
  const recloser = createRecloser({ defaults: { ...tripAtThree, ...policy } });
  onTestFinished(() => recloser.close());
  const below = createFetch(recloser, { key, whenOpen });
  let tries = 0;
  const signals: AbortSignal[] = [];
  return {
    breaker: recloser.breaker(key),
    provider,
    url: provider.url,
    fetch: (input, init) => {
      tries++;
      if (init?.signal) signals.push(init.signal);
      return below(input, init);
    },
    tries: () => tries,
    closed: () => closed,
    signals,
  };
}

/** The same with its circuit open for the next 30 seconds. */
export async function opened(guarding: Guarding = {}): Promise<Guarded> {
  const made = await guarded(guarding);
  const down = Object.assign(new Error("down"), { status: 503 });
  for (let i = 0; i < 3; i++) await made.breaker.execute(() => Promise.reject(down)).catch(() => {});
  if (made.breaker.state !== "open") throw new Error(`the circuit is ${made.breaker.state}`);
  return made;
}

export interface Failed {
  readonly error: unknown;
  readonly afterMs: number;
}

/** How a call ends that must not succeed, nor go on for ever. */
export async function failing(call: Promise<unknown>, withinMs = 5_000): Promise<Failed> {
  const startMs = performance.now();
  const late = new AbortController();
  const tooLong = sleep(withinMs, undefined, { signal: late.signal }).then(
    () => Promise.reject(new Error(`no end within ${withinMs} ms`)),
    () => null, // the call was first
  );
  const error: unknown = await Promise.race([
    call.then(
      () => Promise.reject(new Error("the call succeeded")),
      (thrown: unknown) => thrown,
    ),
    tooLong,
  ]);
  late.abort();
  return { error, afterMs: performance.now() - startMs };
}

/** Nothing of so many calls is left: their connections are closed, their slots are free. */
export async function untilReleased({ breaker, closed }: Guarded, calls = 1): Promise<void> {
  await until(() => closed() === calls && breaker.snapshot().inFlight === 0, "everything released", 1_000);
}
