/** A JSON document per line. */
import { type Framing, Lines } from "./framing.ts";

export class JsonLines implements Framing {
  readonly #lines = new Lines();

  get passedOver(): boolean {
    return this.#lines.passedOver;
  }

  push(text: string): readonly string[] {
    return this.#lines.push(text).filter(isFilled);
  }

  rest(): readonly string[] {
    return [this.#lines.rest()].filter(isFilled);
  }
}

function isFilled(line: string): boolean {
  return line.trim() !== "";
}
