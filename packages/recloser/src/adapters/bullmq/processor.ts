/** Wraps a processor of BullMQ, so that an open circuit costs its jobs time but no attempt. */
import type { Breaker, ExecuteOptions } from "../../api.ts";
import { type Clock, systemClock } from "../../clock.ts";
import type { Duration } from "../../duration.ts";
import { FailedCall } from "../../fallback/failed-call.ts";
import { checkedBreaker, clockOf } from "../../insides.ts";
import { fields, fn } from "../../validate.ts";
import { Delayer } from "./delayer.ts";
import { delayOf, type Delay, rejectionDelay } from "./delay.ts";

/** What of a BullMQ job is needed here. */
export interface JobLike {
  readonly id?: string | undefined;
  readonly name: string;
  /** When it was added, epoch milliseconds by the wall. */
  readonly timestamp: number;
  readonly opts: { readonly delay?: number | undefined };
  readonly token?: string | undefined;
  moveToDelayed(timestampMs: number, token?: string): Promise<void>;
}

/** What a `Worker` takes. */
export type Processor<J, R> = (job: J, token?: string, signal?: AbortSignal) => Promise<R>;

/** A job on its way back into the queue. */
export interface PutBack {
  readonly delayMs: number;
  /** The rejection, or what the provider refused it with. */
  readonly error: unknown;
}

export interface DelayOptions<J> {
  /**
   * How long a job may wait in all, counted from when it was first due. Then it fails for good, whatever attempts it has left,
   * with the rejection as `cause`. Default `"24h"`.
   */
  readonly maxWait?: Duration | undefined;
  /**
   * Jobs come back one by one at first: one when the circuit can take it, up to two more in each of the next such steps, four, eight …
   * About as long as a call takes. Default `"1s"`.
   */
  readonly step?: Duration | undefined;
  /**
   * Whether running the job again does no harm although its call may have been carried out. `true`: then also a call that was
   * given up when the circuit tripped goes back, and one that failed while the circuit is open (the probe) or opened by it.
   * Default false: only what was never made, was refused, or provably was not sent.
   */
  readonly idempotent?: boolean | undefined;
  /** Told of each job that goes back; what it throws changes nothing. */
  readonly onPutBack?: ((job: J, putBack: PutBack) => void) | undefined;
}

export interface GuardProcessorOptions<J>
  extends DelayOptions<J>, Pick<ExecuteOptions, "timeout" | "retry" | "classify"> {}

const DELAY_FIELDS = ["maxWait", "step", "idempotent", "onPutBack"] as const;

/**
 * The processor as one call of a breaker. While the circuit cannot take it (open, probing, ramping, held by a rate limit, a quota
 * or a key, overridden, shed), a job goes back with a delay until it can, without an attempt made. A job that the provider
 * refuses for a rate limit, a quota or a key goes back too: it was not carried out. Any other failure is the job's own, for
 * its `attempts` and `backoff`.
 *
 * Breakers inside the processor (`guardOpenAI`, …) must be others than this one; for those alone there is {@link delayRejected}.
 *
 * @param guard the breaker, or which one a job takes
 * @param processor gets a signal that aborts at the worker's, at a deadline, and when the circuit trips
 * @throws InvalidOptionError naming the field
 * @example
 * new Worker("mail", guardProcessor(breaker, async (job: Job<Mail>, _token, signal) => send(job.data, { signal })), { connection });
 */
export function guardProcessor<J extends JobLike, R>(
  guard: Breaker | ((job: J) => Breaker),
  processor: (job: J, token: string | undefined, signal: AbortSignal) => R | PromiseLike<R>,
  options: GuardProcessorOptions<J> = {},
): Processor<J, R> {
  if (typeof guard !== "function") checkedBreaker(guard);
  fn("processor", processor);
  fields("options", options, [...DELAY_FIELDS, "timeout", "retry", "classify"]);
  const { timeout, retry, classify, ...delayed } = options;
  const delayer = new Delayer(delayed);
  const { idempotent } = delayer;
  return async (job, token, signal) => {
    const breaker = typeof guard === "function" ? checkedBreaker(guard(job)) : guard;
    const asked = { timeout, retry, classify, signal, fallback: FailedCall.kept };
    const end = await breaker.execute((call) => processor(job, token, call.signal), asked);
    if (!(end instanceof FailedCall)) return end;
    return orPutBack(delayer, job, token, end.error, delayOf(breaker, end, idempotent), clockOf(breaker));
  };
}

/**
 * The same for a processor whose calls are guarded inside, each by its own breaker: a job that ends with a rejection of
 * any of them goes back. What it had done before is done again, as at every retry of BullMQ's.
 *
 * @throws InvalidOptionError naming the field
 * @example
 * const client = guardOpenAI(new OpenAI(), recloser);
 * new Worker("summaries", delayRejected(async (job: Job<Text>) => summarise(client, job.data)), { connection });
 */
export function delayRejected<J extends JobLike, R>(
  processor: (job: J, token?: string, signal?: AbortSignal) => R | PromiseLike<R>,
  options: DelayOptions<J> = {},
): Processor<J, R> {
  fn("processor", processor);
  fields("options", options, DELAY_FIELDS);
  const delayer = new Delayer(options);
  return async (job, token, signal) => {
    try {
      return await processor(job, token, signal);
    } catch (error) {
      return orPutBack(delayer, job, token, error, rejectionDelay(error, delayer.idempotent), systemClock);
    }
  };
}

function orPutBack<J extends JobLike>(
  delayer: Delayer<J>,
  job: J,
  token: string | undefined,
  error: unknown,
  delay: Delay | null,
  clock: Clock,
): Promise<never> {
  return delay === null ? Promise.reject(error) : delayer.putBack(job, token, error, delay, clock);
}
