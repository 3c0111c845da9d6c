/**
 * BullMQ: a job whose circuit cannot take it goes back into the queue until it can, and loses no attempt by that.
 *
 * @example
 * import { Worker } from "bullmq";
 * import { createBreaker } from "recloser";
 * import { guardProcessor } from "recloser/bullmq";
 *
 * const breaker = createBreaker({ name: "mail", timeouts: { total: "30s" } });
 * const worker = new Worker("mail", guardProcessor(breaker, async (job, _token, signal) => send(job.data, signal)), { connection });
 */
export { delayRejected, guardProcessor } from "./processor.ts";
export type { DelayOptions, GuardProcessorOptions, JobLike, Processor, PutBack } from "./processor.ts";
