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

const INPUT = /"(?:prompt_tokens|input_tokens|promptTokenCount|prompt_eval_count)"\s*:\s*(\d{1,12})/g;
const OUTPUT = /"(?:completion_tokens|output_tokens|candidatesTokenCount|eval_count)"\s*:\s*(\d{1,12})/g;

export class UsageReader {
  #first: Buffer | null = null;
  readonly #last: Buffer[] = [];
  #lastBytes = 0;

  see(bytes: Buffer): void {
    if (this.#first === null) this.#first = bytes.subarray(0, FIRST_BYTES);
    this.#last.push(bytes);
    this.#lastBytes += bytes.length;
    for (let first = this.#last[0]; first !== undefined; first = this.#last[0]) {
      if (this.#lastBytes - first.length < LAST_BYTES) break;
      this.#last.shift();
      this.#lastBytes -= first.length;
    }
  }

  /** Null: it says nothing of it. */
  read(): Usage | null {
    if (this.#first === null) return null;
    const last = Buffer.concat(this.#last).subarray(-LAST_BYTES);
    const text = `${this.#first.toString("latin1")}\n${last.toString("latin1")}`;
    const inputTokens = lastNumber(text, INPUT);
    const outputTokens = lastNumber(text, OUTPUT);
    return inputTokens === null && outputTokens === null ? null : { inputTokens, outputTokens };
  }
}

function lastNumber(text: string, pattern: RegExp): number | null {
  const found = [...text.matchAll(pattern)].at(-1)?.[1];
  return found === undefined ? null : Number(found);
}
