/** Watches the bytes of a streamed body: cuts them into documents and looks at each once. */
import { outcomeOf, type Outcome } from "../outcome.ts";
import { DocumentInspector, type StreamOrigin } from "./document-inspector.ts";
import { formatOf } from "./formats.ts";
import { unknownFormat } from "./unknown.ts";
import type { Framing } from "./framing.ts";
import type { Sight, StreamFormat, StreamInspector } from "./inspector.ts";
import { Utf8 } from "./utf8.ts";

const DONE = "[DONE]";
const UNREADABLE: Outcome = Object.freeze(outcomeOf("stream-error"));

export class BodyInspector implements StreamInspector<Uint8Array> {
  readonly #framing: Framing;
  readonly #origin: StreamOrigin;
  readonly #text = new Utf8();
  /** What the path promises. */
  readonly #expected: StreamFormat | null;
  #documents: DocumentInspector | null = null;

  /** @param format null: as the first document says */
  constructor(framing: Framing, format: StreamFormat | null, origin: StreamOrigin) {
    this.#framing = framing;
    this.#origin = origin;
    this.#expected = format;
  }

  see(bytes: Uint8Array): Sight {
    return this.#seeAll(this.#framing.push(this.#text.push(bytes)));
  }

  end(): "whole" | "cut" | Outcome {
    const sight = this.#seeAll(this.#framing.rest());
    if (typeof sight === "object") return sight;
    // Without one document nobody knows what was to come, unless the path said it.
    const documents = this.#documents ?? (this.#expected === null ? null : this.#begin(this.#expected));
    return documents?.end(!this.#framing.passedOver) ?? "whole";
  }

  // Of several documents in one chunk the most telling: a failure, the end, or content if that comes behind it.
  #seeAll(texts: readonly string[]): Sight {
    const mayHavePassed = this.#framing.passedOver && this.#documents?.isWhole !== true;
    let most: Sight = mayHavePassed ? "content" : "opening";
    for (const text of texts) {
      const sight = this.#seeOne(text);
      if (typeof sight === "object") return sight;
      if (sight !== "opening") most = sight;
    }
    return most;
  }

  #seeOne(text: string): Sight {
    if (text.trim() === "") return "opening"; // an event without data keeps the connection alive
    if (text.trim() === DONE) return (this.#documents ?? this.#begin(this.#expected ?? unknownFormat)).finish();
    let document: unknown;
    try {
      document = JSON.parse(text);
    } catch {
      return this.#unreadable();
    }
    return (this.#documents ?? this.#begin(this.#formatOf(document))).see(document);
  }

  // The path promises a format; whoever speaks another one there is held to that one, or to none.
  #formatOf(document: unknown): StreamFormat {
    return this.#expected?.recognises(document) === true ? this.#expected : formatOf(document);
  }

  #begin(format: StreamFormat): DocumentInspector {
    this.#documents = new DocumentInspector(format, this.#origin);
    return this.#documents;
  }

  // Where documents are expected, one that cannot be read breaks the answer for every client; behind the end it is nothing.
  #unreadable(): Sight {
    const documents = this.#documents ?? (this.#expected === null ? null : this.#begin(this.#expected));
    if (documents === null) return "content";
    return documents.isWhole || !documents.isKnown ? "opening" : documents.fail(UNREADABLE);
  }
}
