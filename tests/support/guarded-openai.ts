/** The official OpenAI client, guarded in both ways there are, against a simulated provider of its own. */
import { setTimeout as sleep } from "node:timers/promises";
import OpenAI from "openai";
import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import type { ResponseStreamEvent } from "openai/resources/responses/responses";
import { CircuitOpenError, createRecloser } from "recloser";
import type { Breaker, PolicyOptions, Recloser, TransitionEvent } from "recloser";
import { createFetch } from "recloser/fetch";
import type { FetchOptions } from "recloser/fetch";
import { simulatedProvider } from "recloser/testing";
import type { SimulatedProvider, SimulatedProviderOptions } from "recloser/testing";
import { expect, onTestFinished } from "vitest";
import "./unhandled-rejections.ts";

/** Around each call of the client, or below it. */
export type Way = "the breaker" | "createFetch";
export const WAYS: readonly Way[] = ["the breaker", "createFetch"];

export const MODEL = "gpt-5";
export const CHAT = { model: MODEL, messages: [{ role: "user" as const, content: "hi" }] };

/** Three failures in a row trip, at once and whatever else happens; everything that could interfere is off. */
export const tripAtThree: PolicyOptions = {
  failureThreshold: 3,
  failureRate: false,
  consecutiveFailures: false,
  silence: false,
  cooldown: { initial: "30s", factor: 2, jitter: 0 },
};

export interface GuardedOpenAI {
  readonly provider: SimulatedProvider;
  readonly recloser: Recloser;
  readonly breaker: Breaker;
  readonly client: OpenAI;
  /** What the client asks with when it is guarded below; there in any case. */
  readonly guardedFetch: typeof fetch;
  /** The transitions of the model's own record, in order; of the provider's reachability there are others. */
  readonly transitions: TransitionEvent[];
  readonly chat: (signal?: AbortSignal) => Promise<string | null>;
  readonly chatStream: (signal?: AbortSignal) => AsyncIterable<ChatCompletionChunk>;
  readonly responseStream: (signal?: AbortSignal) => AsyncIterable<ResponseStreamEvent>;
}

export interface Guarding {
  readonly provider?: SimulatedProviderOptions;
  /** Over the key that `createFetch` would derive by itself, and for both ways. */
  readonly key?: Exclude<FetchOptions["key"], ((...facts: never[]) => unknown) | undefined>;
  readonly recloser?: Recloser;
  readonly maxRetries?: number;
}

/** Closed again when the test is over. */
export async function guardedOpenAI(
  way: Way,
  policy: PolicyOptions,
  { provider: options, key, recloser: shared, maxRetries = 0 }: Guarding = {},
): Promise<GuardedOpenAI> {
  const provider = await simulatedProvider(options);
  const recloser = shared ?? createRecloser({ defaults: policy });
  onTestFinished(async () => {
    await recloser.close();
    await provider.close();
  });
  const breaker = recloser.breaker(key ?? { provider: new URL(provider.url).host, model: MODEL });
  const transitions: TransitionEvent[] = [];
  breaker.on("transition", (event) => event.key === breaker.name && transitions.push(event));
  const guardedFetch = createFetch(recloser, key === undefined ? {} : { key });
  const below = way === "createFetch" ? { fetch: guardedFetch } : {};
  const client = new OpenAI({ baseURL: provider.baseUrl, apiKey: "sk-test", maxRetries, logLevel: "off", ...below });
  const common = { provider, recloser, breaker, client, guardedFetch, transitions };
  return way === "createFetch" ? { ...common, ...plainCalls(client) } : { ...common, ...guardedCalls(client, breaker) };
}

type Calls = Pick<GuardedOpenAI, "chat" | "chatStream" | "responseStream">;

function plainCalls(client: OpenAI): Calls {
  return {
    async chat(signal) {
      const completion = await client.chat.completions.create(CHAT, signalled(signal));
      return completion.choices[0]?.message.content ?? null;
    },
    async *chatStream(signal) {
      yield* await client.chat.completions.create({ ...CHAT, stream: true }, signalled(signal));
    },
    async *responseStream(signal) {
      yield* await client.responses.create({ model: MODEL, input: "hi", stream: true }, signalled(signal));
    },
  };
}

function guardedCalls(client: OpenAI, breaker: Breaker): Calls {
  return {
    async chat(caller) {
      const completion = await breaker.execute(
        ({ signal }) => client.chat.completions.create(CHAT, { signal }),
        signalled(caller),
      );
      return completion.choices[0]?.message.content ?? null;
    },
    chatStream: (caller) =>
      breaker.stream(({ signal }) => client.chat.completions.create({ ...CHAT, stream: true }, { signal }), {
        ...signalled(caller),
        isContent: (chunk) => textOf(chunk) !== "",
        isEnd: (chunk) => typeof chunk.choices[0]?.finish_reason === "string",
      }),
    responseStream: (caller) =>
      breaker.stream(({ signal }) => client.responses.create({ model: MODEL, input: "hi", stream: true }, { signal }), {
        ...signalled(caller),
        isContent: (event) => event.type === "response.output_text.delta",
        isEnd: (event) => event.type === "response.completed",
      }),
  };
}

function signalled(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function textOf(chunk: ChatCompletionChunk): string {
  return chunk.choices[0]?.delta.content ?? "";
}

/** Reads a stream to its end. */
export async function readAll<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const chunks: T[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

export interface Ends {
  readonly answered: number;
  /** Calls that the breaker rejected or gave up. */
  readonly rejections: readonly CircuitOpenError[];
  /** What else was thrown. */
  readonly errors: readonly unknown[];
}

/** How so many calls ended. */
export async function endsOf(calls: readonly Promise<unknown>[]): Promise<Ends> {
  const settled = await Promise.allSettled(calls);
  const thrown: unknown[] = settled.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
  return {
    answered: settled.length - thrown.length,
    rejections: thrown.flatMap((error) => CircuitOpenError.from(error) ?? []),
    errors: thrown.filter((error) => !CircuitOpenError.is(error)),
  };
}

/** So many calls, begun at once. Looked at later, so a rejection meanwhile is not one that nobody handles. */
export function many<T>(count: number, call: () => Promise<T>): Promise<T>[] {
  return Array.from({ length: count }, () => {
    const made = call();
    made.catch(() => {});
    return made;
  });
}

/** Begins a call every so often until stopped; then says how they ended. */
export function traffic(everyMs: number, call: () => Promise<unknown>): { stop(): Promise<Ends> } {
  const begun: Promise<unknown>[] = [];
  const stopped = new AbortController();
  const run = (async () => {
    while (!stopped.signal.aborted) {
      const made = call();
      made.catch(() => {});
      begun.push(made);
      await sleep(everyMs);
    }
  })();
  return {
    async stop() {
      stopped.abort();
      await run;
      return endsOf(begun);
    },
  };
}

/** Trips a breaker of {@link tripAtThree} with answers of 503. */
export async function tripWith503(guarded: GuardedOpenAI): Promise<void> {
  await guarded.provider.setFault({ kind: "status", status: 503 });
  const { errors } = await endsOf(many(3, () => guarded.chat()));
  expect(errors).toHaveLength(3);
  expect(guarded.breaker.state).not.toBe("closed"); // a short cooldown may be over on a busy machine
}

/** Waits until something holds, looking every millisecond; gives up loudly. */
export async function until(holds: () => boolean, what: string, withinMs = 5_000): Promise<void> {
  const startMs = performance.now();
  while (!holds()) {
    if (performance.now() - startMs > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(1);
  }
}
