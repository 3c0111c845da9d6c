/** Watches a stream of documents: what an SDK yields, or the frames of a body, parsed. */
import { hasError, isFiltered } from "../classify/answer.ts";
import { NO_HEADERS, type HeaderMap } from "../classify/headers.ts";
import { isLostError, judgeErrorDocument, LOST_ERROR } from "../classify/stream.ts";
import { outcomeOf, type Outcome } from "../outcome.ts";
import type { Sight, StreamFormat, StreamInspector } from "./inspector.ts";

const CONTENT_FILTERED: Outcome = Object.freeze(outcomeOf("content-filtered"));

/** Whose stream it is, which decides how an error inside is read. */
export interface StreamOrigin {
  readonly provider?: string | undefined;
  readonly headers?: HeaderMap | undefined;
}

export class DocumentInspector implements StreamInspector {
  readonly #format: StreamFormat;
  readonly #origin: StreamOrigin;
  readonly #endsWith: (document: unknown) => boolean;
  #whole = false;
  #filtered = false;
  #failure: Outcome | null = null;

  constructor(format: StreamFormat, origin: StreamOrigin = {}) {
    this.#format = format;
    this.#origin = origin;
    this.#endsWith = format.progress();
  }

  see(document: unknown): Sight {
    if (this.#failure !== null) return "opening"; // it was told
    if (hasError(document)) return this.fail(this.#outcomeOf(document));
    if (isLostError(document, this.#origin.provider)) return this.fail(LOST_ERROR);
    this.#filtered ||= isFiltered(document);
    if (this.#endsWith(document)) return this.finish();
    if (!this.#format.hasContent(document)) return "opening";
    this.#whole = false; // what goes on had not ended: one choice had, of several that come one after the other
    return "content";
  }

  /** The end came in a form that is no document. */
  finish(): Sight {
    this.#whole = true;
    return "end";
  }

  /** Something came that cannot be read, or was said beside the documents. */
  fail(outcome: Outcome): Sight {
    this.#failure = outcome;
    return outcome;
  }

  get isWhole(): boolean {
    return this.#whole;
  }

  /** Whether it is of a format that is known, so that what cannot be read does not belong there. */
  get isKnown(): boolean {
    return this.#format.alwaysEnds;
  }

  /** @param sawAll false when parts of the stream were too long to be read: then nothing is said to be missing */
  end(sawAll = true): "whole" | "cut" | Outcome {
    if (this.#failure !== null) return this.#failure;
    if (this.#filtered) return CONTENT_FILTERED;
    return this.#whole || !this.#format.alwaysEnds || !sawAll ? "whole" : "cut";
  }

  #outcomeOf(document: unknown): Outcome {
    const { provider, headers = NO_HEADERS } = this.#origin;
    return judgeErrorDocument(document, { provider: provider?.toLowerCase(), nowMs: undefined, headers });
  }
}
