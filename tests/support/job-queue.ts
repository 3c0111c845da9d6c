/** A BullMQ queue with a worker on a real Redis, closed with its test. */
import { type Job, type JobsOptions, Queue, Worker, type WorkerOptions } from "bullmq";
import type { Processor } from "recloser/bullmq";
import { onTestFinished } from "vitest";
import type { RedisServer } from "./servers/redis.ts";

export interface Note {
  readonly text: string;
}

export interface JobQueue {
  readonly queue: Queue<Note>;
  readonly worker: Worker<Note, string>;
  /** When jobs were begun, epoch milliseconds: also those that went back at once. */
  readonly begun: number[];
  readonly errors: Error[];
  readonly add: (count: number, options?: JobsOptions) => Promise<void>;
  readonly jobs: (state: "completed" | "failed" | "delayed") => Promise<Job<Note>[]>;
  /** Runs the worker until so many jobs are completed or failed for good. */
  readonly run: (count: number) => Promise<void>;
}

let queues = 0;

export function jobQueue(
  server: RedisServer,
  processor: Processor<Job<Note, string>, string>,
  options: Partial<WorkerOptions> = {},
): JobQueue {
  const name = `notes-${++queues}`;
  const connection = { host: "127.0.0.1", port: server.port };
  const queue = new Queue<Note>(name, { connection });
  const worker = new Worker<Note, string>(name, processor, {
    connection,
    autorun: false,
    drainDelay: 1, // how long it blocks at an empty queue, in seconds, which its end waits for
    ...options,
  });
  const begun: number[] = [];
  const errors: Error[] = [];
  worker.on("active", () => begun.push(Date.now()));
  worker.on("error", (error) => errors.push(error));
  onTestFinished(async () => {
    await worker.close();
    await queue.close();
  });
  return {
    queue,
    worker,
    begun,
    errors,
    async add(count, jobOptions = {}) {
      await queue.addBulk(
        Array.from({ length: count }, (_, i) => ({ name: "note", data: { text: `note ${i}` }, opts: jobOptions })),
      );
    },
    jobs: (state) => queue.getJobs([state], 0, -1),
    run: (count) =>
      new Promise((resolve) => {
        void worker.run();
        const look = async (): Promise<void> => {
          const { completed = 0, failed = 0 } = await queue.getJobCounts("completed", "failed");
          if (completed + failed >= count) resolve();
        };
        worker.on("completed", () => void look());
        worker.on("failed", () => void look());
      }),
  };
}
