/** JSON that stands outside of any event, on one line or printed over many: how some servers say that they failed. */

const BEGINS = /^\s*[{[]/;
const MAY_END = /[}\]]\s*$/;
// An error is short; what is longer is something else.
const MOST_CHARS = 65_536;

export class BareJson {
  #text = "";

  /** Adds a line; gives what is complete with it. */
  add(line: string): readonly string[] {
    if (this.#text === "") return BEGINS.test(line) ? this.#take(line) : [];
    // A document of its own says that the one before it will never be whole.
    if (BEGINS.test(line) && isJson(line)) return [...this.rest(), line];
    return this.#take(`${this.#text}\n${line}`);
  }

  /** What never became whole. */
  rest(): readonly string[] {
    const text = this.#text;
    this.#text = "";
    return text === "" ? [] : [text];
  }

  #take(text: string): readonly string[] {
    const isWhole = MAY_END.test(text) && isJson(text);
    this.#text = isWhole || text.length > MOST_CHARS ? "" : text;
    return isWhole ? [text] : [];
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
