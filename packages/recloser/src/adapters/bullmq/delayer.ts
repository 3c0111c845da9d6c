/** Puts jobs back into their queue. */
import { type Clock, wallNow } from "../../clock.ts";
import { durationMs } from "../../duration.ts";
import { systemRandom } from "../../random.ts";
import { spoken } from "../../spoken.ts";
import { boolean, exact, fn } from "../../validate.ts";
import type { Delay } from "./delay.ts";
import type { DelayOptions, JobLike } from "./processor.ts";
import { Spread } from "./spread.ts";

export class Delayer<J extends JobLike> {
  readonly idempotent: boolean;
  readonly #maxWaitMs: number;
  readonly #stepMs: number;
  readonly #spread: Spread;
  readonly #onPutBack: DelayOptions<J>["onPutBack"];

  /** @throws InvalidOptionError naming the field */
  constructor({ maxWait, step, idempotent, onPutBack }: DelayOptions<J>) {
    this.idempotent = boolean("idempotent", idempotent, false);
    this.#maxWaitMs = exact(maxWait, 86_400_000, (value) => durationMs("maxWait", value));
    this.#stepMs = exact(step, 1_000, (value) => durationMs("step", value));
    this.#spread = new Spread(this.#stepMs, systemRandom);
    if (onPutBack !== undefined) fn("onPutBack", onPutBack);
    this.#onPutBack = onPutBack;
  }

  /** Rejects with what tells BullMQ that the job is delayed; or that it failed for good, having waited too long. */
  async putBack(job: J, token: string | undefined, error: unknown, delay: Delay, clock: Clock): Promise<never> {
    const wallMs = wallNow(); // what BullMQ compares with
    const endsMs = job.timestamp + (job.opts.delay ?? 0) + this.#maxWaitMs;
    if (wallMs >= endsMs) throw waitedTooLong(job, error, delay, this.#maxWaitMs);
    const nowMs = clock.now();
    // A step is about as long as a call takes, and so as the probe does.
    const retryAfterMs = delay.isProbing ? Math.min(delay.retryAfterMs, this.#stepMs) : delay.retryAfterMs;
    const wantedMs = this.#spread.place(delay.key, delay.generation, nowMs + retryAfterMs) - nowMs;
    // Before its time is up it is tried once more: somebody may have cleared the circuit.
    const delayMs = Math.ceil(Math.min(wantedMs, endsMs - wallMs));
    await job.moveToDelayed(wallMs + delayMs, token ?? job.token);
    try {
      this.#onPutBack?.(job, { delayMs, error });
    } catch {} // the job is where it should be
    throw delayed();
  }
}

// BullMQ knows its own two errors not only by their classes, so that none of it needs to be imported: by their names, and
// the first releases of version 5 this one by its message.
function delayed(): Error {
  return named("DelayedError", new Error("DelayedError"));
}

function waitedTooLong(job: JobLike, cause: unknown, { key }: Delay, maxWaitMs: number): Error {
  const message = `job ${job.id ?? job.name} has waited ${spoken(maxWaitMs)} (maxWait) for the circuit of "${key}" to take it`;
  return named("UnrecoverableError", new Error(message, { cause }));
}

function named(name: string, error: Error): Error {
  error.name = name;
  return error;
}
