/**
 * One HTTP exchange with a target: its head first, then its body's bytes, as they are asked for. Ends by itself at its
 * deadlines, and at once when it is left; nothing is read far ahead of whoever takes the bytes.
 */
import { CallTimeoutError, type TimeoutPhase } from "recloser";
import type { AnswerHead } from "recloser/streams";
import type { Dispatcher } from "undici";
import { acceptsAll, codingsOf } from "../http/codings.ts";
import type { HeaderList } from "../http/headers.ts";
import { isSuccess, RefusedAnswer, UnreadableAnswer } from "./refused-answer.ts";
import type { Secrets } from "./secrets.ts";

export type UpstreamHead = AnswerHead & { readonly headers: Record<string, string | string[] | undefined> };
export type Part = UpstreamHead | Buffer;

export interface UpstreamRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: HeaderList;
  readonly body: Buffer | null;
}

/** Milliseconds. */
export interface ExchangeLimits {
  readonly connectMs: number;
  /** From the request's being sent; informational answers do not count. */
  readonly headersMs: number;
  /** Between bytes of the body, while somebody waits for them; null: another looks after it. */
  readonly idleMs: number | null;
  /** To the end of the body; null: another looks after it. */
  readonly totalMs: number | null;
}

// As much waits for its reader; then the connection is no longer read from.
const MOST_WAITING_BYTES = 65_536;
// Of an answer that is no success as much is read to see what it says, and for as long as a body may take that comes with
// its headers.
const MOST_REFUSAL_BYTES = 65_536;
const MOST_REFUSAL_MS = 1_000;

