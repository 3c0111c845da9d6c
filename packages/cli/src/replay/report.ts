/** What `recloser replay` says: what was read, what the policy would have done, and what another one would. */
import { paint, type Line, wrap } from "../terminal/line.ts";
import { columnsOf, padded, printable, shortened } from "../terminal/printable.ts";
import { lengthText } from "../terminal/time-text.ts";
import { type Advice, adviceSentence } from "../tuning/comparison.ts";
import { percent } from "../verbs/words.ts";
import type { Candidate, Outage, Tally } from "./candidate.ts";
import { falseOnes, savedMs } from "./costs.ts";
import type { Player } from "./player.ts";

export interface BadLine {
  readonly line: number;
  readonly field: string;
  readonly expected: string;
  readonly received: string;
}

export interface Report {
  readonly file: string;
  /** In words: which policy is judged. */
  readonly from: string;
  readonly lines: number;
  readonly otherLines: number;
  readonly badLines: number;
  /** The first of them. */
  readonly bad: readonly BadLine[];
  readonly rejectedThen: number;
  readonly played: Pick<Player, "calls" | "failed" | "late" | "leftOut" | "fromMs" | "toMs" | "keys">;
  /** The policy that is judged. */
  readonly base: Candidate;
  /** The best first. */
  readonly others: readonly Candidate[];
  readonly advice: readonly Advice[];
}

const OUTAGES_SHOWN = 12;
const OTHERS_SHOWN = 5;

export function terminalText(report: Report, width: number, colour: boolean): string {
  const { base, others, advice } = report;
  const inner = Math.max(40, Math.min(110, width) - 2);
  const different = others.filter(({ tally }) => JSON.stringify(tally) !== JSON.stringify(base.tally));
  const lines: Line[] = [
    ...heading(report),
    [],
    ...outcome(base.tally, report.played.calls).map((text): Line => [text]),
    [],
    ...outageLines(base),
    ...(different.length === 0 ? [] : [...table([base, ...different.slice(0, OTHERS_SHOWN)]), []]),
    ...adviceTexts(report, advice).flatMap((text) =>
      wrap(text, inner).map((part, at): Line => [at === 0 ? part : `  ${part}`]),
    ),
  ];
  return `${lines.map((line) => paint(line, Infinity, colour)).join("\n")}\n`;
}

function heading({ file, from, lines, played, otherLines, badLines, rejectedThen }: Report): Line[] {
  const { calls, failed, fromMs, toMs, keys, late, leftOut } = played;
  const span = calls === 0 ? "" : `, ${new Date(fromMs).toISOString()} and ${lengthText(toMs - fromMs)} on`;
  const notes = [
    otherLines > 0 && `${otherLines} lines tell of no call`,
    badLines > 0 && `${badLines} bad lines were skipped`,
    late > 0 && `${late} calls came more than five minutes out of order`,
    leftOut > 0 && `${leftOut} calls of further breakers were left out`,
    rejectedThen > 0 && `${rejectedThen} were rejected at the time: what they would have met is not known`,
  ].filter((note) => note !== false);
  return [
    [["recloser replay", "strong"], ` · ${printable(file)} · ${lines} lines`],
    [`${calls} calls${calls === 0 ? "" : `, ${percent(failed / calls)} failed`}, of ${keys.size} breakers${span}`],
    ...(notes.length === 0 ? [] : [[[notes.join("; "), "dim"]] as Line]),
    [["policy ", "dim"], from],
  ];
}

function outcome(tally: Tally, calls: number): readonly string[] {
  const { rejected, saved, falselyRejected, givenUp, falselyGivenUp, trips, openMs } = tally;
  if (trips === 0 && rejected === 0) return ["It would have rejected nothing: no circuit would have opened."];
  const falseShare = rejected === 0 ? "" : ` (${percent(falselyRejected / rejected)} of the rejected)`;
  return [
    `It would have opened ${times(trips)}, for ${lengthText(openMs)} in all, and rejected ${rejected} calls (${percent(rejected / Math.max(1, calls))}).`,
    `Saved: ${saved} calls that failed, and ${lengthText(savedMs(tally))} of waiting for them.`,
    `Lost: ${falselyRejected} good answers${falseShare} while it was open${falselyGivenUp > 0 ? `, and ${falselyGivenUp} of ${givenUp} calls that it gave up when it tripped` : ""}.`,
  ];
}

function outageLines({ outages, tally }: Candidate): Line[] {
  if (outages.length === 0) return [];
  const shown = outages.slice(0, OUTAGES_SHOWN);
  const names = shown.map(({ key }) => shortened(printable(key), 40));
  const width = Math.max(...names.map(columnsOf));
  const rows = shown.map((outage, at): Line => [
    ["✖ ", "open"],
    `${new Date(outage.fromMs).toISOString()}  ${padded(names[at] as string, width)}  ${outage.reason.padEnd(20)}  `,
    endOf(outage),
  ]);
  const left = tally.trips - shown.length;
  return [...rows, ...(left > 0 ? [[[`  and ${left} more`, "dim"]] as Line] : []), []];
}

function endOf({ fromMs, toMs }: Outage): string {
  return toMs === null ? "not closed again" : `closed after ${lengthText(toMs - fromMs)}`;
}

const HEADS = ["POLICY", "OPENED", "REJECTED", "SAVED", "WAITING", "LOST"] as const;

function table(candidates: readonly Candidate[]): Line[] {
  const rows = [
    HEADS,
    ...candidates.map(({ name, tally }) => [
      name,
      ...[tally.trips, tally.rejected, tally.saved].map(String),
      lengthText(savedMs(tally)),
      String(falseOnes(tally)),
    ]),
  ];
  const widths = HEADS.map((_, at) => Math.max(...rows.map((row) => columnsOf(row[at] as string))));
  const meaning: Line = [["saved: calls that failed; waiting: for them; lost: good answers", "dim"]];
  return [
    ...rows.map((row, line): Line => {
      const cells = row.map((cell, at) =>
        at === 0 ? padded(cell, widths[0] as number) : cell.padStart(widths[at] as number),
      );
      return line === 0 ? [[cells.join("  "), "dim"]] : [cells.join("  ")];
    }),
    meaning,
  ];
}

function adviceTexts({ others, played }: Report, advice: readonly Advice[]): readonly string[] {
  if (others.length === 0 || played.calls === 0) return [];
  const first = advice[0];
  if (first === undefined) return ["Nothing to change: no policy that was tried is better on this traffic."];
  return [
    ...advice.map(adviceSentence),
    `See it in a simulation: recloser simulate --set ${first.change}`,
    `Try it on the fleet: recloser policy set <breaker> ${first.change} --reason "replayed"`,
  ];
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
