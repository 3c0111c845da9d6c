/**
 * Runs a call that answers bit by bit. Nothing is buffered: each chunk is passed on as it comes, and the call's clock
 * runs only while the consumer waits for one, so a slow reader is not a slow provider.
 */
import { Call, type CallContext, type CallSite } from "./call.ts";
import type { OnEnd } from "./call-end.ts";
import { callerAbort, type CallWish } from "./call-guard.ts";
import { closeQuietly, iterate } from "./chunks.ts";
import { StreamTruncatedError } from "./errors.ts";
import { deservesFallback, answerInstead, type Fallback } from "./fallback.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import type { PauseEnd } from "./pause.ts";
import type { Sight, StreamInspector } from "./streams/inspector.ts";
import type { Tries } from "./tries.ts";
import { describe, warnOnce } from "./warn.ts";

export type Open<T> = (context: CallContext) => AsyncIterable<T> | PromiseLike<AsyncIterable<T>>;

export interface StreamWish extends CallWish {
  readonly firstTokenMs: number | null;
  readonly idleMs: number | null;
  /** Makes what watches the chunks; null: each is content, and any end is the end. */
  readonly inspect: (() => StreamInspector) | null;
  readonly fallback: Fallback<unknown> | null;
  readonly onEnd: OnEnd | null;
}

const TRUNCATED = outcomeOf("stream-error");
const BROKEN_OFF = outcomeOf("cancelled");

interface Waiter<T> {
  readonly resolve: (result: IteratorResult<T>) => void;
  readonly reject: (error: unknown) => void;
}

/** Told how to leave a queue, before the wait in it. */
export type OnWait = (leave: () => void) => void;

export type Begin<T> = (wish: StreamWish, onWait: OnWait) => StreamedCall<T> | Promise<StreamedCall<T>>;

/** One pass over a guarded stream. Calls `begin` at the first pull, so a stream that nobody reads makes no call. */
export class StreamPass<T> implements AsyncIterableIterator<T> {
  readonly #begin: Begin<T>;
  readonly #wish: StreamWish;
  readonly #triesFrom: (() => Tries) | null;
  #open: Open<T>;
  #tries: Tries | null = null;
  #call: StreamedCall<T> | null = null;
  #rest: AsyncIterator<T> | null = null;
  #leaveQueue: (() => void) | null = null;
  #done = false;
  #delivered = false;
  // Pulls are answered one after the other, whatever the consumer does.
  #turn: Promise<unknown> = Promise.resolve();

  /** @param triesFrom asked at the first pull; null for a call that is made once */
  constructor(begin: Begin<T>, open: Open<T>, wish: StreamWish, triesFrom: (() => Tries) | null) {
    this.#begin = begin;
    this.#open = open;
    this.#wish = wish;
    this.#triesFrom = triesFrom;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T>> {
    const pulled = this.#turn.then(() => this.#pull());
    this.#turn = pulled.catch(() => {});
    return pulled;
  }

