/**
 * An answer that is no success, on its way through a breaker: thrown, so that it is classified by what its status and body
 * say, and kept, so that its caller can have it as it came.
 */
import { codingsOf } from "../http/codings.ts";
import type { UpstreamHead } from "./exchange.ts";

export class RefusedAnswer extends Error {
  override readonly name = "RefusedAnswer";
  // What the classifier looks for on a thrown error.
  readonly status: number;
  readonly #head: UpstreamHead;
  readonly #start: readonly Buffer[];
  readonly #body: string;
  readonly #rest: AsyncIterator<Buffer, undefined> | null;
  #isReadable: boolean;

  constructor(
    head: UpstreamHead,
    start: readonly Buffer[],
    rest: AsyncIterator<Buffer, undefined> | null,
    isReadable: boolean = true,
  ) {
    super(`the provider answered with status ${head.status}`);
    // A redirect is never followed: it would carry the key and the prompt away. Whoever sends one does not serve.
    this.status = head.status < 400 ? 502 : head.status;
    this.#isReadable = isReadable;
    this.#body = head.status < 400 || codingsOf(head.headers).length > 0 ? "" : Buffer.concat(start).toString("utf8");
    this.#head = head;
    this.#start = start;
    this.#rest = rest;
  }

  // No properties of its own: whoever writes an error down, writes those down too.
  get body(): string {
    return this.#body;
  }

  get headers(): UpstreamHead["headers"] {
    return this.#head.headers;
  }

  get head(): UpstreamHead {
    return this.#head;
  }

  get start(): readonly Buffer[] {
    return this.#start;
  }

  /** What had not come by then; null: all had. */
  get rest(): AsyncIterator<Buffer, undefined> | null {
    return this.#rest;
  }

  /** Whether its caller can have it as it came: not where it is packed in a way that nobody asked for, or was let go of. */
  get isReadable(): boolean {
    return this.#isReadable;
  }

  get isRedirect(): boolean {
    return this.#head.status < 400;
  }

  /** Lets go of what had not come. Its connection would be held as long as it is not. */
  drop(): void {
    if (this.#rest === null) return;
    this.#isReadable = false;
    void this.#rest.return?.();
  }
}

/** Whether an answer is passed on while it comes; any other is read as a {@link RefusedAnswer}. */
export function isSuccess(status: number): boolean {
  return (status >= 200 && status < 300) || status === 304;
}

/** A success whose body comes in an encoding that neither we nor the caller asked for. */
export class UnreadableAnswer extends Error {
  override readonly name = "UnreadableAnswer";
  readonly status = 502;

  constructor() {
    super("the provider answered in an encoding that was not asked for");
  }
}
