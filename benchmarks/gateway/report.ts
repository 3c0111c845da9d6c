/** A run as text: tables for the terminal, a page for the docs. */
import type { Spread } from "../figures.ts";
import { markdown, type Row, table } from "../table.ts";
import { BARE, CONTENDERS, DIRECT } from "./contenders.ts";
import { cpu, type Figures, type Of, p50, p99, rate, type Verdict } from "./figures.ts";
import { QUESTION_BYTES } from "./requests.ts";
import type { GatewayResult } from "./result.ts";

const COMMAND = "npm run bench -- gateway --write-docs";
const TARGET_HEAD: Row = ["target", "wanted", "measured", "min–max", ""];
const BUSY_HEAD: Row = ["", "requests a second", "min–max", "to bare", "CPU µs each", "to bare", "p50 ms", "p99 ms"];
const ALONE_HEAD: Row = ["", "p50 ms", "p99 ms", "added p50 ms", "min–max", "added p99 ms", "min–max"];
const STREAM_HEAD: Row = ["", "events a second", "min–max", "to bare", "CPU µs an event", "to bare"];
// A control that nobody touches varies as much on a quiet machine.
const MOST_DISTURBANCE = 1.5;

export function terminal(result: GatewayResult, figures: Figures): string {
  const parts = [
    table(BUSY_HEAD, busyRows(result, figures)),
    table(ALONE_HEAD, aloneRows(result, figures)),
    table(STREAM_HEAD, streamRows(result, figures)),
    table(TARGET_HEAD, targetRows(figures)),
    ...remarks(result, figures),
  ];
  return parts.join("\n\n");
}

/** The page under docs/reference. @param why what is to be said of a target that was missed, by its text's beginning */
export function page(result: GatewayResult, figures: Figures, why: Readonly<Record<string, string>>): string {
  const { cpu: model, cores, platform, node, v8 } = result.machine;
  const { rounds, durationMs } = result.effort;
  const versions = Object.entries(result.versions).map(([name, version]) => `${name} ${version}`);
  const missed = figures.verdicts().filter(({ met }) => !met);
  const parts = [
    "# Gateway benchmarks",
    `Written by \`${COMMAND}\`; do not edit. The raw samples are in [benchmarks/results](../../benchmarks/results).`,
    `${result.date.slice(0, 10)}, ${rounds} rounds of ${durationMs / 1_000} s for each figure, on ${model}, ${cores} cores, ${platform}, Node ${node} (V8 ${v8}). Versions: ${versions.join(", ")}.`,
    `Load, gateway and provider share the cores. The provider is a server that looks for a request's end and sends an answer that was made beforehand, the same for all. A request is a chat completion of ${QUESTION_BYTES} bytes, an answer one kilobyte, a stream ${result.events} events that are sent one turn of the event loop apart. Each contender takes its turn in each round, and another one begins; ratios and differences are taken within a round, and what is quoted is the median of the rounds. Quote the ratios, not the microseconds. wrk corrects its latencies for what a connection that is held up did not send meanwhile. CPU is what the system counts for the contender's process, user and system time of all its threads.`,
    contendersList(result),
    ...remarks(result, figures),
    "## Targets",
    markdown(TARGET_HEAD, targetRows(figures)),
    ...missed.flatMap(({ text }) => {
      const reason = Object.entries(why).find(([beginning]) => text.startsWith(beginning))?.[1];
      return reason === undefined ? [] : [`**${text}**: ${reason}`];
    }),
    "## Whole answers, 16 connections",
    "![Requests a second](charts/gateway-rate.svg)",
    "![Processor time for one request](charts/gateway-cpu.svg)",
    markdown(BUSY_HEAD, busyRows(result, figures)),
    "## A lone caller",
    "One connection, one request after the other: what is between costs its own time, and no queue.",
    "![Added to a lone caller's answer](charts/gateway-latency.svg)",
    markdown(ALONE_HEAD, aloneRows(result, figures)),
    "## Streams, 16 connections",
    markdown(STREAM_HEAD, streamRows(result, figures)),
    ...memoryPart(result),
  ];
  return `${parts.join("\n\n")}\n`;
}

function contendersList({ missing }: GatewayResult): string {
  const lines = CONTENDERS.filter(({ name }) => !(name in missing)).map(({ name, about }) => `- **${name}**: ${about}`);
  return [`- **${DIRECT}**: the load at the provider itself, with nobody between.`, ...lines].join("\n");
}