  /** The consumer stops: the call ends as cancelled (content that came has counted), and the work is aborted. */
  return(): Promise<IteratorResult<T>> {
    this.#done = true;
    this.#tries?.stop();
    this.#leaveQueue?.();
    if (this.#call === null) void closeQuietly(this.#rest);
    else this.#call.breakOff();
    return Promise.resolve({ done: true, value: undefined });
  }

  async throw(error: unknown): Promise<IteratorResult<T>> {
    await this.return();
    throw error;
  }

  async #pull(): Promise<IteratorResult<T>> {
    if (this.#done) return { done: true, value: undefined };
    try {
      const result = await (this.#rest === null ? this.#pullCall() : this.#rest.next());
      if (result.done === true) this.#done = true;
      else this.#delivered = true;
      return result;
    } catch (error) {
      return this.#instead(error);
    }
  }

  async #pullCall(): Promise<IteratorResult<T>> {
    if (this.#call === null) {
      const begun = this.#begin(this.#nextWish(), (leave) => (this.#leaveQueue = leave));
      this.#call = begun instanceof Promise ? await this.#begun(begun) : begun;
      if (this.#done || this.#call === null) {
        // The consumer left while a probe was being claimed or in the queue: there is nobody to make the call for.
        this.#call?.breakOff();
        return { done: true, value: undefined };
      }
    }
    return this.#call.pull(this.#open);
  }

  // Null when the consumer left before it began.
  async #begun(begun: Promise<StreamedCall<T>>): Promise<StreamedCall<T> | null> {
    try {
      return await begun;
    } catch (error) {
      if (this.#done) return null;
      throw error;
    } finally {
      this.#leaveQueue = null;
    }
  }

  #nextWish(): StreamWish {
    if (this.#triesFrom === null) return this.#wish;
    if (this.#tries === null) {
      this.#tries = this.#triesFrom();
      this.#open = this.#tries.counted(this.#open);
    }
    return this.#tries.wishFor(this.#wish);
  }

  // Before anything was delivered another try or a fallback may take over; after that, the consumer has half an answer already.
  #instead(error: unknown): Promise<IteratorResult<T>> {
    const outcome = this.#call?.outcome ?? null;
    if (this.#rest === null) this.#wish.onEnd?.(outcome);
    if (this.#rest !== null || this.#delivered) return this.#fails(error);
    // As for `execute`: the caller was gone before anything was made.
    if (this.#call === null && this.#wish.signal?.aborted === true) return this.#fails(error);
    const waited = this.#tries === null ? null : this.#tries.afterError(error, outcome);
    return waited === null ? this.#orFallback(error, outcome) : this.#again(waited, error, outcome);
  }

  async #again(waited: Promise<PauseEnd>, error: unknown, outcome: Outcome | null): Promise<IteratorResult<T>> {
    this.#call = null;
    const end = await waited;
    if (this.#done || end === "due") return this.#pull();
    if (end === "stopped") return this.#orFallback(error, outcome);
    const reason: unknown = this.#wish.signal?.reason;
    return this.#orFallback(reason, callerAbort(reason));
  }

  #fails(error: unknown): Promise<never> {
    this.#done = true;
    return Promise.reject(error);
  }

  async #orFallback(error: unknown, outcome: Outcome | null): Promise<IteratorResult<T>> {
    const { fallback } = this.#wish;
    if (fallback === null || !deservesFallback(error, outcome)) return this.#fails(error);
    const answer = await answerInstead(fallback, error, outcome).catch((second: unknown) => {
      this.#done = true;
      throw second;
    });
    const rest = iterate<T>(answer);
    if (this.#done) void closeQuietly(rest); // the consumer left while it was being made
    else this.#rest = rest;
    this.#call = null;
    return this.#pull();
  }
}

export class StreamedCall<T> extends Call {
  /** How the call's end was counted; null while it runs. */
  outcome: Outcome | null = null;
  readonly #wish: StreamWish;
  #source: AsyncIterator<T> | null = null;
  #waiter: Waiter<T> | null = null;
  #end: { readonly error: unknown } | "whole" | null = null;
  readonly #inspector: StreamInspector | null;
  #endSeen = false;
  // A chunk has shown a failure, which is counted; what is left of the stream still passes.
  #failedInside = false;
  #untilFirst: { clear(): void } | null = null;
  #untilNext: { restart(): void; clear(): void } | null = null;

  constructor(site: CallSite, nowMs: number, wish: StreamWish) {
    super(site, nowMs);
    this.#wish = wish;
    this.#inspector = wish.inspect?.() ?? null;
  }

  /** The next chunk; opens the stream at the first pull. Rejects at once when the call is ended from outside. */
  pull(open: Open<T>): Promise<IteratorResult<T>> {
    return new Promise((resolve, reject) => {
      if (this.#end === "whole") return resolve({ done: true, value: undefined });
      if (this.#end !== null) return reject(this.#end.error);
      this.#waiter = { resolve, reject };
      this.#untilNext?.restart();
      void this.#advance(open);
    });
  }

  /** The consumer stops reading. */
  breakOff(): void {
    if (!this.ended && this.#endSeen) this.#complete();
    else if (!this.ended) this.#count(BROKEN_OFF);
    this.release();
    this.abort(new DOMException("The consumer stopped reading", "AbortError"));
    void closeQuietly(this.#source);
    this.#source = null;
    this.#waiter?.resolve({ done: true, value: undefined });
    this.#waiter = null;
  }

  // What comes behind the end marker can end the stream, but the answer is whole.
  override interrupt(error: unknown, outcome: Outcome): void {
    if (this.#failedInside && this.#end === null) {
      this.release();
      this.abort(error);
      return this.answer(error, this.outcome);
    }
    if (!this.#endSeen || this.ended) return super.interrupt(error, outcome);
    this.#complete();
    this.abort(error);
    this.#end = "whole";
    void closeQuietly(this.#source);
    this.#source = null;
    this.#waiter?.resolve({ done: true, value: undefined });
    this.#waiter = null;
  }

  protected override answer(error: unknown, outcome: Outcome | null): void {
    this.outcome = outcome;
    this.#end = { error };
    void closeQuietly(this.#source);
    this.#source = null;
    this.#waiter?.reject(error);
    this.#waiter = null;
  }

  async #advance(open: Open<T>): Promise<void> {
    try {
      if (this.#source === null) {
        if (this.#wish.firstTokenMs !== null) this.#untilFirst = this.deadline("first-token", this.#wish.firstTokenMs);
        const opened = await open(this);
        const source = iteratorOf(opened);
        if (this.#over) return void closeQuietly(source); // ended while it was being opened
        this.#source = source;
      }
      const result = await this.#source.next();
      if (this.#over) return;
      if (result.done !== true) this.#arrived(result.value);
      else if (!this.#finished()) return;
      this.#waiter?.resolve(result);
      this.#waiter = null;
    } catch (error) {
      if (this.#over) return;
      if (this.#failedInside) {
        this.release();
        return this.answer(error, this.outcome);
      }
      if (!this.#endSeen) return this.answer(error, this.failed(error));
      // The answer is whole; what breaks behind its end marker is nobody's loss.
      this.#complete();
      this.#source = null;
      this.#waiter?.resolve({ done: true, value: undefined });
      this.#waiter = null;
    }
  }

  #arrived(chunk: T): void {
    this.#untilNext?.clear();
    this.byteArrived();
    const sight = this.#see(chunk);
    if (typeof sight === "object") return this.#failInside(sight);
    if (sight !== "opening") this.#endSeen = sight === "end";
    if (this.shown || sight === "opening") return;
    this.#untilFirst?.clear();
    this.contentArrived(this.site.clock.now());
    // From here on only silence between two chunks can be too long, and only while the consumer waits for one.
    if (this.#wish.idleMs !== null) {
      this.#untilNext = this.deadline("idle", this.#wish.idleMs);
      this.#untilNext.clear();
    }
  }

  // The failure is the provider's word, and counts now; its consumer gets that word as it came, and whatever follows.
  #failInside(outcome: Outcome): void {
    if (this.ended) return;
    this.#failedInside = true;
    this.#count(outcome);
  }

  #see(chunk: T): Sight {
    try {
      return this.#inspector?.see(chunk) ?? "content";
    } catch (error) {
      this.#warn(error);
      return "content";
    }
  }

  // True when the stream ends as it came. One that lacks its end marker must not end like one that has it.
  #finished(): boolean {
    this.#source = null;
    const end = this.#ending();
    if (this.#failedInside) this.release();
    else if (typeof end === "object" && end.kind !== "success") {
      this.release();
      this.#count(end);
    } else if (end !== "cut") this.#complete();
    else {
      this.release();
      this.#count(TRUNCATED);
      this.answer(new StreamTruncatedError(this.key), TRUNCATED);
      return false;
    }
    this.#end = "whole";
    return true;
  }

  #ending(): "whole" | "cut" | Outcome {
    try {
      return this.#inspector?.end() ?? "whole";
    } catch (error) {
      this.#warn(error);
      return "whole";
    }
  }

  #complete(): void {
    this.outcome = this.completed(undefined);
  }

  #count(outcome: Outcome): void {
    this.outcome = outcome;
    this.finish(outcome, this.site.clock.now());
  }

  // Nothing more is passed on: it was answered from outside, or broken off.
  get #over(): boolean {
    return this.ended && !(this.#failedInside && this.#end === null);
  }

  #warn(error: unknown): void {
    const message = `what inspects the stream of "${this.key}" threw (${describe(error)}); the stream goes on`;
    warnOnce("RECLOSER_INSPECTOR_THREW", this.key, message);
  }
}

function iteratorOf<T>(opened: AsyncIterable<T>): AsyncIterator<T> {
  if (typeof opened === "object" && opened !== null && typeof opened[Symbol.asyncIterator] === "function") {
    return opened[Symbol.asyncIterator]();
  }
  throw new TypeError(
    `breaker.stream: the call must give an async iterable, but gave ${typeof opened}; is \`stream: true\` missing?`,
  );
}
