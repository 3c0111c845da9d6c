/**
 * One target asked, through its breaker. The breaker admits, times, retries before anything came, and counts; what comes is
 * given to the delivery, which says whether the caller has seen any of it.
 */
import {
  type Breaker,
  CallTimeoutError,
  CircuitOpenError,
  InvalidOptionError,
  type Outcome,
  type Recloser,
  type RetryOptions,
  ShedError,
} from "recloser";
import { classify } from "recloser/classify";
import type { RetryConfig } from "../config/config.ts";
import type { Asked } from "../formats/asked.ts";
import type { LifeEnd } from "../http/caller-life.ts";
import { type Delivered, mayFailOver, type OpenAnswer, type Recipient } from "../streams/delivery.ts";
import { type ProofOfEnd, proofOfEnd } from "../streams/proof-of-end.ts";
import type { Usage } from "../streams/usage.ts";
import { Watch } from "../streams/watch.ts";
import { isTooLong } from "./fitness.ts";
import {
  Exchange,
  type ExchangeLimits,
  type Part,
  type UpstreamHead,
  type UpstreamRequest,
} from "../upstream/exchange.ts";
import { RefusedAnswer } from "../upstream/refused-answer.ts";
import type { CallersRequest } from "../upstream/target-request.ts";
import type { Target } from "../upstream/target.ts";
import type { CallTrace, RequestTrace } from "../telemetry/tracing.ts";
import { withTraceContext } from "../upstream/trace-context.ts";
import { callEnd, failedCallEnd } from "./call-end.ts";

export interface AttemptFacts {
  readonly target: Target;
  /** The target's own name of the model. */
  readonly model: string | null;
  /** How often the target was called. */
  readonly calls: number;
  readonly isProbe: boolean;
  /** When it was called first, and when its answer's first content came, by `performance.now()`; null: never. */
  readonly askedAtMs: number | null;
  readonly contentAtMs: number | null;
  /** From its call to its end. */
  readonly durationMs: number;
  readonly usage: Usage | null;
}

/** How it ended. */
export type AttemptEnd = AttemptFacts &
  (
    | Exclude<Delivered, { kind: "failed" }>
    | { readonly kind: "rejected"; readonly error: CircuitOpenError | ShedError }
    | {
        readonly kind: "failed";
        readonly outcome: Outcome;
        readonly error: unknown;
        /** What the provider answered, where it did. */
        readonly answer: RefusedAnswer | null;
        /** Whether another target might do better. */
        readonly mayFailOver: boolean;
        /** Whether it said that the request is longer than its model can read. */
        readonly isTooLong: boolean;
      }
    /** Nobody waits for an answer any more. */
    | { readonly kind: "over"; readonly end: LifeEnd }
  );

export interface AttemptWish {
  readonly recloser: Recloser;
  readonly target: Target;
  readonly request: CallersRequest & Asked;
  readonly retry: RetryConfig;
  /** How often the target may be called, the first time included. */
  readonly mostCalls: number;
  readonly recipient: Recipient;
  readonly deliver: (answer: OpenAnswer, recipient: Recipient) => Promise<Delivered>;
  /** Null: nobody traces it. */
  readonly trace: RequestTrace | null;
  /** Told when the head of an answer has come, for the headers of ours. */
  readonly onHead: (facts: AttemptFacts) => void;
}

// The wait before a second call: short, for there may be another target, and not what a provider would like to have.
const RETRY_MS = 100;
const LONGEST_HINT_MS = 1_000;

export async function attempt(wish: AttemptWish): Promise<AttemptEnd> {
  const { target, request } = wish;
  const model = request.model === null ? null : target.model(request.model);
  const call = new TargetCall(wish, model);
  const end = await endOf(call, wish);
  if (end.kind === "whole") target.prove(model);
  if (call.trace !== null) call.trace.end(callEnd(end, call.status));
  return end;
}

async function endOf(call: TargetCall, wish: AttemptWish): Promise<AttemptEnd> {
  try {
    const answer = await call.open();
    const delivered = await delivery(answer, call.facts, wish);
    return delivered.kind === "failed" ? call.failed(delivered.error, delivered.outcome) : call.ended(delivered);
  } catch (error) {
    return call.failed(error, null);
  }
}

// Whatever goes wrong on this side, the target's connection is not held by it.
async function delivery(
  answer: OpenAnswer,
  facts: AttemptFacts,
  { onHead, deliver, recipient }: AttemptWish,
): Promise<Delivered> {
  try {
    onHead(facts);
    return await deliver(answer, recipient);
  } catch (error) {
    answer.abandon();
    throw error;
  }
}

