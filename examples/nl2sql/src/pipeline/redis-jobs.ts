/** The queue in Redis, by BullMQ: any replica answers what any replica has taken, also after all have restarted. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Job as BullJob, Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { delayRejected } from "recloser/bullmq";
import type { Answer } from "./answer.ts";
import type { JobQueue } from "./jobs.ts";

export interface RedisJobsOptions {
  readonly url: string;
  /** Answers a question, or rejects with what the providers said. */
  readonly ask: (question: string) => Promise<Answer>;
  /** How many may wait. Default 1 000. */
  readonly most?: number;
  /** Default "nl2sql-questions". */
  readonly name?: string;
}

interface Asked {
  readonly question: string;
}

// A day: whoever has asked comes back for it, or not at all.
const KEPT_S = 86_400;
const CLOSES_WITHIN_MS = 3_000;

export function redisJobs({ url, ask, most = 1_000, name = "nl2sql-questions" }: RedisJobsOptions): JobQueue {
  const connections: Redis[] = [];
  // A worker waits for Redis however long it takes; whoever asks does not.
  const connect = (maxRetriesPerRequest: number | null): Redis => {
    const client = new Redis(url, { maxRetriesPerRequest });
    // Without a listener ioredis writes each failed try to stderr.
    client.on("error", () => {});
    connections.push(client);
    return client;
  };
  const queue = new Queue<Asked, Answer>(name, { connection: connect(1) });
  // A rejected job goes back until its circuit can take it, spread over the seconds after; no attempt is used up.
  const processor = delayRejected((job: BullJob<Asked, Answer>) => ask(job.data.question), { maxWait: "1h" });
  const worker = new Worker<Asked, Answer>(name, processor, {
    connection: connect(null),
    concurrency: 4,
  });
  worker.on("error", () => {});
  queue.on("error", () => {});

  return {
    label: `in Redis at ${new URL(url).host} (BullMQ)`,
    async add(question) {
      if ((await queue.getJobCountByTypes("waiting", "delayed")) >= most) return null;
      const job = await queue.add(
        "question",
        { question },
        {
          attempts: 5,
          backoff: { type: "exponential", delay: 2_000, jitter: 0.5 },
          removeOnComplete: { age: KEPT_S },
          removeOnFail: { age: KEPT_S },
        },
      );
      return job.id ?? null;
    },
    async find(id) {
      const job = await queue.getJob(id);
      if (job === undefined) return null;
      const { question } = job.data;
      const state = await job.getState();
      if (state === "completed") return { id, question, state: "done", answer: job.returnvalue };
      const message = "The AI service did not come back in time.";
      return state === "failed" ? { id, question, state, message } : { id, question, state: "waiting" };
    },
    async close() {
      const closed = Promise.all([worker.close(), queue.close()]).catch(() => {});
      // A Redis that is away would be waited for without an end; what is under way is taken up by another replica.
      await Promise.race([closed, sleep(CLOSES_WITHIN_MS, undefined, { ref: false })]);
      for (const client of connections) client.disconnect();
    },
  };
}
