/** Reads a log once, plays it to the policy and to its neighbours at the same time, and says what they would have done. */
import { EXIT } from "../exit-code.ts";
import { CommandFailure } from "../command-failure.ts";
import { listenForInterruption } from "../interruption.ts";
import { looksOf, type Shell } from "../shell.ts";
import { jsonLine } from "../terminal/printable.ts";
import { adviceFrom, compare } from "../tuning/comparison.ts";
import { neighboursOf } from "../tuning/neighbours.ts";
import { type ChosenPolicies, merged, policiesOf } from "../tuning/policy-choice.ts";
import { progressOn } from "../tuning/progress.ts";
import { variantsOf } from "../tuning/variants.ts";
import { Candidate } from "./candidate.ts";
import type { Given } from "./command.ts";
import { COSTS } from "./costs.ts";
import { jsonText } from "./json.ts";
import { linesOf } from "./lines.ts";
import { Player } from "./player.ts";
import { readLine } from "./read-line.ts";
import { type BadLine, terminalText } from "./report.ts";

const BAD_TOLD = 10;
const DEFAULT_WIDTH = 100;
const SEED = 1;

export async function runReplay(shell: Shell, file: string, given: Given): Promise<void> {
  const chosen = await policiesOf(shell, given);
  if (chosen === null) return;
  const player = new Player();
  const [base, ...others] = candidatesOf(chosen, given, player) as [Candidate, ...Candidate[]];
  player.use([base, ...others]);
  const interruption = listenForInterruption();
  try {
    const read = await play(shell, file, player, interruption.signal);
    if (interruption.exitCode !== null) return shell.exitWith(interruption.exitCode);
    player.finish();
    const compared = others.map((other) => ({ other, name: other.name, ...compare(COSTS, base.tally, other.tally) }));
    const judged = compared.toSorted((a, b) => b.score - a.score);
    const report = {
      file,
      from: chosen.from,
      ...read,
      played: player,
      base,
      advice: adviceFrom(judged),
      others: judged.map(({ other }) => other),
    };
    const { stdout } = shell;
    if (given.json === true) stdout.write(jsonText(report));
    else stdout.write(terminalText(report, stdout.columns ?? DEFAULT_WIDTH, looksOf(shell).colour));
    if (player.calls === 0) throw new CommandFailure(EXIT.failed, `${file}: no call is told of in it`);
  } finally {
    interruption.release();
    for (const candidate of [base, ...others]) await candidate.close();
  }
}

function candidatesOf(chosen: ChosenPolicies, given: Given, { clock }: Player): readonly Candidate[] {
  const policy = merged(chosen.defaults, chosen.over);
  const swept = variantsOf(given.sweep ?? [], chosen.over);
  const variants = given.figuresOnly === true ? swept : swept.length > 0 ? swept : neighboursOf(policy, chosen.over);
  return [
    new Candidate("this policy", chosen, clock, SEED),
    ...variants.map(({ name, policy: over }) => new Candidate(name, { ...chosen, over }, clock, SEED)),
  ];
}

interface Read {
  readonly lines: number;
  readonly otherLines: number;
  readonly badLines: number;
  readonly bad: readonly BadLine[];
  readonly rejectedThen: number;
}

async function play(shell: Shell, file: string, player: Player, stop: AbortSignal): Promise<Read> {
  const source = await linesOf(file, shell.stdin ?? process.stdin);
  const progress = progressOn(shell);
  const bad: BadLine[] = [];
  let [lines, otherLines, badLines, rejectedThen] = [0, 0, 0, 0];
  try {
    for await (const batch of source.batches()) {
      if (stop.aborted) break;
      for (const text of batch) {
        lines++;
        if (text.trim() === "") continue;
        const line = readLine(text);
        if (line.is === "calls") {
          rejectedThen += line.rejected;
          for (const call of line.calls) player.add(call);
        } else if (line.is === "other") otherLines++;
        else if (badLines++ < BAD_TOLD) {
          const { field, expected, received } = line;
          bad.push({ line: lines, field, expected, received });
        }
      }
      progress.show(source.share, `${lines} lines`);
    }
  } finally {
    progress.clear();
  }
  for (const { line, field, expected, received } of bad)
    shell.stderr.write(`recloser: line ${line}: ${field}: expected ${expected}; received ${jsonLine(received)}\n`);
  if (badLines > bad.length) shell.stderr.write(`recloser: and ${badLines - bad.length} more bad lines\n`);
  return { lines, otherLines, badLines, bad, rejectedThen };
}
