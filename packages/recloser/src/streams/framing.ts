/**
 * Cuts the text of a body into its documents, as it comes. What is not yet complete waits, up to a bound; a longer one (a
 * picture) is passed over, and said to be.
 */

export interface Framing {
  /** Adds what has come; gives the documents that are complete with it, as text. */
  push(text: string): readonly string[];
  /** What is left when the stream has ended. */
  rest(): readonly string[];
  /** Whether a document was too long to be kept. */
  readonly passedOver: boolean;
}

// Text frames are a few hundred characters; four megabytes hold the pictures that models draw.
export const MOST_FRAME_CHARS: number = 4 * 1024 * 1024;

/** Lines, whichever of CR, LF and CRLF ends them, also where a chunk ends between the two. */
export class Lines {
  passedOver = false;
  #parts: string[] = [];
  #size = 0;
  #afterReturn = false;

  push(text: string): string[] {
    const lines: string[] = [];
    let from = this.#afterReturn && text.startsWith("\n") ? 1 : 0;
    if (text !== "") this.#afterReturn = false;
    let feed = text.indexOf("\n", from);
    let carriage = text.indexOf("\r", from);
    while (feed >= 0 || carriage >= 0) {
      const isFeed = carriage < 0 || (feed >= 0 && feed < carriage);
      const end = isFeed ? feed : carriage;
      lines.push(this.#take(text.slice(from, end)));
      from = end + 1;
      if (!isFeed && from === text.length) this.#afterReturn = true;
      else if (!isFeed && text[from] === "\n") from++;
      // Each is looked for only when it was passed: most texts have no CR, and would be searched to their end at each line.
      if (feed >= 0 && feed < from) feed = text.indexOf("\n", from);
      if (carriage >= 0 && carriage < from) carriage = text.indexOf("\r", from);
    }
    this.#keep(text.slice(from));
    return lines;
  }

  rest(): string {
    return this.#take("");
  }

  #keep(piece: string): void {
    if (piece === "") return;
    this.#size += piece.length;
    if (this.#size > MOST_FRAME_CHARS) {
      this.passedOver = true;
      this.#parts = [];
    } else this.#parts.push(piece);
  }

  #take(last: string): string {
    if (this.#size === 0) return last;
    this.#keep(last);
    const line = this.#size > MOST_FRAME_CHARS ? "" : this.#parts.join("");
    this.#parts = [];
    this.#size = 0;
    return line;
  }
}
