/** Waiting for a circuit, for callers who have the time: a job, a batch, not a user in front of a screen. */
import type { Breaker, ExecuteOptions } from "../api.ts";
import type { CallContext } from "../call.ts";
import { type Duration, durationMs } from "../duration.ts";
import { CircuitOpenError, InvalidOptionError } from "../errors.ts";
import type { Fallback } from "../fallback.ts";
import { checkedBreaker, clockOf } from "../insides.ts";
import { count, exact, fields, fn } from "../validate.ts";
import { FailedCall } from "./failed-call.ts";
import { type Wait, WaitingLine } from "./waiting-line.ts";
import { wayOf } from "./way.ts";

export interface WaitOptions {
  /** How long to wait at most: `"60s"`. */
  readonly maxWait?: Duration | undefined;
  /** How many may wait for this breaker in this process: 1 000. One more is rejected at once. */
  readonly maxWaiting?: number | undefined;
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal | undefined;
}

// One line for each breaker, however often it is asked for.
const lines = new WeakMap<Breaker, WaitingLine>();

/**
 * Resolves when the breaker can take this caller's call: at once where it can, else in turn, one as the probe and then as
 * many as the ramp admits. Make the call right away. It may still be rejected, where somebody who did not wait was
 * faster or another replica probes; {@link executeWhenClosed} then waits on.
 *
 * Rejects with the `CircuitOpenError` of that moment when `maxWait` is over, `maxWaiting` are waiting or the recloser is
 * closed, and with the signal's reason at its abort.
 *
 * @throws InvalidOptionError (as a rejection) naming the field
 * @example
 * await waitUntilClosed(breaker, { maxWait: "5m" });
 * await breaker.execute(() => send(message));
 */
export async function waitUntilClosed(breaker: Breaker, options: WaitOptions = {}): Promise<void> {
  checkedBreaker(breaker);
  fields("options", options, ["maxWait", "maxWaiting", "signal"]);
  const wait = readWait(options);
  if (wait.signal?.aborted === true) throw wait.signal.reason;
  const line = lineOf(breaker);
  if (line.size === 0 && wayOf(breaker.snapshot()).room === Infinity) return;
  await line.enter(wait, null);
}

/**
 * `breaker.execute`, but a rejection by the circuit is waited out: the call is made as soon as the circuit takes it, or rejects
 * with `CircuitOpenError` (or asks the `fallback`) after `maxWait`. Only a call that was never made waits; how one ends that
 * was made is its end. `timeout` and `retry` begin when the call is made.
 *
 * @throws InvalidOptionError (as a rejection) naming the field
 * @example
 * const summary = await executeWhenClosed(breaker, ({ signal }) => summarise(text, { signal }), { maxWait: "10m" });
 */
export function executeWhenClosed<T, F>(
  breaker: Breaker,
  call: (context: CallContext) => T | PromiseLike<T>,
  options: ExecuteOptions & WaitOptions & { readonly fallback: Fallback<F> },
): Promise<T | F>;
export function executeWhenClosed<T>(
  breaker: Breaker,
  call: (context: CallContext) => T | PromiseLike<T>,
  options?: ExecuteOptions & WaitOptions,
): Promise<T>;
export async function executeWhenClosed<T>(
  breaker: Breaker,
  call: (context: CallContext) => T | PromiseLike<T>,
  options: ExecuteOptions & WaitOptions = {},
): Promise<unknown> {
  checkedBreaker(breaker);
  fn("call", call);
  const { maxWait, maxWaiting, fallback, ...asked } = options;
  const wait = readWait({ maxWait, maxWaiting, signal: asked.signal });
  const clock = clockOf(breaker);
  const line = lineOf(breaker);
  const endMs = clock.now() + wait.maxWaitMs;
  let made = false;
  const run = (context: CallContext): T | PromiseLike<T> => {
    made = true;
    return call(context);
  };
  for (let hadTurn = false; ; hadTurn = true) {
    const end = await breaker.execute(run, { ...asked, fallback: FailedCall.kept });
    if (!(end instanceof FailedCall)) return end;
    const leftMs = endMs - clock.now();
    if (made || end.info.open === null || leftMs <= 0) return end.orElse(fallback);
    try {
      await line.enter({ ...wait, maxWaitMs: leftMs }, hadTurn ? end.info.open : null);
    } catch (error) {
      const open = CircuitOpenError.from(error);
      if (open === null) throw error; // its caller gave up
      return new FailedCall(open, { open, outcome: null }).orElse(fallback);
    }
  }
}

function lineOf(breaker: Breaker): WaitingLine {
  let line = lines.get(breaker);
  if (line === undefined) {
    line = new WaitingLine(breaker);
    lines.set(breaker, line);
  }
  return line;
}

function readWait({ maxWait, maxWaiting, signal }: WaitOptions): Wait {
  if (signal !== undefined && typeof (signal as Partial<AbortSignal> | null)?.addEventListener !== "function")
    throw new InvalidOptionError("signal", "an AbortSignal", signal);
  return {
    maxWaitMs: exact(maxWait, 60_000, (value) => durationMs("maxWait", value)),
    maxWaiting: exact(maxWaiting, 1_000, (value) => count("maxWaiting", value)),
    signal,
  };
}
