/** A terminal's second page, redrawn in place, so that the first one comes back as it was. */
import type { Shell } from "../shell.ts";

const ENTER = "\u001B[?1049h\u001B[?25l\u001B[2J";
const LEAVE = "\u001B[?25h\u001B[?1049l";
const HOME = "\u001B[H";
const REST_OF_LINE = "\u001B[K";
const REST_OF_SCREEN = "\u001B[J";
// Terminals that know it show the frame when it is whole; the others ignore it.
const BEGIN_FRAME = "\u001B[?2026h";
const END_FRAME = "\u001B[?2026l";

export class Screen {
  readonly #out: Shell["stdout"];
  #entered = false;

  constructor(out: Shell["stdout"]) {
    this.#out = out;
    process.on("exit", this.leave);
  }

  get width(): number {
    return this.#out.columns || 80;
  }

  get height(): number {
    return this.#out.rows || 24;
  }

  draw(lines: readonly string[]): void {
    const text = lines.map((line) => line + REST_OF_LINE).join("\r\n");
    const enter = this.#entered ? "" : ENTER;
    this.#entered = true;
    this.#out.write(`${enter}${BEGIN_FRAME}${HOME}${text}${REST_OF_SCREEN}${END_FRAME}`);
  }

  /** Back to the first page, until the next frame. */
  readonly leave = (): void => {
    if (!this.#entered) return;
    this.#entered = false;
    this.#out.write(LEAVE);
  };

  close(): void {
    this.leave();
    process.off("exit", this.leave);
  }
}
