/** Plain lines for pipes, logs and terminals that cannot redraw: one per event, one per second, and the table. */
import type { Shell } from "../../../shell.ts";
import { SHAPE } from "../../../terminal/display.ts";
import { type Line, paint } from "../../../terminal/line.ts";
import type { FleetEvent } from "../journal.ts";
import type { FleetScene } from "../scene.ts";
import type { FleetSummary } from "../summary.ts";
import { fleetClosing } from "./closing.ts";
import { fleetEventLine } from "./frame.ts";
import type { FleetPresenter } from "./presenter.ts";

const WIDTH = 100;

export class FleetLinePresenter implements FleetPresenter {
  readonly everyMs = 1_000;
  readonly #out: Shell["stdout"];
  readonly #colour: boolean;

  constructor(out: Shell["stdout"], colour: boolean) {
    this.#out = out;
    this.#colour = colour;
  }

  begin({ redis, replicas }: FleetScene): void {
    const processes = replicas.map(({ name, pid }) => `${name} is process ${pid}`).join(", ");
    this.#out.write(`Redis: ${redis} · ${processes}\n`);
  }

  event(event: FleetEvent): void {
    this.#write(fleetEventLine(event));
  }

  show({ atMs, replicas, providerCalls }: FleetScene): void {
    const line: Line = [[`${(atMs / 1_000).toFixed(3)} s`.padStart(9), "dim"], "  "];
    const each = replicas.flatMap(({ name, shows, isGone, mode, tally: { rejected } }): Line => [
      `${name} `,
      isGone ? ["gone", "bad"] : [`${SHAPE[shows]} ${shows}`, shows],
      ` ${mode}, ${rejected} rejected · `,
    ]);
    this.#write([...line, ...each, `provider: ${providerCalls} calls`]);
  }

  report(scene: FleetScene, summary: FleetSummary): void {
    for (const line of fleetClosing(scene, summary, WIDTH)) this.#write(line);
  }

  close(): void {}

  #write(line: Line): void {
    this.#out.write(`${paint(line, Infinity, this.#colour)}\n`);
  }
}
