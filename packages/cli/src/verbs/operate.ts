/** Carries an operator's word out, and says what came of it. */
import type { Operated, OperatorCommand, StoredRecord } from "recloser/inspect";
import { CommandFailure } from "../command-failure.ts";
import { EXIT } from "../exit-code.ts";
import { looksOf, type Shell } from "../shell.ts";
import { paint } from "../terminal/line.ts";
import { jsonLine, printable } from "../terminal/printable.ts";
import { confirmed } from "./confirm.ts";
import { isGlob, namesMeant, namesOf } from "./names.ts";
import type { BreakerSource } from "./source/source.ts";
import { standingOf } from "./standing.ts";
import { lengthText } from "../terminal/time-text.ts";
import { nextText, overrideText, type Times } from "./words.ts";

export interface Wanted {
  readonly pattern: string;
  readonly command: OperatorCommand;
  /** A breaker that has no record is meant by its whole name. */
  readonly mayBeNew: boolean;
  /** Several are meant, and nobody is asked. */
  readonly isSure: boolean;
}

/** @throws CommandFailure when nothing was done, or not all */
export async function operateOn(
  shell: Shell,
  source: BreakerSource,
  wanted: Wanted,
  json: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { command } = wanted;
  const names = meant(wanted, (await source.read()).records, source.absence);
  if (names.length > 1 && !wanted.isSure) await askFor(shell, command, names, signal);
  let done = 0;
  for (const name of names) {
    if (signal.aborted) return;
    try {
      tell(shell, name, command, await source.operate(name, command), json);
      done++;
    } catch (error) {
      if (done === 0 || !(error instanceof CommandFailure)) throw error;
      throw new CommandFailure(EXIT.failed, `done for ${done} of ${names.length} breakers: ${error.message}`);
    }
  }
}

// What need not be done to a breaker is not done by a glob.
function meant(
  { pattern, command, mayBeNew }: Wanted,
  records: readonly StoredRecord[],
  absence: string,
): readonly string[] {
  const names = namesOf(records);
  if (mayBeNew && !isGlob(pattern) && !names.some((name) => printable(name) === pattern)) return [pattern];
  const found = namesMeant(pattern, names, absence);
  if (!isGlob(pattern)) return found;
  const touched = new Set(records.filter((record) => concerns(command, record)).map(({ name }) => name));
  const left = found.filter((name) => touched.has(name));
  if (left.length > 0) return left;
  throw new CommandFailure(
    EXIT.noSuchBreaker,
    `none of the ${found.length} breakers that ${JSON.stringify(pattern)} means is ${CONCERN[command.type]}`,
  );
}

function concerns(command: OperatorCommand, { override, state }: StoredRecord): boolean {
  if (command.type === "clear-override") return override !== null;
  return command.type === "probe-now" ? state === "open" : true;
}

const CONCERN: Readonly<Record<OperatorCommand["type"], string>> = {
  "force-open": "there",
  "force-closed": "there",
  "clear-override": "held",
  reset: "there",
  "probe-now": "open",
};

const QUESTION: Readonly<Record<OperatorCommand["type"], string>> = {
  "force-open": "hold open",
  "force-closed": "hold closed",
  "clear-override": "release",
  reset: "reset",
  "probe-now": "probe",
};

async function askFor(
  shell: Shell,
  command: OperatorCommand,
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const list = names.map((name) => `  ${printable(name)}\n`).join("");
  const question = `${list}recloser: ${QUESTION[command.type]} these ${names.length}?`;
  const answer = await confirmed(shell, question, signal);
  if (answer === null)
    throw new CommandFailure(
      EXIT.usage,
      `${names.length} breakers are meant, and there is nobody to ask: --yes does it\n${list.trimEnd()}`,
    );
  if (!answer) throw new CommandFailure(EXIT.cancelled, "nothing was changed");
}

function tell(shell: Shell, name: string, command: OperatorCommand, operated: Operated, json: boolean): void {
  const { after, changed, audited, nowMs } = operated;
  if (audited === false)
    shell.stderr.write("recloser: it is done, but could not be written down: recloser audit says why\n");
  if (json) {
    shell.stdout.write(`${jsonLine({ name, changed, audited, atMs: nowMs, breaker: after })}\n`);
    return;
  }
  const { shape, word, tone } = standingOf(after);
  const times = { nowMs, offsetMs: Date.now() - nowMs };
  const { colour } = looksOf(shell);
  const rest = after.override === null ? nextText(after, times) : overrideText(after.override, times);
  const line = paint(
    [[`${shape} `, tone], [printable(name), "strong"], "  ", [word, tone], rest === "" ? "" : `  ${rest}`],
    Infinity,
    colour,
  );
  shell.stdout.write(`${line}\n`);
  const hint = hintFor(name, command, operated, times);
  if (hint !== null) shell.stderr.write(`recloser: ${hint}\n`);
}

function hintFor(
  name: string,
  command: OperatorCommand,
  { before, after, changed }: Operated,
  times: Times,
): string | null {
  switch (command.type) {
    case "force-open":
      return `callers get their fallback, or CircuitOpenError${rateText(before)}; end it sooner: recloser release ${quotedForShell(name)}`;
    case "force-closed":
      return after.state === "closed"
        ? null
        : `callers reach the provider though the breaker is ${after.state}: ${after.evidence?.summary ?? "by its last failures"}`;
    case "clear-override":
      return changed ? null : "it was not held";
    case "reset":
      return after.override === null ? null : `it is still held ${overrideText(after.override, times)}`;
    case "probe-now":
      return changed
        ? "the next call is the probe; whether it passed: recloser wait … --for closed"
        : PROBE_NOTHING[after.state];
  }
}

const PROBE_NOTHING: Readonly<Record<StoredRecord["state"], string>> = {
  closed: "it is closed, there is nothing to probe",
  "half-open": "the next call is the probe already",
  open: "it is open",
};

function rateText(before: StoredRecord | null): string {
  const { calls } = before?.window ?? { calls: 0 };
  const windowMs = before?.rules?.windowMs ?? 0;
  if (calls === 0 || windowMs === 0) return "";
  const perSecond = (calls / windowMs) * 1_000;
  return `, about ${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)} calls/s as of the last ${lengthText(windowMs)}`;
}

function quotedForShell(name: string): string {
  const shown = printable(name);
  return /^[\w:./@%+-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", String.raw`'\''`)}'`;
}
