/** A call that waits for its circuit, and for which an outage costs time only. */
import type { Breaker, ExecuteOptions } from "../api.ts";
import type { CallContext } from "../call.ts";
import { CircuitOpenError } from "../errors.ts";
import type { Run } from "../execute.ts";
import { type Fallback, withCause } from "../fallback.ts";
import { checkedBreaker, clockOf } from "../insides.ts";
import { wasNotSent } from "../not-sent.ts";
import { boolean, fn } from "../validate.ts";
import { FailedCall } from "./failed-call.ts";
import { lineOf, readWait, type WaitOptions } from "./wait-until-closed.ts";
import { rejectionAt, wayOf } from "./way.ts";

export interface ExecuteWhenClosedOptions extends ExecuteOptions, WaitOptions {
  /**
   * Whether making the call again does no harm although it may have been carried out. `true`: then also a probe that failed waits on,
   * and a call that was given up when the circuit tripped, or opened it. Default false: only what was never made, was refused, or
   * provably was not sent.
   */
  readonly idempotent?: boolean | undefined;
}

/**
 * `breaker.execute`, but what the circuit has in its way is waited out: the call is made as soon as the circuit takes it, or rejects
 * with `CircuitOpenError` (or asks the `fallback`) after `maxWait`. A call that was made, and may have been carried out, has
 * its end, unless it is `idempotent`. `timeout` and `retry` begin when the call is made.
 *
 * @throws InvalidOptionError (as a rejection) naming the field
 * @example
 * const summary = await executeWhenClosed(breaker, ({ signal }) => summarise(text, { signal }), { maxWait: "10m", idempotent: true });
 */
export function executeWhenClosed<T, F>(
  breaker: Breaker,
  call: (context: CallContext) => T | PromiseLike<T>,
  options: ExecuteWhenClosedOptions & { readonly fallback: Fallback<F> },
): Promise<T | F>;
export function executeWhenClosed<T>(
  breaker: Breaker,
  call: (context: CallContext) => T | PromiseLike<T>,
  options?: ExecuteWhenClosedOptions,
): Promise<T>;
export async function executeWhenClosed<T>(
  breaker: Breaker,
  call: (context: CallContext) => T | PromiseLike<T>,
  options: ExecuteWhenClosedOptions = {},
): Promise<unknown> {
  checkedBreaker(breaker);
  fn("call", call);
  const { maxWait, maxWaiting, idempotent, fallback, ...asked } = options;
  const wait = readWait({ maxWait, maxWaiting, signal: asked.signal });
  const requests = new Requests(call, boolean("idempotent", idempotent, false));
  const clock = clockOf(breaker);
  const line = lineOf(breaker);
  const endMs = clock.now() + wait.maxWaitMs;
  for (let hadTurn = false; ; hadTurn = true) {
    const end = await breaker.execute(requests.make, { ...asked, fallback: FailedCall.kept });
    if (!(end instanceof FailedCall)) return end;
    const rejection = requests.mayBeMadeAgain(end) ? rejectionOf(breaker, end) : null;
    const leftMs = endMs - clock.now();
    if (rejection === null || leftMs <= 0) return end.orElse(fallback);
    try {
      await line.enter({ ...wait, maxWaitMs: leftMs }, hadTurn ? rejection : null);
    } catch (error) {
      const open = CircuitOpenError.from(error);
      if (open === null) throw error; // its caller gave up
      if (end.error !== rejection) withCause(open, end.error);
      return new FailedCall(open, { open, outcome: end.info.outcome }).orElse(fallback);
    }
  }
}

/** The requests of one call, and whether any of them may have been carried out. */
class Requests<T> {
  readonly make: Run<T>;
  readonly #idempotent: boolean;
  #perhapsCarriedOut = 0;

  constructor(call: Run<T>, idempotent: boolean) {
    this.#idempotent = idempotent;
    this.make = async (context) => {
      this.#perhapsCarriedOut++;
      try {
        return await call(context);
      } catch (error) {
        if (wasNotSent(error)) this.#perhapsCarriedOut--;
        throw error;
      }
    };
  }

  mayBeMadeAgain({ info: { outcome } }: FailedCall): boolean {
    // Refused for a rate limit, a quota or a key: that one was not.
    if (outcome?.track === "hold") this.#perhapsCarriedOut--;
    return this.#idempotent || this.#perhapsCarriedOut === 0;
  }
}

// Null where nothing is in the way: then the call has failed by itself.
function rejectionOf(breaker: Breaker, { info: { open } }: FailedCall): CircuitOpenError | null {
  if (open !== null) return open;
  const snapshot = breaker.snapshot();
  const { bar } = wayOf(snapshot);
  return bar === null || bar.reason === "ramping" ? null : rejectionAt(snapshot);
}
