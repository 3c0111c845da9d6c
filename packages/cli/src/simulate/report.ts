/** What `recloser simulate` says: the course, the table, and what to change. */
import { paint, type Line, wrap } from "../terminal/line.ts";
import { lengthText } from "../terminal/time-text.ts";
import { percent } from "../verbs/words.ts";
import { type Advice, adviceSentence } from "../tuning/comparison.ts";
import { type Played, SPREAD_MS } from "./play.ts";
import { plot, slicesIn } from "./plot.ts";
import type { Scenario } from "./scenario.ts";
import { seriesOf } from "./series.ts";
import { legend, table } from "./table.ts";

export interface Report {
  readonly scenario: Scenario;
  readonly seeds: number;
  /** In words: which policy is judged. */
  readonly from: string;
  /** The arms to draw are the first two: without a breaker, and with the policy. */
  readonly played: readonly Played[];
  /** Null: it was not asked for. */
  readonly advice: readonly Advice[] | null;
}

export function scenarioText(
  { replicas, perSecond, latencyText, errors, timeoutMs, forMs }: Scenario,
  seeds: number,
): string {
  return (
    `${replicas} replica${replicas === 1 ? "" : "s"}, ${perSecond} calls/s together, answers in ${latencyText}, ${percent(errors)} errors, ` +
    `callers wait ${lengthText(timeoutMs)}; ${lengthText(forMs)}, ${seeds === 1 ? "one seed" : `means of ${seeds} seeds, whose last outage ends up to ${lengthText(((seeds - 1) / seeds) * SPREAD_MS)} later`}`
  );
}

/** @param width columns of the screen */
export function terminalText(report: Report, width: number, colour: boolean): string {
  const { scenario, seeds, from, played, advice } = report;
  const columns = slicesIn(width);
  const drawn = played.slice(0, 2).map(({ arm, first }) => ({
    name: arm.name,
    slices: seriesOf(scenario, first, arm.policy !== false, columns),
  }));
  const lines: Line[] = [
    [["recloser simulate", "strong"], ` · ${scenarioText(scenario, seeds)}`],
    ...scenario.outages.map(({ text }): Line => [["outage ", "dim"], text]),
    [["policy ", "dim"], from],
    [],
    ...plot(drawn, scenario.forMs),
    [],
    ...table(played),
    ...legend(),
    ...(advice === null ? [] : [[], ...adviceLines(report, advice, width)]),
  ];
  return `${lines.map((line) => paint(line, Infinity, colour)).join("\n")}\n`;
}

function adviceLines(report: Report, advice: readonly Advice[], width: number): Line[] {
  return adviceTexts(report, advice).flatMap((text) =>
    wrap(text, Math.max(40, Math.min(110, width) - 2)).map((part, at): Line => [at === 0 ? part : `  ${part}`]),
  );
}

const CAVEAT =
  'This is judged on these outages alone. What trips sooner here trips sooner on a half-broken provider too: play that as well, such as --outage "503 40% from 60s for 120s".';

/** Sentences, also for a page. */
export function adviceTexts({ played, scenario }: Report, advice: readonly Advice[]): readonly string[] {
  const judged = played.find(({ arm }) => arm.policy !== false);
  const texts: string[] = [];
  if (scenario.outages.length > 0 && judged !== undefined && judged.figures.tripMs === null)
    texts.push(
      "In an outage here this policy turns nobody away: the provider gets every call, which is right only where enough of them are answered well (GOOD).",
    );
  texts.push(...advice.map(adviceSentence));
  const first = advice[0];
  if (first === undefined) texts.push("Nothing to change: no policy one step away is better on these figures.");
  else texts.push(CAVEAT, `Try it on the fleet: recloser policy set <breaker> ${first.change} --reason "simulated"`);
  return texts;
}
