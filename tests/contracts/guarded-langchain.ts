/** A model of LangChain's, guarded, above a simulated provider. */
import { createRecloser } from "recloser";
import type { Breaker, PolicyOptions, Recloser } from "recloser";
import { guardRunnable } from "recloser/langchain";
import type { GuardRunnableOptions } from "recloser/langchain";
import { simulatedProvider } from "recloser/testing";
import type { Fault, SimulatedProvider } from "recloser/testing";
import { onTestFinished } from "vitest";
import { tripAtThree } from "../support/guarded-openai.ts";
import { load, SET } from "./sdks.ts";

type ChatOpenAI = InstanceType<Awaited<ReturnType<typeof load<"@langchain/openai">>>["ChatOpenAI"]>;

type Runnables = typeof import("@langchain/core/runnables");

/** What the set's LangChain stands on. */
export async function runnables(): Promise<Runnables> {
  const name = "@langchain/core/runnables";
  if (SET === "root") return import(name);
  const newest = await import("./newest/load.ts");
  return (await newest.load(name)) as Runnables;
}

export interface GuardedLangChain {
  readonly provider: SimulatedProvider;
  readonly recloser: Recloser;
  readonly breaker: Breaker;
  /** The user's own, with LangChain's default retries. */
  readonly model: ChatOpenAI;
  readonly guarded: ChatOpenAI;
  readonly options: GuardRunnableOptions;
}

export interface Given {
  readonly fault?: Fault | null;
  readonly policy?: PolicyOptions;
  /** Default: none of our retries. */
  readonly retry?: GuardRunnableOptions["retry"];
  /** Fields of ChatOpenAI. */
  readonly fields?: {
    readonly useResponsesApi?: boolean;
    readonly streaming?: boolean;
    readonly timeout?: number;
    readonly cache?: boolean;
    readonly maxConcurrency?: number;
    readonly maxRetries?: number;
  };
}

/** Trips at three failures. Closed again when the test is over. */
export async function guardedLangChain({
  fault = null,
  policy,
  retry = false,
  fields,
}: Given = {}): Promise<GuardedLangChain> {
  const { ChatOpenAI } = await load("@langchain/openai");
  const provider = await simulatedProvider({ fault });
  const recloser = createRecloser({ defaults: { ...tripAtThree, ...policy } });
  onTestFinished(async () => {
    await recloser.close();
    await provider.close();
  });
  const configuration = { baseURL: provider.baseUrl };
  const model = new ChatOpenAI({ model: "gpt-5", apiKey: "sk-test", configuration, ...fields });
  const breaker = recloser.breaker({ provider: new URL(provider.url).host, model: "gpt-5" });
  const options = { retry };
  return { provider, recloser, breaker, model, guarded: guardRunnable(model, recloser, options), options };
}

/** The same with its circuit open for the next 30 seconds, and nothing asked yet. */
export async function openedLangChain(given: Given = {}): Promise<GuardedLangChain> {
  const made = await guardedLangChain(given);
  const down = Object.assign(new Error("down"), { status: 503 });
  for (let i = 0; i < 3; i++) await made.breaker.execute(() => Promise.reject(down)).catch(() => {});
  return made;
}

export async function readAll<T>(stream: AsyncIterable<T> | Promise<AsyncIterable<T>>): Promise<T[]> {
  const chunks: T[] = [];
  for await (const chunk of await stream) chunks.push(chunk);
  return chunks;
}

export function thrownBy(asked: PromiseLike<unknown>): Promise<unknown> {
  return Promise.resolve(asked).then(
    () => {
      throw new Error("it was answered");
    },
    (error: unknown) => error,
  );
}
