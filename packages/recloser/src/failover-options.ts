/** What a failover is made of, checked: its routes, and what one call through them may ask for. */
import type { Breaker } from "./api.ts";
import type { CallContext } from "./call.ts";
import { inspectorOf, isSignal } from "./call-options.ts";
import { type Duration, durationMs } from "./duration.ts";
import { InvalidOptionError } from "./errors.ts";
import type { TriedRoute } from "./failover-error.ts";
import type { Fallback } from "./fallback.ts";
import { INTAKE_FROM } from "./intake.ts";
import type { Classifier, Outcome } from "./outcome.ts";
import { type Priority, readPriority } from "./priority.ts";
import { type RetryOptions, readRetry } from "./retry-options.ts";
import type { StreamInspector } from "./streams/inspector.ts";
import { count, fields, fn, text } from "./validate.ts";

interface AnyRoute {
  /** For errors and reports; default: the breaker's name. */
  readonly name?: string | undefined;
  readonly breaker: Breaker;
  /** Tries again on this route, before the next one; off unless given. */
  readonly retry?: RetryOptions | false | undefined;
  /** Over the classifier of the breaker's policy. */
  readonly classify?: Classifier | undefined;
  /**
   * How the route takes over from those before it: with `from` (4) calls in flight of this process, more while they are met
   * and nothing is refused, and no more than it was seen to carry. `false`: with everything at once. Not for the first route.
   */
  readonly ramp?: { readonly from?: number | undefined } | false | undefined;
}

/** One place to get an answer from. */
export interface FailoverRoute<T = unknown> extends AnyRoute {
  /** Makes the call. Pass `signal` on. */
  readonly run: (context: CallContext) => T | PromiseLike<T>;
  /** How long this route may take, tries included; over the failover's `routeTimeout`. */
  readonly timeout?: Duration | undefined;
}

/** One place to get a stream from. */
export interface FailoverStreamRoute<T = unknown> extends AnyRoute {
  /** Makes the call. Pass `signal` on. */
  readonly run: (context: CallContext) => AsyncIterable<T> | PromiseLike<AsyncIterable<T>>;
  /** From the call to the first content; over the failover's, and over `timeouts.firstToken`. */
  readonly firstToken?: Duration | false | undefined;
  /** Between two chunks, while the consumer waits; over `timeouts.idle`. */
  readonly idle?: Duration | false | undefined;
  /** Whether a chunk carries content; default: every chunk does. The first that does decides for this route. */
  readonly isContent?: ((chunk: T) => boolean) | undefined;
  /** Whether a chunk is the end marker, without which a stream is cut off. */
  readonly isEnd?: ((chunk: T) => boolean) | undefined;
  /** In place of both, and also sees failures that come as chunks. */
  readonly inspect?: (() => StreamInspector<T>) | undefined;
}

/** Which route has answered, and what those before it have said. */
export interface FailoverReport {
  readonly route: string;
  /** Its place among the routes, 0 for the first. */
  readonly index: number;
  /** The routes that did not answer, in the order in which they were tried. */
  readonly tried: readonly TriedRoute[];
  /** From the call until the answer, or until the stream's first content; milliseconds. */
  readonly durationMs: number;
}

interface AnyFailoverOptions<F> {
  /** For errors; default: the routes' names. */
  readonly name?: string | undefined;
  /** The caller's signal. Its abort rejects at once with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Whether somebody waits for the answer (`"interactive"`, the default), or a `"batch"` that gives way; at each route's breaker. */
  readonly priority?: Priority | undefined;
  /** Deadline of the whole call, over all routes; of a stream until its end. Rejects with `CallTimeoutError`. */
  readonly timeout?: Duration | undefined;
  /**
   * Whether a call that was made and failed goes on to the next route; rejected ones always do. Default: what speaks of the
   * provider (the outcome's track is `window` or `hold`), never a caller's mistake, filtered content, a cancellation or a
   * programming error.
   *
   * @param error what was thrown, or the answer that counts as a failure
   */
  readonly failOn?: ((outcome: Outcome, error: unknown) => boolean) | undefined;
  /** An answer instead of an error, when no route has one or the time is up. */
  readonly fallback?: Fallback<F> | undefined;
  /** Told when a route has answered; of a stream, when its first content is there. */
  readonly onAnswer?: ((report: FailoverReport) => void) | undefined;
  /** Told of each route that did not answer, whether the call goes on from there or not. */
  readonly onRouteFailed?: ((tried: TriedRoute) => void) | undefined;
}

export interface FailoverOptions<F = unknown> extends AnyFailoverOptions<F> {
  /** How long each route may take, so that one that hangs leaves time for the next. Over `timeouts.total` of its breaker. */
  readonly routeTimeout?: Duration | undefined;
}

export interface FailoverStreamOptions<F = unknown> extends AnyFailoverOptions<AsyncIterable<F> | Iterable<F>> {
  /** How long each route may take to its first content, so that one that hangs leaves time for the next. */
  readonly firstToken?: Duration | false | undefined;
}

/** The options of a call or a stream through one route, as its breaker takes them. */
type RouteCallOptions = Readonly<Record<string, unknown>>;

