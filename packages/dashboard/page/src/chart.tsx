/** The recent past of a breaker as a plot, and the same as a table. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { BreakerView, EventView, SamplePoint } from "../../src/views/wire.ts";
import { spansOf } from "./ribbon.tsx";
import { recordNames } from "./words.ts";
import type { ServerClock } from "./server-clock.ts";
import { percent, time } from "./words.ts";

const HEIGHT = 160;
const MINUTE_MS = 60_000;

/** How far back a plot goes. */
export const RANGES: readonly (readonly [label: string, ms: number])[] = [
  ["15 min", 15 * MINUTE_MS],
  ["1 h", 60 * MINUTE_MS],
  ["6 h", 360 * MINUTE_MS],
  ["24 h", 1_440 * MINUTE_MS],
];

interface Props {
  /** How far back, milliseconds. */
  readonly pastMs: number;
  readonly points: readonly SamplePoint[];
  readonly view: BreakerView;
  readonly events: readonly EventView[];
  readonly clock: ServerClock;
}

export function Chart(props: Props): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const plot = useRef<uPlot | null>(null);
  useEffect(() => {
    const element = place.current as HTMLElement;
    const made = new uPlot(optionsFor(element, latest), [[], []], element);
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
    };
  }, []);
  useEffect(() => {
    const { points } = props;
    plot.current?.setData([
      points.map(({ atMs }) => atMs / 1_000),
      points.map(({ calls, failures }) => (calls === 0 ? null : (failures / calls) * 100)),
    ]);
  }, [props.points, props.pastMs]);
  return (
    <figure class="chart">
      <figcaption>Share of calls that failed</figcaption>
      <div ref={place} class="plot" aria-hidden="true" />
      <details>
        <summary>As a table</summary>
        <PointTable points={props.points} />
      </details>
    </figure>
  );
}

function PointTable({ points }: { readonly points: readonly SamplePoint[] }): JSX.Element {
  const told = points.filter(({ calls, rejected }) => calls > 0 || rejected > 0).toReversed();
  if (told.length === 0) return <p class="empty">No calls in this time.</p>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Share of calls that failed">
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Failed</th>
            <th scope="col">Of calls</th>
            <th scope="col">Not made</th>
          </tr>
        </thead>
        <tbody>
          {told.map(({ atMs, calls, failures, rejected }) => (
            <tr key={atMs}>
              <th scope="row">{time(atMs)}</th>
              <td>{calls === 0 ? "" : percent(failures / calls)}</td>
              <td>{calls}</td>
              <td>{rejected}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function optionsFor(element: HTMLElement, latest: { readonly current: Props }): uPlot.Options {
  const colour = (name: string): string => getComputedStyle(element).getPropertyValue(name);
  const axis: uPlot.Axis = {
    stroke: () => colour("--faint"),
    grid: { stroke: () => colour("--line"), width: 1 },
    ticks: { show: false },
    font: "11px system-ui, sans-serif",
  };
  return {
    width: element.clientWidth || 300,
    height: HEIGHT,
    cursor: { show: false },
    legend: { show: false },
    padding: [8, 8, 0, 0],
    scales: {
      x: {
        range: () => {
          const nowS = latest.current.clock.now() / 1_000;
          return [nowS - latest.current.pastMs / 1_000, nowS];
        },
      },
      y: { range: [0, 100] },
    },
    axes: [
      { ...axis, values: (_plot, seconds) => seconds.map((s) => time(s * 1_000).slice(0, 5)), space: 70, size: 26 },
      { ...axis, values: (_plot, shares) => shares.map((share) => `${share} %`), size: 46, incrs: [25, 50] },
    ],
    series: [{}, { stroke: () => colour("--text"), width: 1.5, fill: () => colour("--fill"), points: { show: false } }],
    hooks: {
      drawClear: [(plot) => drawStates(plot, latest.current, colour)],
      draw: [(plot) => drawRule(plot, latest.current, colour)],
    },
  };
}

function drawStates(plot: uPlot, { view, events, clock, pastMs }: Props, colour: (name: string) => string): void {
  const { ctx, bbox } = plot;
  const nowMs = clock.now();
  ctx.save();
  ctx.globalAlpha = 0.22;
  for (const span of spansOf(recordNames(view), events, view.state, nowMs - pastMs, nowMs)) {
    if (span.state === "closed") continue;
    const from = plot.valToPos(span.fromMs / 1_000, "x", true);
    const to = plot.valToPos(span.toMs / 1_000, "x", true);
    ctx.fillStyle = colour(span.state === "open" ? "--open" : "--half");
    ctx.fillRect(from, bbox.top, Math.max(1, to - from), bbox.height);
  }
  ctx.restore();
}

function drawRule(plot: uPlot, { view }: Props, colour: (name: string) => string): void {
  const { failureRate } = view.rules;
  if (failureRate === null) return;
  const { ctx, bbox } = plot;
  const y = plot.valToPos(failureRate * 100, "y", true);
  ctx.save();
  ctx.strokeStyle = colour("--open");
  ctx.setLineDash([6, 5]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
