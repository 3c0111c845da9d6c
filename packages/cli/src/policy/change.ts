/** Carries a change of the fleet's policies out, and says what came of it. */
import { InvalidOptionError } from "recloser";
import type { PolicyChanged, PolicyCommand } from "recloser/inspect";
import { CommandFailure } from "../command-failure.ts";
import { EXIT } from "../exit-code.ts";
import { looksOf, type Shell } from "../shell.ts";
import { paint } from "../terminal/line.ts";
import { jsonLine, printable } from "../terminal/printable.ts";
import { confirmed } from "../verbs/confirm.ts";
import { globOf, isGlob, quoted } from "../verbs/names.ts";
import type { BreakerSource, PoliciesFound, PolicySource } from "../verbs/source/source.ts";
import { optionLines } from "./option-lines.ts";
import { reportedBy } from "./reported.ts";

export interface How {
  /** Several are meant, and nobody is asked. */
  readonly isSure: boolean;
  readonly json: boolean;
}

/** @throws CommandFailure when nothing was done, or it was not written down */
export async function changeFleet(
  shell: Shell,
  source: BreakerSource,
  command: PolicyCommand,
  { isSure, json }: How,
  signal: AbortSignal,
): Promise<void> {
  const policies = policiesOf(source);
  const names = await meantNow(source, policies, command.pattern);
  if (names.length > 1 && !isSure) await ask(shell, command, names, signal);
  if (signal.aborted) return;
  const changed = await change(policies, command);
  if (json) shell.stdout.write(`${jsonLine(asJson(command, names, changed))}\n`);
  else tell(shell, command, changed);
  for (const hint of hintsFor(command, names, changed)) shell.stderr.write(`recloser: ${hint}\n`);
  if (changed.audited === false)
    throw new CommandFailure(
      EXIT.failed,
      "it is done, but the store did not take it into the history: the audit lacks it",
    );
}

/** @throws CommandFailure where the source has none */
export function policiesOf({ policies, label }: BreakerSource): PolicySource {
  if (policies !== undefined) return policies;
  throw new CommandFailure(EXIT.usage, `${label} keeps no policies: name the store that the replicas share (-s)`);
}

async function change(policies: PolicySource, command: PolicyCommand): Promise<PolicyChanged> {
  try {
    return await policies.change(command);
  } catch (error) {
    if (InvalidOptionError.is(error)) throw new CommandFailure(EXIT.usage, printable(error.message));
    throw error;
  }
}

// Breakers that are known: to the store, which has those that failed, and to the replicas that told of themselves.
async function meantNow(source: BreakerSource, policies: PolicySource, pattern: string): Promise<readonly string[]> {
  const [{ records }, found] = await Promise.all([source.read(), policies.read()]);
  const known = new Set([...records.map(({ name }) => name), ...toldIn(found)]);
  const fits = isGlob(pattern) ? globOf(pattern) : null;
  return [...known].filter((name) => (fits === null ? name === pattern : fits.test(name))).toSorted();
}

function toldIn({ replicas }: PoliciesFound): readonly string[] {
  return (replicas ?? []).flatMap((replica) => reportedBy(replica).map(({ key }) => key));
}

async function ask(
  shell: Shell,
  { type }: PolicyCommand,
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const list = names.map((name) => `  ${printable(name)}\n`).join("");
  const question = `${list}recloser: ${type === "set" ? "set it for" : "take it back from"} these ${names.length}, and any that come?`;
  const answer = await confirmed(shell, question, signal);
  if (answer === null)
    throw new CommandFailure(
      EXIT.usage,
      `${names.length} breakers are meant, and there is nobody to ask: --yes does it\n${list.trimEnd()}`,
    );
  if (!answer) throw new CommandFailure(EXIT.cancelled, "nothing was changed");
}

function tell(shell: Shell, { pattern }: PolicyCommand, { after, nowMs }: PolicyChanged): void {
  const { colour } = looksOf(shell);
  const times = { nowMs, offsetMs: Date.now() - nowMs };
  const head = [[printable(pattern), "strong"], after.length === 0 ? "  nothing is set for it" : ""] as const;
  for (const line of [head, ...optionLines(after, times)]) shell.stdout.write(`${paint(line, Infinity, colour)}\n`);
}

function asJson(command: PolicyCommand, names: readonly string[], changed: PolicyChanged): object {
  const { before, after, nowMs, audited } = changed;
  return { key: command.pattern, breakers: names, before, options: after, audited, atMs: nowMs };
}

function hintsFor(command: PolicyCommand, names: readonly string[], { before }: PolicyChanged): readonly string[] {
  const hints: string[] = [];
  if (command.type === "unset") {
    const isThere = before.some(({ option }) => command.options?.includes(option) ?? true);
    return isThere ? [] : [`nothing of it was set for ${quoted(command.pattern)}`];
  }
  if (names.length === 0)
    hints.push(`no breaker is known that ${quoted(command.pattern)} means: it is for those that come. recloser status`);
  const { mode } = command.options;
  if (mode === "observe")
    hints.push("calls are no longer rejected: callers reach the provider also while a circuit is open");
  if (mode === "off") hints.push("calls are no longer rejected, nor counted");
  return hints;
}
