/** The parts put together: what the server, the command line and the tests start. */
import { createRecloser, type Recloser, type RecloserOptions } from "recloser";
import { redisClassifier } from "recloser/classify";
import type { Database } from "./database/database.ts";
import { keyOf, LanguageModel } from "./llm/model.ts";
import { providerOf, type ProviderOptions } from "./llm/providers.ts";
import { Agent } from "./pipeline/agent.ts";
import type { Answer } from "./pipeline/answer.ts";
import { guardedJobs, type JobQueue } from "./pipeline/jobs.ts";
import { localJobs } from "./pipeline/local-jobs.ts";
import { Statements } from "./pipeline/statements.ts";
import { Library } from "./verified/library.ts";
import type { PairStore } from "./verified/pair.ts";

export interface ApplicationOptions {
  readonly database: Database;
  readonly pairs: PairStore;
  /** In the order in which they are asked. */
  readonly providers: readonly [ProviderOptions, ...ProviderOptions[]];
  /** Makes the queue; default: one in this process. @param ask rejects with what the providers said */
  readonly queue?: (ask: (question: string) => Promise<Answer>) => JobQueue;
  /** Over the application's own: a shared store, another policy, a clock. */
  readonly recloser?: RecloserOptions;
}

export interface Application {
  readonly agent: Agent;
  readonly recloser: Recloser;
  readonly library: Library;
  close(): Promise<void>;
}

/** Of all calls of a model; those of its own keys share them. */
const DEFAULTS = {
  // Somebody waits, and there is a next step: three failures say enough, and it is looked again soon.
  consecutiveFailures: 3,
  cooldown: { initial: "5s", max: "30s" },
  timeouts: { total: "20s" },
  // Explanations take four fifths of the slots at most, and go first where there are not enough.
  shed: { maxInFlight: 32 },
} as const;

// What an answer can do without: three failures, and nobody waits for it any more.
const BESIDE = {
  classify: redisClassifier,
  consecutiveFailures: 3,
  cooldown: { initial: "2s", max: "10s" },
  timeouts: { total: "300ms" },
} as const;

export async function startApplication(options: ApplicationOptions): Promise<Application> {
  const { database, pairs, recloser: given } = options;
  const recloser = createRecloser({ ...given, defaults: { ...DEFAULTS, ...given?.defaults } });
  const [first, ...others] = options.providers;
  const model = new LanguageModel([providerOf(first), ...others.map(providerOf)], recloser);
  const library = new Library(pairs, recloser.breaker("pairs", BESIDE));
  const [statements] = await Promise.all([Statements.over(database, recloser), library.load()]);
  const agent = new Agent({ model, statements, library });
  const breakers = options.providers.map((provider) => recloser.breaker(keyOf(provider, "sql")));
  const ask = (question: string): Promise<Answer> => agent.ask(question, { mayQueue: false, orThrow: true });
  const queue = guardedJobs(options.queue?.(ask) ?? localJobs({ breakers, ask }), recloser.breaker("queue", BESIDE));
  agent.queue = queue;
  return {
    agent,
    recloser,
    library,
    async close() {
      await queue.close();
      await recloser.close();
      await pairs.close();
      await database.close();
    },
  };
}
