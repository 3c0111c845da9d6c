/** Plain lines for pipes, logs and terminals that cannot redraw: one per event, one per second, and the table. */
import type { Shell } from "../../shell.ts";
import { SHAPE } from "../../terminal/display.ts";
import type { DemoEvent } from "../journal.ts";
import type { ArmScene, Scene } from "../scene.ts";
import { closing } from "./closing.ts";
import { eventLine } from "./frame.ts";
import { type Line, paint } from "../../terminal/line.ts";
import type { Presenter, Report } from "./presenter.ts";

const WIDTH = 100;

export class LinePresenter implements Presenter {
  readonly everyMs = 1_000;
  readonly #out: Shell["stdout"];
  readonly #colour: boolean;

  constructor(out: Shell["stdout"], colour: boolean) {
    this.#out = out;
    this.#colour = colour;
  }

  event(event: DemoEvent): void {
    this.#write(eventLine(event));
  }

  show(scene: Scene): void {
    const at = `${(scene.atMs / 1_000).toFixed(1)} s`.padStart(7);
    const { shows } = scene.breaker;
    const { without, with: guarded } = scene.arms;
    this.#write([
      [at, "dim"],
      `  without: ${counts(without)} · with: ${guarded.answeredAtOnce} at once, ${counts(guarded)} `,
      [`${SHAPE[shows]} ${shows}`, shows],
    ]);
  }

  report({ arms, verdict }: Report): void {
    for (const line of closing(arms, verdict, WIDTH)) this.#write(line);
  }

  close(): void {}

  #write(line: Line): void {
    this.#out.write(`${paint(line, Infinity, this.#colour)}\n`);
  }
}

function counts({ inFlight, waiting, providerCalls, failed, good }: ArmScene): string {
  return `${inFlight + waiting} pending, ${providerCalls} calls, ${failed} failed, ${good} good`;
}
