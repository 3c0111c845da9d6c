/** The fleet's live screen, and what stays behind it. */
import type { Shell } from "../../../shell.ts";
import { paint } from "../../../terminal/line.ts";
import { Screen } from "../../../terminal/screen.ts";
import type { FleetScene } from "../scene.ts";
import type { FleetSummary } from "../summary.ts";
import { fleetClosing } from "./closing.ts";
import { fleetEventLine, fleetFrame } from "./frame.ts";
import type { FleetPresenter } from "./presenter.ts";

export class FleetLivePresenter implements FleetPresenter {
  readonly everyMs = 100;
  readonly #out: Shell["stdout"];
  readonly #colour: boolean;
  readonly #screen: Screen;

  constructor(out: Shell["stdout"], colour: boolean) {
    this.#out = out;
    this.#colour = colour;
    this.#screen = new Screen(out);
  }

  begin(): void {}

  event(): void {}

  show(scene: FleetScene): void {
    const { width, height } = this.#screen;
    this.#screen.draw(fleetFrame(scene, width, height, this.#colour));
  }

  /** What stays on the first page: the course of events and the table. */
  report(scene: FleetScene, summary: FleetSummary): void {
    this.#screen.leave();
    const lines = [[], ...scene.events.map(fleetEventLine), ...fleetClosing(scene, summary, this.#screen.width)];
    for (const line of lines) this.#out.write(`${paint(line, Infinity, this.#colour)}\n`);
  }

  close(): void {
    this.#screen.close();
  }
}
