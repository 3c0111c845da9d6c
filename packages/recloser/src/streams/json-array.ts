/** One JSON array that is written element by element: Gemini's stream without `alt=sse`. */
import { type Framing, MOST_FRAME_CHARS } from "./framing.ts";

export class JsonArray implements Framing {
  passedOver = false;
  #element = "";
  #depth = 0;
  #inString = false;
  #escaped = false;
  #skips = false;

  push(text: string): readonly string[] {
    const elements: string[] = [];
    let from = this.#depth > 0 ? 0 : -1;
    for (let at = 0; at < text.length; at++) {
      const char = text[at] as string;
      if (this.#inString) this.#inside(char);
      else if (char === '"') this.#inString = this.#depth > 0;
      else if (char === "{") {
        if (this.#depth++ === 0) from = at;
      } else if (char === "}" && this.#depth > 0 && --this.#depth === 0) {
        this.#keep(text.slice(from, at + 1));
        if (!this.#skips) elements.push(this.#element);
        this.#element = "";
        this.#skips = false;
        from = -1;
      }
    }
    if (from >= 0) this.#keep(text.slice(from));
    return elements;
  }

  // A part of an element is the sign of a cut.
  rest(): readonly string[] {
    return this.#element === "" ? [] : [this.#element];
  }

  #inside(char: string): void {
    if (this.#escaped) this.#escaped = false;
    else if (char === "\\") this.#escaped = true;
    else if (char === '"') this.#inString = false;
  }

  #keep(piece: string): void {
    if (this.#skips) return;
    this.#element += piece;
    if (this.#element.length <= MOST_FRAME_CHARS) return;
    this.#element = "";
    this.#skips = true;
    this.passedOver = true;
  }
}
