/** What the user of `breaker.stream` says of his own chunks: which carry content, which one is the end. */
import { describe, warnOnce } from "../warn.ts";
import type { Sight, StreamInspector } from "./inspector.ts";

type Question = ((chunk: unknown) => boolean) | null;

export class DeclaredInspector implements StreamInspector {
  readonly #key: string;
  readonly #isContent: Question;
  readonly #isEnd: Question;
  #whole = false;

  /** @param key the breaker's name, for a warning */
  constructor(key: string, isContent: Question, isEnd: Question) {
    this.#key = key;
    this.#isContent = isContent;
    this.#isEnd = isEnd;
  }

  see(chunk: unknown): Sight {
    this.#whole ||= this.#ask("isEnd", this.#isEnd, chunk) === true;
    if (this.#whole) return "end"; // what follows, such as a count of tokens, changes nothing
    return this.#ask("isContent", this.#isContent, chunk) === false ? "opening" : "content";
  }

  end(): "whole" | "cut" {
    return this.#isEnd === null || this.#whole ? "whole" : "cut";
  }

  // A fault in what the user asks of a chunk must not break the stream.
  #ask(name: "isContent" | "isEnd", question: Question, chunk: unknown): boolean | undefined {
    try {
      return question?.(chunk);
    } catch (error) {
      warnOnce(
        "RECLOSER_CHUNK_QUESTION_THREW",
        `${name} ${this.#key}`,
        `${name} of "${this.#key}" threw (${describe(error)}); the stream goes on`,
      );
      return undefined;
    }
  }
}
