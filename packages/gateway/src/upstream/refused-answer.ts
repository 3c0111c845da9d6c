/**
 * An answer that is no success, on its way through a breaker: thrown, so that it is classified by what its status and body
 * say, and kept, so that its caller can have it as it came.
 */
import { codingsOf } from "../http/codings.ts";
import type { Exchange, UpstreamHead } from "./exchange.ts";

// Enough to see what it says, and no longer waited for than a body may take that comes with its headers.
const MOST_READ_BYTES = 65_536;
const MOST_READ_MS = 1_000;

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

/**
 * @param exchange whose head was taken
 * @param isReadable see {@link RefusedAnswer.isReadable}
 */
export async function refusedAnswer(
  head: UpstreamHead,
  exchange: Exchange,
  isReadable: boolean,
): Promise<RefusedAnswer> {
  const chunks: Buffer[] = [];
  let late: NodeJS.Timeout | undefined;
  const tooLate = new Promise<null>((resolve) => (late = setTimeout(resolve, MOST_READ_MS, null)));
  // What breaks here has said by its status what it had to say.
  let pending = exchange.next().catch(() => ({ done: true as const, value: undefined }));
  try {
    for (let size = 0; size < MOST_READ_BYTES;) {
      const result = await Promise.race([pending, tooLate]);
      if (result === null) break;
      if (result.done === true) return new RefusedAnswer(head, chunks, null, isReadable);
      chunks.push(result.value as Buffer);
      size += (result.value as Buffer).length;
      pending = exchange.next().catch(() => ({ done: true as const, value: undefined }));
    }
  } finally {
    clearTimeout(late);
  }
  return new RefusedAnswer(head, chunks, continued(pending, exchange), isReadable);
}

function continued(
  pending: Promise<IteratorResult<unknown, undefined>>,
  exchange: Exchange,
): AsyncIterator<Buffer, undefined> {
  let first: Promise<IteratorResult<unknown, undefined>> | null = pending;
  return {
    next() {
      const next = first ?? exchange.next();
      first = null;
      return next as Promise<IteratorResult<Buffer, undefined>>;
    },
    async return() {
      await exchange.return();
      return { done: true, value: undefined };
    },
  };
}
