/** Watches a route's stream as its inspector does, and keeps what that said for the failover that reads the stream. */
import type { Outcome } from "./outcome.ts";
import type { Sight, StreamInspector } from "./streams/inspector.ts";

export class SightKeeper {
  /** What the latest chunk has shown. */
  sight: Sight = "opening";
  /** What the end has shown, where that is a failure. */
  #atEnd: Outcome | null = null;
  readonly #inspect: (() => StreamInspector) | null;

  /** @param inspect null: each chunk is content, and any end is the end */
  constructor(inspect: (() => StreamInspector) | null) {
    this.#inspect = inspect;
  }

  /** The failure that the latest chunk, or the end, was counted as; null for none. */
  get failure(): Outcome | null {
    return typeof this.sight === "object" ? this.sight : this.#atEnd;
  }

  /** For one try. */
  begin(): StreamInspector {
    const inspector = this.#inspect?.() ?? null;
    this.sight = "opening";
    this.#atEnd = null;
    return {
      see: (chunk) => {
        this.sight = "content"; // where the inspector throws, the breaker takes it for that
        return (this.sight = inspector?.see(chunk) ?? "content");
      },
      end: () => {
        const end = inspector?.end() ?? "whole";
        if (typeof end === "object" && end.kind !== "success") this.#atEnd = end;
        return end;
      },
    };
  }
}
