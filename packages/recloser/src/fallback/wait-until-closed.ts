/** Waiting for a circuit, for callers who have the time: a job, a batch, not a user in front of a screen. */
import type { Breaker } from "../api.ts";
import { type Duration, durationMs } from "../duration.ts";
import { InvalidOptionError } from "../errors.ts";
import { checkedBreaker } from "../insides.ts";
import { count, exact, fields } from "../validate.ts";
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
 * faster or another replica probes; `executeWhenClosed` then waits on.
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

export function lineOf(breaker: Breaker): WaitingLine {
  let line = lines.get(breaker);
  if (line === undefined) {
    line = new WaitingLine(breaker);
    lines.set(breaker, line);
  }
  return line;
}

/** @throws InvalidOptionError naming the field */
export function readWait({ maxWait, maxWaiting, signal }: WaitOptions): Wait {
  if (signal !== undefined && typeof (signal as Partial<AbortSignal> | null)?.addEventListener !== "function")
    throw new InvalidOptionError("signal", "an AbortSignal", signal);
  return {
    maxWaitMs: exact(maxWait, 60_000, (value) => durationMs("maxWait", value)),
    maxWaiting: exact(maxWaiting, 1_000, (value) => count("maxWaiting", value)),
    signal,
  };
}