class TargetCall {
  readonly #wish: AttemptWish;
  readonly #model: string | null;
  readonly #pathname: string;
  #watch: Watch | null = null;
  #calls = 0;
  #isProbe = false;
  #askedAtMs: number | null = null;
  /** Of the last call; null: nobody traces it. */
  trace: CallTrace | null = null;
  /** Of the answer that is passed on. */
  status: number | null = null;
  // Of the last call: what it threw is not said by a rejection of the next one.
  #exchange: Exchange | null = null;

  constructor(wish: AttemptWish, model: string | null) {
    this.#wish = wish;
    this.#model = model;
    // What the format calls it, whatever path the target has for it: by it the answer is read.
    this.#pathname = wish.request.operation.ownPath(model ?? "");
  }

  get facts(): AttemptFacts {
    return {
      target: this.#wish.target,
      model: this.#model,
      calls: this.#calls,
      isProbe: this.#isProbe,
      askedAtMs: this.#askedAtMs,
      contentAtMs: this.#watch?.contentAtMs ?? null,
      durationMs: this.#askedAtMs === null ? 0 : performance.now() - this.#askedAtMs,
      usage: this.#watch?.usage ?? null,
    };
  }

  async open(): Promise<OpenAnswer> {
    const { recloser, target, request, recipient } = this.#wish;
    const { firstTokenMs, idleMs } = target.limits;
    const { breaker, known } = breakerOf(recloser, target, this.#model);
    if (known !== null) await known;
    const url = { pathname: this.#pathname };
    const asked = { method: request.method, provider: target.config.provider, url };
    const upstream = target.requests.of(request, this.#model);
    const exchanges = breaker.stream<Part>(
      (context) => {
        this.#calls++;
        this.#letGo();
        this.#askedAtMs ??= performance.now();
        this.#isProbe = context.probe;
        const encodings = request.headers["accept-encoding"];
        this.#exchange = new Exchange(breaker.name, this.#limits(), target.secrets, encodings);
        const { trace } = this.#wish;
        return this.#exchange.send(
          target.dispatcher,
          trace === null ? upstream : this.#traced(trace, upstream, breaker.name),
        );
      },
      {
        inspect: () => (this.#watch = new Watch(asked, this.#proof())),
        firstToken: request.streams ? firstTokenMs : false,
        idle: idleMs,
        retry: this.#retry(),
      },
    );
    const pass = exchanges[Symbol.asyncIterator]();
    // Not by a signal: two controllers and their listeners cost more than all the rest of a call.
    recipient.life.onEnd = () => this.#endOfLife(breaker.name, pass);
    if (recipient.life.over !== null) throw new CallerGone();
    const first = await pass.next();
    if (first.done === true) throw new CallerGone(); // nothing but leaving ends a call before its head
    return this.#opened(first.value as UpstreamHead, pass);
  }

  #opened(head: UpstreamHead, pass: AsyncIterator<Part>): OpenAnswer {
    const { life } = this.#wish.recipient;
    const watch = this.#watch as Watch;
    this.status = head.status;
    return {
      head,
      watch,
      next: async () => {
        const result = (await pass.next()) as IteratorResult<Buffer, undefined>;
        // What is left ends early; but behind its end marker nothing is missing.
        if (result.done === true && life.over !== null && watch.sight !== "end") throw new CallerGone();
        return result;
      },
      abandon: () => void pass.return?.(),
    };
  }

  #traced(trace: RequestTrace, upstream: UpstreamRequest, breaker: string): UpstreamRequest {
    const { target } = this.#wish;
    const [model, isProbe] = [this.#model, this.#isProbe];
    this.status = null;
    this.trace = trace.call({ target, model, breaker, attempt: this.#calls, isProbe });
    return withTraceContext(upstream, this.trace.traceparent);
  }

  // A provider that is too slow has failed; whatever else ends a call from the caller's side says nothing of the provider.
  #endOfLife(key: string, pass: AsyncIterator<Part>): void {
    const { life } = this.#wish.recipient;
    const { totalMs } = this.#wish.target.limits;
    // One that has thrown is waited for by nobody, though the rest of what it threw may be to come.
    const awaited = this.#exchange?.thrown === null ? this.#exchange : null;
    const isTold = life.isProvidersFault && awaited?.fail(new CallTimeoutError(key, "total", totalMs)) === true;
    if (!isTold) void pass.return?.();
  }

  // What was refused and is passed on to nobody would hold its connection.
  #letGo(): void {
    if (this.#exchange?.thrown instanceof RefusedAnswer) this.#exchange.thrown.drop();
  }

  #limits(): ExchangeLimits {
    const { target, request } = this.#wish;
    const { connectMs, headersMs, answerMs = headersMs, idleMs } = target.limits;
    // That of the gateway is a part of how long a caller waits, over all targets.
    const totalMs = target.config.timeouts.totalMs ?? null;
    return request.streams
      ? { connectMs, headersMs, idleMs: null, totalMs }
      : { connectMs, headersMs: answerMs, idleMs, totalMs };
  }

  #proof(): ProofOfEnd | null {
    const { isAssured, dialect, path } = this.#wish.recipient;
    return isAssured ? proofOfEnd(dialect.name, path) : null;
  }

  #retry(): RetryOptions | false {
    const { mostCalls, retry, recipient } = this.#wish;
    if (mostCalls <= 1) return false;
    return {
      attempts: mostCalls,
      // A probe is one call, and who failed it is not asked again; whoever was silent would be silent once more.
      on: (outcome, ended) => {
        if (this.trace !== null) this.trace.end(failedCallEnd(outcome, ended));
        return !this.#isProbe && recipient.life.over === null && isWorthAgain(outcome, ended);
      },
      initial: RETRY_MS,
      max: RETRY_MS,
      hintMax: LONGEST_HINT_MS,
      budget: { ratio: retry.budget.ratio, floorPerSecond: retry.budget.minPerSecond },
    };
  }

