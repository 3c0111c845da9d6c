/**
 * An answer that came and is none. Thrown within a call, so that the call counts as a broken stream; the caller gets what
 * LangChain made of it, the error it threw or the answer it gave.
 */
export class BrokenAnswer extends Error {
  // What `classify` goes by: node's code for a body that cannot be read.
  readonly code = "ERR_CONTENT_DECODING_FAILED";
  // Private, so that nobody who prints the error prints the answer.
  readonly #end: () => unknown;

  /** @param end gives the answer, or throws */
  constructor(end: () => unknown) {
    super("the answer is broken");
    this.#end = end;
  }

  end(): unknown {
    return this.#end();
  }
}

/** A body that is no JSON, half of one say, counts as a broken answer; any other error is what it is. */
export function ofUnreadable(error: unknown): unknown {
  if (!(error instanceof SyntaxError)) return error;
  return new BrokenAnswer(() => {
    throw error;
  });
}
