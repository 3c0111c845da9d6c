/** A call that is answered in chunks, each sent when the one before was taken. */
import type { Random } from "../../random.ts";
import { type Distribution, sample } from "../provider/latency.ts";
import type { SimulatedProcess } from "./process.ts";
import { connectionLost } from "./provider-errors.ts";
import { ServedCall, type Service } from "./served-call.ts";

export interface SimulatedChunk {
  /** 0 for the first. */
  readonly index: number;
  /** The end marker, which carries no content. */
  readonly isEnd: boolean;
}

/** How a provider streams. */
export interface Streaming {
  readonly chunks: number;
  readonly interToken: Distribution;
  readonly random: Random;
}

interface Pull {
  readonly resolve: (result: IteratorResult<SimulatedChunk>) => void;
  readonly reject: (error: unknown) => void;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

export class StreamedCall extends ServedCall implements AsyncIterableIterator<SimulatedChunk> {
  readonly #streaming: Streaming;
  readonly #begin: (call: StreamedCall) => void;
  #pull: Pull | null = null;
  #sent = 0;
  #served = false;
  // What the next pull gets once it is over.
  #over: { readonly error: unknown } | "whole" | null = null;

  /** @param begin makes the call; called at the first pull */
  constructor(service: Service, process: SimulatedProcess, streaming: Streaming, begin: (call: StreamedCall) => void) {
    super(service, process);
    this.#streaming = streaming;
    this.#begin = begin;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<SimulatedChunk>> {
    if (this.#over === "whole") return Promise.resolve(DONE);
    if (this.#over !== null) return Promise.reject(this.#over.error);
    if (this.#pull !== null)
      return Promise.reject(new Error("StreamedCall: the next chunk is already being waited for"));
    return new Promise((resolve, reject) => {
      this.#pull = { resolve, reject };
      if (this.id === 0) this.#begin(this);
      else if (this.#served) this.#send();
    });
  }

  /** The consumer stops reading: the connection is closed. */
  return(): Promise<IteratorResult<SimulatedChunk>> {
    this.#over = "whole";
    if (this.id !== 0) this.finish("aborted");
    this.#pull?.resolve(DONE);
    this.#pull = null;
    return Promise.resolve(DONE);
  }

  override get midAnswer(): boolean {
    return this.#sent > 0;
  }

  serve(): void {
    this.#served = true;
    this.#send();
  }

  protected reject(error: unknown): void {
    this.#over = { error };
    this.#pull?.reject(error);
    this.#pull = null;
  }

  #send(): void {
    const { interToken, random } = this.#streaming;
    this.after(this.#sent === 0 ? this.answerMs : sample(interToken, random) * this.factor, () => this.#arrive());
  }

  #arrive(): void {
    const { cut } = this;
    if (cut !== null && this.#sent >= cut.afterChunks) {
      if (cut.how === "throw") return this.fail("cut", connectionLost(this.midAnswer));
      this.finish("cut");
      this.#deliver(DONE);
      return;
    }
    const index = this.#sent++;
    const isEnd = index === this.#streaming.chunks;
    if (isEnd) this.finish("ok");
    this.#deliver({ done: false, value: { index, isEnd } });
  }

  #deliver(result: IteratorResult<SimulatedChunk>): void {
    const hand = (): void => {
      if (this.ended) this.#over ??= "whole"; // nothing comes after the end marker or a cut
      const pull = this.#pull;
      this.#pull = null;
      pull?.resolve(result);
    };
    if (this.process.state === "running") hand();
    else this.process.deliver(hand);
  }
}