  // Named one by one: of a literal that spreads another and adds to it V8 makes a new class of object each time.
  ended(delivered: Exclude<Delivered, { kind: "failed" }>): AttemptEnd {
    const { target, model, calls, isProbe, askedAtMs, contentAtMs, durationMs, usage } = this.facts;
    if (delivered.kind === "broken") return { ...this.facts, kind: "broken", error: delivered.error };
    return { target, model, calls, isProbe, askedAtMs, contentAtMs, durationMs, usage, kind: "whole" };
  }

  /** @param outcome what the answer told of itself; null: as the error says */
  failed(error: unknown, outcome: Outcome | null): AttemptEnd {
    const { life } = this.#wish.recipient;
    if (life.over !== null) {
      this.#letGo();
      return { ...this.facts, kind: "over", end: life.over };
    }
    const isRejected = CircuitOpenError.is(error) || ShedError.is(error);
    if (isRejected && this.#calls === 0) {
      return { ...this.facts, kind: "rejected", error: error as CircuitOpenError | ShedError };
    }
    const ended = isRejected ? (this.#exchange?.thrown ?? error) : error;
    const { provider, auth } = this.#wish.target.config;
    const judged = outcome ?? classify({ provider, error: ended });
    // A key of the caller's own that is refused would be refused by the next target, too.
    const isCallersKey = judged.kind === "auth" && auth.kind === "caller";
    return {
      ...this.facts,
      kind: "failed",
      outcome: judged,
      error: ended,
      answer: ended instanceof RefusedAnswer ? ended : null,
      isTooLong: ended instanceof RefusedAnswer && isTooLong(ended.head.status, ended.body),
      // Given up in flight, as the circuit tripped, is a failure of the target, whatever the call came to.
      mayFailOver: (CircuitOpenError.is(ended) || mayFailOver(judged)) && !isCallersKey,
    };
  }
}

function isWorthAgain({ kind }: Outcome, ended: unknown): boolean {
  if (ended instanceof RefusedAnswer) return ended.head.status >= 500;
  return kind === "network";
}

class CallerGone extends Error {
  override readonly name = "CallerGone";
}

interface Met {
  readonly breaker: Breaker;
  /** Settles when it knows what other replicas know, for a breaker that this process has not met before; else null. */
  readonly known: Promise<void> | null;
}

const knowing = new WeakMap<Breaker, Promise<void> | null>();

function breakerOf(recloser: Recloser, target: Target, model: string | null): Met {
  const key = target.breakerKey(model);
  let breaker: Breaker;
  try {
    breaker = recloser.breaker(key);
  } catch (error) {
    // The name of a model comes from whoever asks: one that is no name must not fail the call here.
    if (!InvalidOptionError.is(error) || model === null) throw error;
    return breakerOf(recloser, target, null);
  }
  let known = knowing.get(breaker);
  if (known === undefined) {
    known = recloser.ready(key);
    knowing.set(breaker, known);
    void known.then(() => knowing.set(breaker, null));
  }
  return { breaker, known };
}
