/**
 * A response's body that is read a little ahead of its reader: a request made for its status alone ends by itself, and what had
 * arrived before an error is delivered before the error.
 */

// Of a longer body only this much waits in memory.
const MOST_BYTES = 65_536;

// A long body that is dropped unread must not hold its call for ever: it ends when the stream is collected.
const dropped = new FinalizationRegistry<Ahead>((ahead) => ahead.stop());

export interface Reader {
  /** Aborts when the reader wants no more and does not say so by `cancel`: the rest ends with its reason. */
  readonly left: AbortSignal;
  /** Called once, when the reader has got all, or is gone. */
  readonly gone: () => void;
}

/** @param over called once, when nothing more will come */
export function readAhead(
  source: AsyncIterator<Uint8Array>,
  over: () => void,
  reader?: Reader,
): ReadableStream<Uint8Array> {
  const ahead = new Ahead(source, over, reader?.gone);
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = await ahead.take();
        if (chunk === null) controller.close();
        else controller.enqueue(chunk);
      },
      cancel: () => ahead.stop(),
    },
    { highWaterMark: 0 },
  );
  // The reader's side holds `ahead`, never the other way round, or the stream could not be collected.
  dropped.register(body, ahead);
  const left = reader?.left;
  left?.addEventListener("abort", () => ahead.stop({ error: left.reason }), { once: true });
  void ahead.fill();
  return body;
}

class Ahead {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #over: () => void;
  #gone: (() => void) | null;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;
  #filling = false;
  #end: { readonly error: unknown } | "whole" | null = null;
  #arrived: (() => void) | null = null;

  constructor(source: AsyncIterator<Uint8Array>, over: () => void, gone: (() => void) | undefined) {
    this.#source = source;
    this.#over = over;
    this.#gone = gone ?? null;
  }

  /** The next chunk, or null at the end; rejects with the source's error once all that had come was taken. */
  async take(): Promise<Uint8Array | null> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#size -= chunk.byteLength;
        void this.fill();
        return chunk;
      }
      if (this.#end !== null) this.#leave();
      if (this.#end === "whole") return null;
      if (this.#end !== null) throw this.#end.error;
      const arrived = new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
      void this.fill();
      await arrived;
    }
  }

  async fill(): Promise<void> {
    if (this.#filling) return;
    this.#filling = true;
    while (this.#end === null && (this.#size < MOST_BYTES || this.#arrived !== null)) {
      try {
        const { done, value } = await this.#source.next();
        if (done === true) this.#finish("whole");
        else {
          this.#chunks.push(value);
          this.#size += value.byteLength;
        }
      } catch (error) {
        this.#finish({ error });
      }
      this.#arrived?.();
      this.#arrived = null;
    }
    this.#filling = false;
  }

  /** Ends it from the reader's side. */
  stop(end: "whole" | { readonly error: unknown } = "whole"): void {
    if (this.#end === null) void this.#source.return?.();
    this.#finish(end);
    this.#chunks.length = 0;
    this.#leave();
  }

  #leave(): void {
    this.#gone?.();
    this.#gone = null;
  }

  #finish(end: "whole" | { readonly error: unknown }): void {
    if (this.#end !== null) return;
    this.#end = end;
    this.#over();
  }
}
