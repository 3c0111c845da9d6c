/**
 * How many tokens an answer says it took. Read from its first and last bytes only, without parsing them: an object of this name
 * cannot stand inside a text, where its quotes would be escaped, and the last one is the one that counts.
 */

export interface Usage {
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

// An answer's usage stands in its first event (Anthropic's input) and in its last ones.
const FIRST_BYTES = 2_048;
const LAST_BYTES = 4_096;

const TOKENS =
  /"(?:(?:prompt_tokens|input_tokens|promptTokenCount|prompt_eval_count)"\s*:\s*(\d{1,12})|(?:completion_tokens|output_tokens|candidatesTokenCount|eval_count)"\s*:\s*(\d{1,12}))/g;

export class UsageReader {
  #first: Buffer | null = null;
  readonly #last: Buffer[] = [];
  #lastBytes = 0;
  #bytes = 0;

  see(bytes: Buffer): void {
    if (this.#first === null) this.#first = bytes.subarray(0, FIRST_BYTES);
    this.#last.push(bytes);
    this.#lastBytes += bytes.length;
    this.#bytes += bytes.length;
    for (let first = this.#last[0]; first !== undefined; first = this.#last[0]) {
      if (this.#lastBytes - first.length < LAST_BYTES) break;
      this.#last.shift();
      this.#lastBytes -= first.length;
    }
  }

  /** Null: it says nothing of it. */
  read(): Usage | null {
    if (this.#first === null) return null;
    const [only] = this.#last;
    const last = this.#last.length === 1 && only !== undefined ? only : Buffer.concat(this.#last);
    const end = last.toString("latin1", Math.max(0, last.length - LAST_BYTES));
    // A short answer is all in its end.
    return tokensIn(this.#bytes <= LAST_BYTES ? end : `${this.#first.toString("latin1")}\n${end}`);
  }
}

function tokensIn(text: string): Usage | null {
  let inputTokens: number | null = null;
  let outputTokens: number | null = null;
  TOKENS.lastIndex = 0;
  for (let found = TOKENS.exec(text); found !== null; found = TOKENS.exec(text)) {
    if (found[1] !== undefined) inputTokens = Number(found[1]);
    else outputTokens = Number(found[2]);
  }
  return inputTokens === null && outputTokens === null ? null : { inputTokens, outputTokens };
}
