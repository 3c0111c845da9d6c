/** What one call may ask for, checked. These run per call, so they only look at what was given. */
import type { AcquireOptions, ActorOptions, ExecuteOptions, OverrideOptions, StreamOptions } from "./api.ts";
import { ON_END, type OnEnd, type Watched } from "./call-end.ts";
import type { CallWish } from "./call-guard.ts";
import { type Duration, durationMs } from "./duration.ts";
import { InvalidOptionError } from "./errors.ts";
import type { Fallback } from "./fallback.ts";
import type { Classifier } from "./outcome.ts";
import type { Policy } from "./policy.ts";
import { type Priority, readPriority } from "./priority.ts";
import { readRetry } from "./retry-options.ts";
import type { StreamWish } from "./stream.ts";
import { DeclaredInspector } from "./streams/declared.ts";
import { fields, fn, text } from "./validate.ts";

const OF_EXECUTE = ["signal", "timeout", "priority", "retry", "fallback", "classify"] as const;
const OF_STREAM = [...OF_EXECUTE, "firstToken", "idle", "isContent", "isEnd", "inspect"] as const;

export interface ExecuteWish extends CallWish {
  readonly fallback: Fallback<unknown> | null;
  readonly onEnd: OnEnd | null;
}

/** What a call asks for that was given no options: the policy's deadline, if there is one. */
export function wishOf(options: ExecuteOptions | undefined, policy: Policy): ExecuteWish | null {
  if (options !== undefined) return callOptions(options, policy);
  const { totalMs } = policy.timeouts;
  if (totalMs === null) return null;
  return {
    signal: undefined,
    totalMs,
    fallback: null,
    onEnd: null,
    classifier: null,
    retry: null,
    priority: "interactive",
    attempt: 1,
    sinceMs: null,
  };
}

/** @throws InvalidOptionError naming the field */
export function callOptions(
  options: ExecuteOptions,
  policy: Policy,
  allowed: readonly string[] = OF_EXECUTE,
): ExecuteWish {
  fields("options", options, allowed);
  const { signal, timeout, fallback, classify } = options;
  if (signal !== undefined && !isSignal(signal)) throw new InvalidOptionError("signal", "an AbortSignal", signal);
  return {
    signal,
    totalMs: timeout === undefined ? policy.timeouts.totalMs : durationMs("timeout", timeout),
    fallback: fallback === undefined ? null : (fn("fallback", fallback) as Fallback<unknown>),
    onEnd: (options as Watched)[ON_END] ?? null,
    classifier: classify === undefined ? null : (fn("classify", classify) as unknown as Classifier),
    retry: options.retry === undefined ? null : readRetry(options.retry),
    priority: readPriority(options.priority),
    attempt: 1,
    sinceMs: null,
  };
}

/** @throws InvalidOptionError naming the field */
export function streamOptions<T>(options: StreamOptions<T>, policy: Policy, key: string): StreamWish {
  const wish = callOptions(options, policy, OF_STREAM);
  const { firstToken, idle } = options;
  // Named one by one: of a literal that spreads another and adds to it V8 makes a new class of object each time.
  return {
    signal: wish.signal,
    totalMs: wish.totalMs,
    fallback: wish.fallback,
    onEnd: wish.onEnd,
    classifier: wish.classifier,
    retry: wish.retry,
    priority: wish.priority,
    attempt: wish.attempt,
    sinceMs: wish.sinceMs,
    firstTokenMs: limitMs("firstToken", firstToken, policy.timeouts.firstTokenMs),
    idleMs: limitMs("idle", idle, policy.timeouts.idleMs),
    inspect: inspectorOf(options, key),
  };
}

function limitMs(option: string, given: Duration | false | undefined, ofPolicy: number | null): number | null {
  if (given === undefined) return ofPolicy;
  return given === false ? null : durationMs(option, given);
}

export function inspectorOf<T>(
  { isContent, isEnd, inspect }: Pick<StreamOptions<T>, "isContent" | "isEnd" | "inspect">,
  key: string,
): StreamWish["inspect"] {
  type Question = ((chunk: unknown) => boolean) | null;
  const content = isContent === undefined ? null : (fn("isContent", isContent) as unknown as Question);
  const end = isEnd === undefined ? null : (fn("isEnd", isEnd) as unknown as Question);
  if (inspect === undefined)
    return content === null && end === null ? null : () => new DeclaredInspector(key, content, end);
  if (content !== null || end !== null)
    throw new InvalidOptionError("inspect", "to stand alone: it says what isContent and isEnd would", inspect);
  return fn("inspect", inspect) as unknown as StreamWish["inspect"];
}

/** What a permit is asked for with. */
export interface AcquireWish {
  readonly signal: AbortSignal | undefined;
  readonly priority: Priority;
}

/** @throws InvalidOptionError naming the field */
export function acquireOptions(options: AcquireOptions): AcquireWish {
  const { signal, priority } = fields("options", options, ["signal", "priority"]) as AcquireOptions;
  if (signal !== undefined && !isSignal(signal)) throw new InvalidOptionError("signal", "an AbortSignal", signal);
  return { signal, priority: readPriority(priority) };
}

/** @throws InvalidOptionError naming the field */
export function tryAcquireOptions(options: { readonly priority?: Priority | undefined }): Priority {
  return readPriority(fields("options", options, ["priority"])["priority"]);
}

/** @throws InvalidOptionError naming the field */
export function overrideOptions(options: OverrideOptions): { by: string; reason: string; forMs: number | null } {
  const given = fields("options", options, ["by", "reason", "for"]);
  return {
    by: text("by", given["by"]),
    reason: text("reason", given["reason"]),
    forMs: given["for"] === undefined ? null : durationMs("for", given["for"]),
  };
}

/** @throws InvalidOptionError naming the field */
export function actorOptions(options: ActorOptions): { by: string; reason: string | null } {
  const given = fields("options", options, ["by", "reason"]);
  return {
    by: text("by", given["by"]),
    reason: given["reason"] === undefined ? null : text("reason", given["reason"]),
  };
}

export function isSignal(value: unknown): value is AbortSignal {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as AbortSignal).addEventListener === "function" &&
    "aborted" in value
  );
}
