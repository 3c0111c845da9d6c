/** NDJSON for programs: a line when it starts, one per event, and the summary. Durations and instants are story time. */
import type { Shell } from "../../shell.ts";
import type { DemoEvent } from "../journal.ts";
import type { Settings } from "../stage.ts";
import type { Presenter, Report } from "./presenter.ts";

export class JsonPresenter implements Presenter {
  readonly everyMs = null;
  readonly #out: Shell["stdout"];

  constructor(out: Shell["stdout"], settings: Settings) {
    this.#out = out;
    const { scenario } = settings;
    this.#write({ type: "start", ...plain(settings), title: scenario.title, lastsMs: scenario.lastsMs });
  }

  event({ atMs, source, kind, shows, text, facts }: DemoEvent): void {
    this.#write({ type: "event", atMs: Math.round(atMs), source, kind, shows, text, ...facts });
  }

  show(): void {}

  report({ settings, breaker, arms, verdict }: Report): void {
    this.#write({ type: "summary", ...plain(settings), breaker, ...arms, ...verdict });
  }

  close(): void {}

  #write(fields: object): void {
    const rounded = (_: string, value: unknown): unknown =>
      typeof value === "number" ? Math.round(value * 1_000) / 1_000 : value;
    this.#out.write(`${JSON.stringify(fields, rounded)}\n`);
  }
}

function plain({ name, speed, rps, seed }: Settings): object {
  return { scenario: name, speed, rps, seed };
}
