/** The course of a run as a picture that stands by itself, on a light page and a dark one. */
import type { CircuitState } from "recloser";
import type { Report } from "./report.ts";
import { seriesOf, type Slice } from "./series.ts";

const SLICES = 240;
const WIDTH = 800;
const LEFT = 90;
const PLOT = WIDTH - LEFT - 20;
const CURVE = 90;
const RIBBON = 14;
const GAP = 26;
const TOP = 40;

// The dashboard's colours, told apart also by who sees few.
const STYLE = `text{font:12px sans-serif;fill:#333}.t{font-weight:bold;font-size:14px}.m{fill:#777}.closed{fill:#2563eb}.half-open{fill:#b77900}.open{fill:#a3123a}.fault{fill:#a3123a;opacity:.12}.good{fill:none;stroke:#2563eb;stroke-width:1.5}.wasted{fill:none;stroke:#a3123a;stroke-width:1.5}.axis{stroke:#bbb}
@media (prefers-color-scheme:dark){text{fill:#d0d0d0}.m{fill:#999}.closed{fill:#60a5fa}.half-open{fill:#facc15}.open{fill:#fb5a6c}.fault{fill:#fb5a6c}.good{stroke:#60a5fa}.wasted{stroke:#fb5a6c}.axis{stroke:#555}}`;

export function svgText({ scenario, played }: Report): string {
  const runs = played.slice(0, 2).map(({ arm, first }) => ({
    name: arm.name,
    slices: seriesOf(scenario, first, arm.policy !== false, SLICES),
  }));
  const most = Math.max(
    0.001,
    ...runs.flatMap(({ slices }) => slices.flatMap((slice) => [slice.goodPerSecond, slice.wastedPerSecond])),
  );
  const block = CURVE + RIBBON + GAP + 18;
  const height = TOP + runs.length * block + 30;
  const x = (ms: number): number => LEFT + (ms / scenario.forMs) * PLOT;
  const parts = scenario.outages.map(
    ({ fromMs, toMs }) =>
      `<rect class="fault" x="${px(x(fromMs))}" y="${TOP}" width="${px(x(toMs) - x(fromMs))}" height="${height - TOP - 30}"/>`,
  );
  for (const [at, { name, slices }] of runs.entries()) parts.push(runParts(name, slices, TOP + at * block, most));
  for (let mark = 0; mark <= 8; mark++) {
    const ms = (scenario.forMs * mark) / 8;
    parts.push(
      `<text class="m" x="${px(x(ms))}" y="${height - 8}" text-anchor="middle">${Math.round(ms / 1_000)} s</text>`,
    );
  }
  const title = "Good answers (blue) and wasted calls (red) per second; shaded: the outage";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}"><style>${STYLE}</style>\n<text class="t" x="12" y="22">${title}</text>\n${parts.join("\n")}\n</svg>\n`;
}

function runParts(name: string, slices: readonly Slice[], top: number, most: number): string {
  const width = PLOT / slices.length;
  const base = top + 18 + CURVE;
  const line = (of: "goodPerSecond" | "wastedPerSecond", kind: string): string => {
    const points = slices.map(
      (slice, at) => `${px(LEFT + (at + 0.5) * width)},${px(base - (slice[of] / most) * CURVE)}`,
    );
    return `<polyline class="${kind}" points="${points.join(" ")}"/>`;
  };
  const ribbon = stretches(slices).map(
    ({ state, from, to }) =>
      `<rect class="${state}" x="${px(LEFT + from * width)}" y="${base + 4}" width="${px((to - from) * width)}" height="${RIBBON}"><title>${state}</title></rect>`,
  );
  return [
    `<text class="t" x="${LEFT}" y="${top + 13}">${escaped(name)}</text>`,
    `<text class="m" x="${LEFT - 8}" y="${top + 28}" text-anchor="end">${most.toFixed(1)}/s</text>`,
    `<line class="axis" x1="${LEFT}" y1="${base}" x2="${LEFT + PLOT}" y2="${base}"/>`,
    line("goodPerSecond", "good"),
    line("wastedPerSecond", "wasted"),
    ...(ribbon.length === 0
      ? []
      : [`<text class="m" x="${LEFT - 8}" y="${base + 15}" text-anchor="end">breaker</text>`]),
    ...ribbon,
  ].join("\n");
}

function stretches(slices: readonly Slice[]): { state: CircuitState; from: number; to: number }[] {
  const found: { state: CircuitState; from: number; to: number }[] = [];
  for (const [at, { state }] of slices.entries()) {
    if (state === null) continue;
    const last = found.at(-1);
    if (last?.state === state) last.to = at + 1;
    else found.push({ state, from: at, to: at + 1 });
  }
  return found;
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
