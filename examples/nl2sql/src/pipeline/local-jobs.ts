/** The queue where there is no Redis: in this process, and gone with it. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Breaker } from "recloser";
import { waitUntilClosed } from "recloser/fallback";
import type { Answer } from "./answer.ts";
import type { Job, JobQueue } from "./jobs.ts";

// Where a circuit lets everybody through, but the calls still fail.
const PAUSE_MS = 1_000;

export interface LocalJobsOptions {
  /** Of the providers: the first whose circuit closes ends the wait. */
  readonly breakers: readonly Breaker[];
  /** Answers a question that has waited, or rejects with what the providers said. */
  readonly ask: (question: string) => Promise<Answer>;
  /** How many may wait. Default 100. */
  readonly most?: number;
  /** How long one waits at most. Default ten minutes. */
  readonly maxWaitMs?: number;
}

// As many as are kept of those that are over.
const MOST_KEPT = 1_000;

export function localJobs({ breakers, ask, most = 100, maxWaitMs = 600_000 }: LocalJobsOptions): JobQueue {
  const jobs = new Map<string, Job>();
  const closing = new AbortController();
  let waiting = 0;

  const answered = async (question: string): Promise<Answer> => {
    const deadline = AbortSignal.any([closing.signal, AbortSignal.timeout(maxWaitMs)]);
    for (;;) {
      await firstClosed(breakers, deadline, most);
      try {
        return await ask(question);
      } catch {
        // Somebody was faster, or the provider is not back after all.
        await sleep(PAUSE_MS * (0.5 + Math.random()), undefined, { signal: deadline });
      }
    }
  };

  const work = async (id: string, question: string): Promise<void> => {
    try {
      jobs.set(id, { id, question, state: "done", answer: await answered(question) });
    } catch {
      jobs.set(id, { id, question, state: "failed", message: "The AI service did not come back in time." });
    } finally {
      waiting--;
    }
  };

  return {
    label: "in this process",
    add(question) {
      if (waiting >= most || closing.signal.aborted) return Promise.resolve(null);
      waiting++;
      const id = randomUUID();
      jobs.set(id, { id, question, state: "waiting" });
      forgetOldest(jobs);
      void work(id, question);
      return Promise.resolve(id);
    },
    find: (id) => Promise.resolve(jobs.get(id) ?? null),
    close() {
      closing.abort(new Error("the application stops"));
      return Promise.resolve();
    },
  };
}

// The library lets those who wait for a breaker go one after the other, as its ramp admits, and spreads replicas.
async function firstClosed(breakers: readonly Breaker[], signal: AbortSignal, maxWaiting: number): Promise<void> {
  const others = new AbortController();
  const ends = AbortSignal.any([signal, others.signal]);
  try {
    await Promise.any(
      breakers.map((breaker) => waitUntilClosed(breaker, { maxWait: "24h", maxWaiting, signal: ends })),
    );
  } finally {
    others.abort();
  }
  signal.throwIfAborted();
}

function forgetOldest(jobs: Map<string, Job>): void {
  for (const [id, { state }] of jobs) {
    if (jobs.size <= MOST_KEPT) return;
    if (state !== "waiting") jobs.delete(id);
  }
}
