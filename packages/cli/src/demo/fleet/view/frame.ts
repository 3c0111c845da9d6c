/** One frame of the fleet's live view: a scene in, lines out. Pure. */
import { SHAPE } from "../../../terminal/display.ts";
import { seconds } from "../../../terminal/display.ts";
import { clip, justify, type Line, paint, type Span, wrap } from "../../../terminal/line.ts";
import type { FleetEvent } from "../journal.ts";
import type { Tally } from "../messages.ts";
import { type FleetScene, narrateFleet, type ReplicaScene } from "../scene.ts";
import { fleetRibbons } from "./ribbons.ts";

const MARGIN = 1;
const WIDEST = 110;
const ROOMY = 30;

/** @param height lines at most; the oldest events go first */
export function fleetFrame(scene: FleetScene, width: number, height: number, colour: boolean): string[] {
  const inner = Math.max(20, Math.min(WIDEST, width - 2 * MARGIN));
  // A low terminal has no lines to spare for air.
  const gap: Line[] = height >= ROOMY ? [[]] : [];
  const [first = "", second = ""] = wrap(narrateFleet(scene), inner);
  const body: Line[] = [
    ...gap,
    heading(scene, inner),
    [...provider(scene), ...redis(scene)],
    ...gap,
    [[first, "strong"]],
    [[second, "strong"]],
    ...gap,
    ...replicasTable(scene.replicas),
    [["failed for a reason of the store: ", "dim"], storeFailures(scene.replicas)],
    ...gap,
    ...fleetRibbons(scene, inner),
    ...gap,
    keyLine(scene),
    ...gap,
  ];
  const room = Math.max(0, height - body.length - 1);
  const events = room === 0 ? [] : scene.events.slice(-room).map(fleetEventLine);
  return [...body, ...events].slice(0, Math.max(1, height - 1)).map((line) => {
    return paint([" ".repeat(MARGIN), ...clip(line, inner)], width, colour);
  });
}

function heading({ atMs, lastsMs, redis: says }: FleetScene, width: number): Line {
  const at = Math.floor(atMs / 1_000);
  const time = lastsMs === null ? `${at} s` : `${at} / ${Math.round(lastsMs / 1_000)} s`;
  return justify([["recloser demo", "strong"], ` · three processes, one circuit · ${says}`], [[time, "dim"]], width);
}

function provider({ isProviderWell }: FleetScene): Span[] {
  return isProviderWell ? ["provider ", ["─ is well    ", "dim"]] : ["provider ", ["▒ answers 503", "open"]];
}

function redis({ isRedisStopped }: FleetScene): Span[] {
  return isRedisStopped ? ["   Redis ", ["▒ hangs", "open"]] : ["   Redis ", ["─ answers", "dim"]];
}

function keyLine({ canStopRedis, isRedisStopped, isProviderWell }: FleetScene): Line {
  const stop = canStopRedis ? `r ${isRedisStopped ? "continue" : "stop"} Redis · ` : "";
  return [[`${stop}f ${isProviderWell ? "fail" : "heal"} the provider · q quit`, "dim"]];
}

const COLUMNS: readonly (readonly [label: string, of: (tally: Tally) => number])[] = [
  ["calls", ({ calls }) => calls],
  ["good", ({ good }) => good],
  ["failed", ({ failed }) => failed],
  ["rejected", ({ rejected }) => rejected],
  ["probes", ({ probes }) => probes],
];
const NAME = 10;
const STATE = 23;
const MODE = 6;
const GAP = 2;

/** Each replica: its circuit, whether it shares, and what became of its callers. */
export function replicasTable(replicas: readonly ReplicaScene[]): Line[] {
  const labels = COLUMNS.map(([label]) => label.padStart(label.length + GAP)).join("");
  return [
    [[`${"process".padEnd(NAME)}${"circuit".padEnd(STATE)}${"Redis".padEnd(MODE)}${labels}`, "dim"]],
    ...replicas.map(replicaLine),
  ];
}

function replicaLine({ name, pid, isGone, shows, mode, waitMs, tally }: ReplicaScene): Line {
  const counts = COLUMNS.map(([label, of]) => String(of(tally)).padStart(label.length + GAP)).join("");
  const who = `${name}  ${pid}`.padEnd(NAME);
  if (isGone) return [who, ["gone".padEnd(STATE + MODE), "bad"], counts];
  const wait = waitMs > 0 ? `  probe in ${seconds(waitMs)}` : "";
  return [
    who,
    [`${SHAPE[shows]} ${shows}`, shows],
    wait.padEnd(Math.max(0, STATE - 2 - shows.length)),
    [mode.padEnd(MODE), mode === "shared" ? "closed" : "held"],
    counts,
  ];
}

function storeFailures(replicas: readonly ReplicaScene[]): Span {
  const failed = replicas.reduce((all, { tally: { storeFailed } }) => all + storeFailed, 0);
  return failed === 0 ? "0" : [String(failed), "bad"];
}

const MARKS: Readonly<Partial<Record<FleetEvent["kind"], string>>> = {
  fault: "▒",
  stopped: "▒",
  gone: "▒",
  store: "⇄",
};

/** An event as a line: when, who, what. */
export function fleetEventLine({ atMs, source, kind, shows, text }: FleetEvent): Line {
  const at = `${(atMs / 1_000).toFixed(3)} s`.padStart(9);
  const shape = shows === null ? (MARKS[kind] ?? "─") : SHAPE[shows];
  const tone = shows ?? (shape === "▒" ? "open" : kind === "store" ? "held" : "dim");
  return [[at, "dim"], "  ", source.padEnd(9), [shape, tone], ` ${text}`];
}
