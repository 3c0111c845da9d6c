/** NDJSON for programs: a line when it starts, one per event, and the summary. */
import type { Shell } from "../../../shell.ts";
import type { FleetEvent } from "../journal.ts";
import type { FleetScene } from "../scene.ts";
import type { FleetSettings } from "../story.ts";
import type { FleetSummary } from "../summary.ts";
import type { FleetPresenter } from "./presenter.ts";

export class FleetJsonPresenter implements FleetPresenter {
  readonly everyMs = null;
  readonly #out: Shell["stdout"];
  readonly #settings: FleetSettings;

  constructor(out: Shell["stdout"], settings: FleetSettings) {
    this.#out = out;
    this.#settings = settings;
  }

  begin({ redis, redisPid, replicas }: FleetScene): void {
    const { rps, seed, story } = this.#settings;
    const pids = Object.fromEntries(replicas.map(({ name, pid }) => [name, pid]));
    this.#write({ type: "start", redis, redisPid, pids, rps, seed, turns: story.turns, lastsMs: story.lastsMs });
  }

  event({ facts, ...event }: FleetEvent): void {
    this.#write({ type: "event", ...event, ...facts });
  }

  show(): void {}

  report(_: FleetScene, summary: FleetSummary): void {
    this.#write({ type: "summary", ...summary });
  }

  close(): void {}

  #write(fields: object): void {
    const rounded = (_: string, value: unknown): unknown =>
      typeof value === "number" ? Math.round(value * 1_000) / 1_000 : value;
    this.#out.write(`${JSON.stringify(fields, rounded)}\n`);
  }
}