export interface Route {
  readonly name: string;
  readonly breaker: Breaker;
  readonly run: (context: CallContext) => unknown;
  /** Calls in flight to take over with; null: any number. */
  readonly from: number | null;
  readonly options: RouteCallOptions;
  readonly inspect: (() => StreamInspector) | null;
}

export interface FailoverWish {
  readonly name: string;
  readonly routes: readonly Route[];
  readonly signal: AbortSignal | undefined;
  readonly priority: Priority;
  readonly totalMs: number | null;
  readonly failOn: ((outcome: Outcome, error: unknown) => boolean) | null;
  readonly fallback: Fallback<unknown> | null;
  readonly onAnswer: ((report: FailoverReport) => void) | null;
  readonly onRouteFailed: ((tried: TriedRoute) => void) | null;
}

const OF_BOTH = ["name", "signal", "priority", "timeout", "failOn", "fallback", "onAnswer", "onRouteFailed"];
const OF_ROUTE = ["name", "breaker", "run", "retry", "classify", "ramp"];

/** @throws InvalidOptionError naming the field */
export function readFailover(routes: unknown, options: FailoverOptions): FailoverWish {
  fields("options", options, [...OF_BOTH, "routeTimeout"]);
  const shareMs = options.routeTimeout === undefined ? undefined : durationMs("routeTimeout", options.routeTimeout);
  const read = (given: FailoverRoute, at: string): Route => {
    fields(at, given, [...OF_ROUTE, "timeout"]);
    const timeout = given.timeout === undefined ? shareMs : durationMs(`${at}.timeout`, given.timeout);
    return { ...readRoute(given, at), options: { ...callOptionsOf(given, at), timeout }, inspect: null };
  };
  return readWish(routes, options, read);
}

/** @throws InvalidOptionError naming the field */
export function readFailoverStream(routes: unknown, options: FailoverStreamOptions): FailoverWish {
  fields("options", options, [...OF_BOTH, "firstToken"]);
  const shareMs = limitMs("firstToken", options.firstToken);
  const read = (given: FailoverStreamRoute, at: string): Route => {
    fields(at, given, [...OF_ROUTE, "firstToken", "idle", "isContent", "isEnd", "inspect"]);
    const firstToken = given.firstToken === undefined ? shareMs : limitMs(`${at}.firstToken`, given.firstToken);
    const limits = { firstToken, idle: limitMs(`${at}.idle`, given.idle) };
    const route = readRoute(given, at);
    return { ...route, options: { ...callOptionsOf(given, at), ...limits }, inspect: inspectorOf(given, route.name) };
  };
  return readWish(routes, options, read);
}

function readWish(
  routes: unknown,
  { name, signal, priority, timeout, failOn, fallback, onAnswer, onRouteFailed }: AnyFailoverOptions<unknown>,
  read: (given: never, at: string) => Route,
): FailoverWish {
  if (!Array.isArray(routes) || routes.length === 0)
    throw new InvalidOptionError("routes", "a list of at least one route", routes);
  const checked = routes.map((route: unknown, index) => read(route as never, `routes[${index}]`));
  if (signal !== undefined && !isSignal(signal)) throw new InvalidOptionError("signal", "an AbortSignal", signal);
  return {
    name: name === undefined ? checked.map((route) => route.name).join(" → ") : text("name", name),
    routes: checked,
    signal,
    priority: readPriority(priority),
    totalMs: timeout === undefined ? null : durationMs("timeout", timeout),
    failOn: optionalFn("failOn", failOn),
    fallback: optionalFn("fallback", fallback),
    onAnswer: optionalFn("onAnswer", onAnswer),
    onRouteFailed: optionalFn("onRouteFailed", onRouteFailed),
  };
}

function readRoute(
  given: AnyRoute & { readonly run: Route["run"] },
  at: string,
): Pick<Route, "name" | "breaker" | "run" | "from"> {
  const { breaker, ramp, name } = given;
  if (typeof breaker?.execute !== "function" || typeof breaker.stream !== "function")
    throw new InvalidOptionError(`${at}.breaker`, "a breaker", breaker);
  return {
    name: name === undefined ? breaker.name : text(`${at}.name`, name),
    breaker,
    run: fn(`${at}.run`, given.run, "a function that makes the call") as unknown as Route["run"],
    from: ramp === false ? null : rampFrom(ramp, `${at}.ramp`),
  };
}

function rampFrom(ramp: { readonly from?: number | undefined } | undefined, at: string): number {
  if (ramp === undefined) return INTAKE_FROM;
  const { from } = fields(at, ramp, ["from"]);
  return from === undefined ? INTAKE_FROM : count(`${at}.from`, from);
}

// Checked here, where the route can be named; a try that cannot be made must not look like a provider that fails.
function callOptionsOf({ retry, classify }: AnyRoute, at: string): RouteCallOptions {
  if (retry !== undefined) readRetry(retry);
  if (classify !== undefined) fn(`${at}.classify`, classify);
  return { retry, classify };
}

function limitMs(option: string, given: Duration | false | undefined): number | false | undefined {
  return given === undefined || given === false ? given : durationMs(option, given);
}

function optionalFn<F>(option: string, value: F | undefined): F | null {
  return value === undefined ? null : (fn(option, value) as unknown as F);
}
