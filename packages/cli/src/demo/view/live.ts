/** The live screen: redrawn in place on the terminal's second page, so that the first one comes back as it was. */
import type { Shell } from "../../shell.ts";
import type { DemoEvent } from "../journal.ts";
import type { Scene } from "../scene.ts";
import { closing } from "./closing.ts";
import { eventLine, frame } from "./frame.ts";
import { paint } from "./line.ts";
import type { Presenter, Report } from "./presenter.ts";

const ENTER = "\u001B[?1049h\u001B[?25l\u001B[2J";
const LEAVE = "\u001B[?25h\u001B[?1049l";
const HOME = "\u001B[H";
const REST_OF_LINE = "\u001B[K";
const REST_OF_SCREEN = "\u001B[J";
// Terminals that know it show the frame when it is whole; the others ignore it.
const BEGIN_FRAME = "\u001B[?2026h";
const END_FRAME = "\u001B[?2026l";

export class LivePresenter implements Presenter {
  readonly everyMs = 100;
  readonly #out: Shell["stdout"];
  readonly #colour: boolean;
  #events: readonly DemoEvent[] = [];
  #entered = false;

  constructor(out: Shell["stdout"], colour: boolean) {
    this.#out = out;
    this.#colour = colour;
    process.on("exit", this.#leave);
  }

  event(): void {}

  show(scene: Scene): void {
    this.#events = scene.events;
    const lines = frame(scene, this.#width, this.#out.rows || 24, this.#colour);
    const text = lines.map((line) => line + REST_OF_LINE).join("\r\n");
    const enter = this.#entered ? "" : ENTER;
    this.#entered = true;
    this.#out.write(`${enter}${BEGIN_FRAME}${HOME}${text}${REST_OF_SCREEN}${END_FRAME}`);
  }

  /** What stays on the first page: the course of events and the table. */
  report({ arms, verdict }: Report): void {
    this.#leave();
    const lines = [[], ...this.#events.map(eventLine), ...closing(arms, verdict, this.#width)];
    for (const line of lines) this.#out.write(`${paint(line, Infinity, this.#colour)}\n`);
  }

  close(): void {
    this.#leave();
    process.off("exit", this.#leave);
  }

  get #width(): number {
    return this.#out.columns || 80;
  }

  readonly #leave = (): void => {
    if (!this.#entered) return;
    this.#entered = false;
    this.#out.write(LEAVE);
  };
}