interface Waiter {
  readonly resolve: (result: IteratorResult<Part, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

const OVER: IteratorResult<Part, undefined> = { done: true, value: undefined };

/**
 * The first part is the head. An answer that is no success is none of these parts: it is thrown, as {@link RefusedAnswer},
 * and what has not come of it is from then on that answer's.
 */
export class Exchange implements AsyncIterableIterator<Part, undefined>, Dispatcher.DispatchHandler {
  readonly #limits: ExchangeLimits;
  readonly #secrets: Secrets;
  readonly #veil: (chunk: Buffer) => void;
  readonly #key: string;
  readonly #encodings: string | undefined;
  #parts: Part[] = [];
  #waitingBytes = 0;
  #controller: Dispatcher.DispatchController | null = null;
  #waiter: Waiter | null = null;
  #end: "whole" | { readonly error: unknown } | null = null;
  #timer: NodeJS.Timeout | null = null;
  #whole: NodeJS.Timeout | undefined;
  #head: UpstreamHead | null = null;
  #isReadable = true;
  #isRefusal = false;
  #isHandedOver = false;
  /** What it failed with by itself; null: nothing, or it was left. */
  thrown: unknown = null;

  /**
   * @param key the breaker's name, for errors
   * @param secrets what must not come back
   * @param encodings the caller's `accept-encoding`: what it can read of a provider that encodes without being asked
   */
  constructor(key: string, limits: ExchangeLimits, secrets: Secrets, encodings: string | undefined) {
    this.#key = key;
    this.#limits = limits;
    this.#secrets = secrets;
    this.#veil = secrets.veil();
    this.#encodings = encodings;
  }

  /** Sends the request. Whatever comes of it comes by {@link Exchange.next}. */
  send(dispatcher: Dispatcher, { method, path, headers, body }: UpstreamRequest): this {
    const { totalMs } = this.#limits;
    if (totalMs !== null) this.#whole = setTimeout(() => this.#tooLong(totalMs), totalMs);
    try {
      dispatcher.dispatch(
        {
          method,
          path,
          headers: headers as string[],
          body,
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        this,
      );
      // On a connection that is free it has begun by now.
      if (this.#controller === null && this.#end === null) this.#arm("connect", this.#limits.connectMs);
    } catch (error) {
      this.fail(error);
    }
    return this;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Part, undefined>> {
    const part = this.#isRefusal && !this.#isHandedOver ? undefined : this.#parts.shift();
    if (part !== undefined) {
      this.#taken(part);
      return Promise.resolve({ done: false, value: part });
    }
    if (this.#end === "whole") return Promise.resolve(OVER);
    if (this.#end !== null) return Promise.reject(this.#end.error);
    if (this.#head !== null && this.#limits.idleMs !== null) this.#arm("idle", this.#limits.idleMs);
    return new Promise((resolve, reject) => (this.#waiter = { resolve, reject }));
  }

  /** Nobody wants the rest. Of a refused answer that was thrown, whoever has it lets go of the rest. */
  return(): Promise<IteratorResult<Part, undefined>> {
    if (!this.#isHandedOver) this.#leave();
    return Promise.resolve(OVER);
  }

  /** Ends it; whoever waits, or comes, gets the error. False where it had ended before. */
  fail(error: unknown): boolean {
    if (this.#end !== null) return false;
    // What breaks now has said by its status what it had to say.
    if (this.#isRefusal && !this.#isHandedOver) this.#refuse(null);
    else {
      this.#finish({ error });
      if (!this.#isHandedOver) this.thrown = error;
    }
    this.#controller?.abort(error instanceof Error ? error : new Error("given up"));
    this.#waiter?.reject(error);
    this.#waiter = null;
    return true;
  }

  // ---- what undici tells -------------------------------------------------------------------------------------------

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Given up while it waited for a connection.
    if (this.#end !== null) return controller.abort(new Error("given up"));
    this.#arm("headers", this.#limits.headersMs);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200 || this.#end !== null) return; // the answer is still to come
    this.#disarm();
    this.#head = { status, headers: this.#secrets.inHeaders(headers) };
    this.#isReadable = acceptsAll(this.#encodings, codingsOf(headers));
    if (!isSuccess(status)) {
      this.#isRefusal = true;
      this.#timer = setTimeout(() => this.#refuse(this.#rest()), MOST_REFUSAL_MS);
    } else if (this.#isReadable) this.#give(this.#head);
    else this.fail(new UnreadableAnswer());
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#end !== null) return;
    this.#veil(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#isRefusal && !this.#isHandedOver) {
      this.#parts.push(chunk);
      if (this.#waitingBytes >= MOST_REFUSAL_BYTES) this.#refuse(this.#rest());
      return;
    }
    this.#disarm();
    this.#give(chunk);
    if (this.#waitingBytes >= MOST_WAITING_BYTES) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#end !== null) return;
    if (this.#isRefusal && !this.#isHandedOver) return this.#refuse(null);
    this.#finish("whole");
    this.#waiter?.resolve(OVER);
    this.#waiter = null;
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    // undici shows in it what it could not parse: bytes of the answer, which belong in no log.
    if ("data" in error) delete error.data;
    this.fail("code" in error && error.code === "ERR_ASSERTION" ? noHttp(error) : error);
  }

  // ------------------------------------------------------------------------------------------------------------------

  #give(part: Part): void {
    if (this.#waiter === null) return void this.#parts.push(part);
    const { resolve } = this.#waiter;
    this.#waiter = null;
    this.#taken(part);
    resolve({ done: false, value: part });
  }

  #taken(part: Part): void {
    if (!Buffer.isBuffer(part)) return;
    this.#waitingBytes -= part.length;
    if (this.#controller?.paused === true && this.#waitingBytes < MOST_WAITING_BYTES) this.#controller.resume();
  }

  // What is behind the part that was read is asked for by whoever has the answer.
  #refuse(rest: AsyncIterator<Buffer, undefined> | null): void {
    const start = this.#parts.filter((part) => Buffer.isBuffer(part));
    this.#parts = [];
    this.#waitingBytes = 0;
    const error = new RefusedAnswer(this.#head as UpstreamHead, start, rest, this.#isReadable);
    this.#disarm();
    if (rest === null) this.#finish({ error });
    this.#isHandedOver = true;
    this.thrown = error;
    this.#waiter?.reject(error);
    this.#waiter = null;
  }

  #rest(): AsyncIterator<Buffer, undefined> {
    return {
      next: () => this.next() as Promise<IteratorResult<Buffer, undefined>>,
      // Whoever waits for more must not take what came for the whole.
      return: () => {
        this.#parts = [];
        this.fail(new DOMException("nobody reads the answer", "AbortError"));
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  #leave(): void {
    this.#parts = [];
    if (this.#end !== null) return;
    const error = new Error("nobody reads the answer");
    this.#finish({ error });
    this.#controller?.abort(error);
    this.#waiter?.resolve(OVER);
    this.#waiter = null;
  }

  // Where nobody waits for more of it, it is not its provider that is slow.
  #tooLong(totalMs: number): void {
    const isSlow = this.#waiter !== null;
    this.fail(
      isSlow ? new CallTimeoutError(this.#key, "total", totalMs) : new DOMException("read too slowly", "AbortError"),
    );
  }

  #finish(end: "whole" | { readonly error: unknown }): void {
    this.#end = end;
    this.#disarm();
    clearTimeout(this.#whole);
  }

  #arm(phase: TimeoutPhase, afterMs: number): void {
    this.#disarm();
    this.#timer = setTimeout(() => this.fail(new CallTimeoutError(this.#key, phase, afterMs)), afterMs);
  }

  #disarm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

// What undici's parser lets through and undici itself does not expect, such as a status of 099.
function noHttp(cause: Error): Error {
  return Object.assign(new Error("the answer is no HTTP", { cause }), { code: "HPE_INVALID_STATUS" });
}
