/** What the SDK's processors hand over, sent to a collector. How it went is told to one who listens, not to the SDK. */
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { ISerializer } from "@opentelemetry/otlp-transformer";
import { type CollectorAddress, deliver, NotDelivered } from "./collector.ts";

// More at a time only where a collector takes longer than the next batch, and the SDK gave up on it.
const MOST_AT_A_TIME = 4;

export class Exporter<Items> {
  readonly #to: CollectorAddress;
  readonly #serializer: ISerializer<Items, unknown>;
  /** Told of each delivery; null: it was taken. */
  readonly #onEnd: (why: string | null) => void;
  readonly #closed: AbortSignal;
  readonly #underWay = new Set<Promise<void>>();

  /** @param closed aborts what is under way */
  constructor(
    to: CollectorAddress,
    serializer: ISerializer<Items, unknown>,
    onEnd: (why: string | null) => void,
    closed: AbortSignal,
  ) {
    this.#to = to;
    this.#serializer = serializer;
    this.#onEnd = onEnd;
    this.#closed = closed;
  }

  // The SDK would write a failure of its own to a log of its own; it has nothing else to do with it.
  export(items: Items, done: (result: ExportResult) => void): void {
    const over = (why: string | null): void => {
      // What was given up at the end is no fault of the collector's.
      if (why === null || !this.#closed.aborted) this.#onEnd(why);
      done({ code: ExportResultCode.SUCCESS });
    };
    if (this.#closed.aborted) return done({ code: ExportResultCode.SUCCESS });
    if (this.#underWay.size >= MOST_AT_A_TIME) return over("timeout");
    const bytes = this.#serializer.serializeRequest(items);
    if (bytes === undefined) return done({ code: ExportResultCode.SUCCESS });
    const sending = this.#send(bytes, over);
    this.#underWay.add(sending);
    void sending.finally(() => this.#underWay.delete(sending));
  }

  async #send(bytes: Uint8Array, over: (why: string | null) => void): Promise<void> {
    let why: string | null = null;
    try {
      await deliver(this.#to, bytes, this.#closed);
    } catch (error) {
      why = error instanceof NotDelivered ? error.message : "failed";
    }
    over(why);
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  shutdown(): Promise<void> {
    return this.forceFlush();
  }
}
