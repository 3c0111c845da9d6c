/** `recloser watch`: the table, redrawn as it changes; where there is no screen, a line for each change. */
import { clearInterval, setInterval } from "node:timers";
import type { Inspection } from "recloser/inspect";
import { looksOf, type Shell } from "../shell.ts";
import { listenForKeys } from "../terminal/keys.ts";
import { type Line, paint } from "../terminal/line.ts";
import { Screen } from "../terminal/screen.ts";
import { changeLine } from "./change-line.ts";
import { type ChangeEvent, changesIn } from "./changes.ts";
import { follow } from "./follow.ts";
import { filterFor, namesOf } from "./names.ts";
import type { BreakerSource } from "./source/source.ts";
import { statusTable } from "./status-table.ts";
import { watchFrame } from "./watch-frame.ts";
import type { Work } from "./with-source.ts";

const DRAWN_EVERY_MS = 250;
const KEPT_CHANGES = 50;

export async function watch(shell: Shell, work: Work, patterns: readonly string[]): Promise<void> {
  const over = new AbortController();
  const view = looksOf(shell).live ? new LiveView(shell, work.source, () => over.abort()) : new LineView(shell);
  let before: Inspection | null = null;
  let isMeant: ((name: string) => boolean) | null = null;
  try {
    await follow(
      work.source,
      {
        seen({ nowMs, records }, told) {
          const meant = (isMeant ??= filterFor(patterns, namesOf(records), work.source.absence));
          const inspection = { nowMs, records: records.filter(({ name }) => meant(name)) };
          view.seen(inspection, changesIn(told, before?.records ?? null, inspection, meant));
          before = inspection;
          return false;
        },
        lost: (error) => view.lost(error),
      },
      AbortSignal.any([work.signal, over.signal]),
    );
  } finally {
    view.close();
  }
}

interface View {
  seen(inspection: Inspection, changes: readonly ChangeEvent[]): void;
  lost(error: Error): void;
  close(): void;
}

class LiveView implements View {
  readonly #shell: Shell;
  readonly #label: string;
  readonly #absence: string;
  readonly #screen: Screen;
  readonly #colour: boolean;
  readonly #timer: NodeJS.Timeout;
  readonly #giveKeysBack: () => void;
  readonly #draw = (): void => this.#drawn();
  #inspection: Inspection | null = null;
  #seenMs = 0;
  #failure: string | null = null;
  #changes: readonly ChangeEvent[] = [];

  constructor(shell: Shell, { label, absence }: Pick<BreakerSource, "label" | "absence">, quit: () => void) {
    this.#shell = shell;
    this.#label = label;
    this.#absence = absence;
    this.#screen = new Screen(shell.stdout);
    this.#colour = looksOf(shell).colour;
    this.#timer = setInterval(this.#draw, DRAWN_EVERY_MS);
    this.#giveKeysBack = shell.stdin?.isTTY === true ? listenForKeys(shell.stdin, { q: quit }) : () => {};
    shell.stdout.on("resize", this.#draw);
  }

  seen(inspection: Inspection, changes: readonly ChangeEvent[]): void {
    this.#inspection = inspection;
    this.#seenMs = Date.now();
    this.#failure = null;
    this.#changes = [...this.#changes, ...changes].slice(-KEPT_CHANGES);
    this.#drawn();
  }

  lost({ message }: Error): void {
    this.#failure = message.split("\n")[0] as string;
    this.#drawn();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#shell.stdout.off("resize", this.#draw);
    this.#giveKeysBack();
    this.#screen.close();
  }

  #drawn(): void {
    if (this.#inspection === null) return;
    const localMs = Date.now();
    const { width, height } = this.#screen;
    const scene = {
      label: this.#label,
      absence: this.#absence,
      inspection: this.#inspection,
      agoMs: Math.max(0, localMs - this.#seenMs),
      localMs,
      failure: this.#failure,
      changes: this.#changes,
    };
    this.#screen.draw(watchFrame(scene, width, height).map((line) => paint(line, Infinity, this.#colour)));
  }
}

class LineView implements View {
  readonly #shell: Shell;
  readonly #colour: boolean;
  #isFirst = true;
  #isLost = false;

  constructor(shell: Shell) {
    this.#shell = shell;
    this.#colour = looksOf(shell).colour;
  }

  seen({ nowMs, records }: Inspection, changes: readonly ChangeEvent[]): void {
    const times = { nowMs, offsetMs: Date.now() - nowMs };
    if (this.#isLost) this.#shell.stderr.write("recloser: it answers again\n");
    this.#isLost = false;
    if (this.#isFirst) this.#write(statusTable(records, times, Infinity));
    this.#isFirst = false;
    this.#write(changes.map((change) => changeLine(change, times)));
  }

  lost({ message }: Error): void {
    if (!this.#isLost) this.#shell.stderr.write(`recloser: ${message}\n`);
    this.#isLost = true;
  }

  close(): void {}

  #write(lines: readonly Line[]): void {
    for (const line of lines) this.#shell.stdout.write(`${paint(line, Infinity, this.#colour)}\n`);
  }
}
