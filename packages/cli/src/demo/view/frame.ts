/** One frame of the live view: a scene in, lines out. Pure. */
import { narrate } from "../narration.ts";
import { SHAPE } from "../../terminal/display.ts";
import type { DemoEvent } from "../journal.ts";
import type { Scene } from "../scene.ts";
import { breakerPanel } from "./breaker-panel.ts";
import { clip, justify, type Line, paint, wrap } from "../../terminal/line.ts";
import { ribbons } from "./ribbons.ts";
import { armsTable } from "./table.ts";

const MARGIN = 1;
const WIDEST = 110;
const ROOMY = 34;
const NARROW = 78;

/** @param height lines at most; the oldest events go first, then what stands lowest */
export function frame(scene: Scene, width: number, height: number, colour: boolean): string[] {
  const inner = Math.max(20, Math.min(WIDEST, width - 2 * MARGIN));
  // A low terminal has no lines to spare for air.
  const gap: Line[] = height >= ROOMY ? [[]] : [];
  const body: Line[] = [
    ...gap,
    heading(scene, inner),
    ...(scene.pageUrl === null ? [] : [page(scene.pageUrl)]),
    [...providerState(scene), scene.says],
    ...gap,
    ...narration(scene, inner),
    ...gap,
    ...armsTable(scene.arms, inner),
    ...gap,
    ...breakerPanel(scene.breaker, inner),
    ...gap,
    ...ribbons(scene, inner),
    ...gap,
  ];
  const room = Math.max(0, height - body.length - 1);
  const events = room === 0 ? [] : scene.events.slice(-room).map(eventLine);
  return [...body, ...events].slice(0, Math.max(1, height - 1)).map((line) => {
    return paint([" ".repeat(MARGIN), ...clip(line, inner)], width, colour);
  });
}

// On a narrow terminal it has two lines, used or not: what stands below must not jump.
function narration(scene: Scene, width: number): Line[] {
  const lines = wrap(narrate(scene), width);
  return (width < NARROW ? [lines[0] ?? "", lines[1] ?? ""] : lines).map((text) => [[text, "strong"]]);
}

function providerState({ isWell }: Scene): Line {
  return ["provider ", isWell ? ["─ ", "dim"] : ["▒ ", "open"]];
}

function heading({ name, title, speed, atMs, lastsMs }: Scene, width: number): Line {
  const pace = speed === 1 ? "" : ` · ${speed}× speed`;
  return justify(
    [["recloser demo", "strong"], ` · ${name} · ${title}`],
    [[`${Math.floor(atMs / 1_000)} / ${Math.round(lastsMs / 1_000)} s${pace}`, "dim"]],
    width,
  );
}

function page(url: string): Line {
  return ["live page with the switches: ", [url, "strong"], [" · q ends both", "dim"]];
}

/** An event as a line: when, who, what. */
export function eventLine({ atMs, source, shows, kind, text }: DemoEvent): Line {
  const at = `${(atMs / 1_000).toFixed(1)} s`.padStart(7);
  const shape = shows === null ? (kind === "fault" ? "▒" : "─") : SHAPE[shows];
  return [[at, "dim"], "  ", source.padEnd(9), [shape, shows ?? (kind === "fault" ? "open" : "dim")], ` ${text}`];
}