function memoryPart({ memory }: GatewayResult): string[] {
  const last = memory.at(-1);
  if (last === undefined) return [];
  const head: Row = ["requests", "heap after a collection, MB", "resident, MB"];
  const step = Math.ceil(memory.length / 10);
  const shown = memory.filter((_, at) => at % step === 0 || at === memory.length - 1);
  const mb = (bytes: number): string => number(bytes / 1_048_576);
  return [
    "## Memory",
    `${last.requests.toLocaleString("en")} requests to one process on 16 connections: of twenty, eighteen are whole answers, one is a stream, one is refused by the gateway.`,
    "![Memory over requests](charts/gateway-memory.svg)",
    markdown(
      head,
      shown.map((one) => [one.requests.toLocaleString("en"), mb(one.heapBytes), mb(one.residentBytes)]),
    ),
  ];
}

export function contendersOf({ missing }: GatewayResult): readonly string[] {
  return CONTENDERS.map(({ name }) => name).filter((name) => !(name in missing));
}

function busyRows(result: GatewayResult, figures: Figures): Row[] {
  const latency = (name: string, of: Of): string => number(figures.figure("busy", name, of).median / 1e3);
  return [DIRECT, ...contendersOf(result)].map((name) => {
    const rates = figures.figure("busy", name, rate);
    const times = name === DIRECT ? null : figures.figure("busy", name, cpu);
    return [
      name,
      number(rates.median),
      range(rates),
      toBare(figures, "busy", name, rate),
      times === null ? "" : number(times.median),
      times === null ? "" : toBare(figures, "busy", name, cpu),
      latency(name, p50),
      latency(name, p99),
    ];
  });
}

function aloneRows(result: GatewayResult, figures: Figures): Row[] {
  const ms = ({ median, min, max }: Spread): Spread => ({ median: median / 1e3, min: min / 1e3, max: max / 1e3 });
  return [DIRECT, ...contendersOf(result)].map((name) => {
    const own = [p50, p99].map((of) => number(ms(figures.figure("alone", name, of)).median));
    if (name === DIRECT) return [name, ...own];
    const added = [p50, p99].map((of) => ms(figures.added("alone", name, of)));
    return [name, ...own, ...added.flatMap((one) => [number(one.median), range(one)])];
  });
}

function streamRows(result: GatewayResult, figures: Figures): Row[] {
  const perSecond: Of = (sample) => rate(sample) * result.events;
  const cpuEach: Of = (sample) => cpu(sample) / result.events;
  return [DIRECT, ...contendersOf(result)].map((name) => {
    const events = figures.figure("stream", name, perSecond);
    const row = [name, number(events.median), range(events), toBare(figures, "stream", name, perSecond)];
    if (name === DIRECT) return row;
    return [...row, number(figures.figure("stream", name, cpuEach).median), toBare(figures, "stream", name, cpuEach)];
  });
}

function toBare(figures: Figures, id: "busy" | "stream", name: string, of: Of): string {
  return name === BARE ? "1" : number(figures.times(id, name, BARE, of).median);
}

function targetRows(figures: Figures): Row[] {
  return figures.verdicts().map(({ text, figure, limit, isLeast, met }: Verdict) => {
    const wanted = `${isLeast ? "≥" : "≤"} ${number(limit)}`;
    return [text, wanted, number(figure.median), range(figure), met ? "met" : "missed"];
  });
}

function remarks(result: GatewayResult, figures: Figures): string[] {
  const said = Object.entries(result.missing).map(([name, why]) => `${name} was not measured: ${why}`);
  const { min, max } = figures.figure("busy", BARE, cpu);
  if (max / min > MOST_DISTURBANCE) {
    said.push(
      `Other work disturbed this run: a request cost the bare pass-through ${number(max / min)} times as much processor time in its worst round as in its best. What is met or missed narrowly is undecided, and an added p99 is the machine's; CPU and the p50 of a lone caller suffer least. Repeat it on a quiet machine.`,
    );
  }
  return said;
}

function range({ min, max }: Spread): string {
  return min === max ? "" : `${number(min)}–${number(max)}`;
}

function number(value: number): string {
  if (value === 0) return "0";
  if (Math.abs(value) < 100) return value.toFixed(Math.abs(value) < 10 ? 2 : 1);
  return Math.round(value).toLocaleString("en");
}
