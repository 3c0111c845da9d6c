/** The live screen, and what stays behind it. */
import type { Shell } from "../../shell.ts";
import type { DemoEvent } from "../journal.ts";
import type { Scene } from "../scene.ts";
import { closing } from "./closing.ts";
import { eventLine, frame } from "./frame.ts";
import { paint } from "../../terminal/line.ts";
import type { Presenter, Report } from "./presenter.ts";
import { Screen } from "../../terminal/screen.ts";

export class LivePresenter implements Presenter {
  readonly everyMs = 100;
  readonly #out: Shell["stdout"];
  readonly #colour: boolean;
  readonly #screen: Screen;
  #events: readonly DemoEvent[] = [];

  constructor(out: Shell["stdout"], colour: boolean) {
    this.#out = out;
    this.#colour = colour;
    this.#screen = new Screen(out);
  }

  event(): void {}

  show(scene: Scene): void {
    this.#events = scene.events;
    const { width, height } = this.#screen;
    this.#screen.draw(frame(scene, width, height, this.#colour));
  }

  /** What stays on the first page: the course of events and the table. */
  report({ arms, verdict }: Report): void {
    this.#screen.leave();
    const lines = [[], ...this.#events.map(eventLine), ...closing(arms, verdict, this.#screen.width)];
    for (const line of lines) this.#out.write(`${paint(line, Infinity, this.#colour)}\n`);
  }

  close(): void {
    this.#screen.close();
  }
}
