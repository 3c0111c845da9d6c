/** `recloser hold`, `release`, `reset` and `probe`: an operator's word, for every replica. */
import { hostname, userInfo } from "node:os";
import { Argument, Command, Option } from "commander";
import type { OperatorCommand } from "recloser/inspect";
import { durationUpTo } from "../option-values.ts";
import type { Shell } from "../shell.ts";
import { UsageError } from "../usage-error.ts";
import { isGlob } from "./names.ts";
import { addServerOptions, type ServerGiven } from "./server/options.ts";
import { addSourceOptions, type SourceGiven } from "./source/options.ts";
import { jsonOption } from "./status-command.ts";

interface Given extends SourceGiven, ServerGiven {
  readonly by: string;
  readonly yes?: true;
  readonly new?: true;
  readonly json?: true;
}

interface HoldGiven extends Given {
  /** Infinity: until released. */
  readonly for: number;
  readonly reason?: string;
}

const HALF_AN_HOUR = "30m";
const LONGEST = "30d";
const FOR_EVER = "until-released";
const LONGEST_REASON = 500;

export function holdCommand(shell: Shell): Command {
  const command = new Command("hold")
    .summary("hold a breaker open or closed for every replica, for a while")
    .description(
      "Held open, callers get their fallback or CircuitOpenError; held closed, they reach the provider whatever the breaker finds. " +
        "What it finds goes on being computed beside it, and decides again when the hold ends.",
    )
    .argument("<name>", "a breaker, the beginning of its name, or (to hold open) a glob")
    .addArgument(new Argument("<state>", "what callers are to find").choices(["open", "closed"]))
    .addOption(new Option("--reason <text>", "why, for whoever finds it held; required").env("RECLOSER_REASON"))
    .addOption(
      new Option("--for <duration>", `for how long, up to ${LONGEST}, or ${FOR_EVER}`)
        .default(holdTime(HALF_AN_HOUR), HALF_AN_HOUR)
        .argParser(holdTime)
        .env("RECLOSER_FOR"),
    )
    .addOption(
      new Option("--new", "also a breaker without a record: one that never failed has none").env("RECLOSER_NEW"),
    )
    .addHelpText("before", HOLD_EXAMPLES)
    .action(async (name: string, state: "open" | "closed", given: HoldGiven) => {
      const reason = reasonOf(given.reason);
      if (state === "closed" && isGlob(name))
        throw new UsageError(
          "hold closed",
          "one breaker by its name: each sends callers to a provider that may be down",
          name,
        );
      const wanted: OperatorCommand = {
        type: state === "open" ? "force-open" : "force-closed",
        by: given.by,
        reason,
        ...(given.for !== Infinity && { for: given.for }),
      };
      await run(shell, name, wanted, given);
    });
  return complete(command);
}

export function releaseCommand(shell: Shell): Command {
  return plain(shell, "release", "clear-override", {
    summary: "end a hold: the breaker decides again",
    description:
      "Ends what recloser hold, a page or forceOpen() and forceClosed() began. What the breaker found meanwhile holds at once.",
    examples:
      "  recloser release openai:gpt-5\n  recloser release 'openai:*' --yes   all that are held, without a question\n",
  });
}

export function resetCommand(shell: Shell): Command {
  return plain(shell, "reset", "reset", {
    summary: "forget window, cooldown and rate limits, and close",
    description:
      "Makes the record as new: closed, nothing counted, the ladder of cooldowns at its beginning. Callers reach the provider at once; " +
      "if it is still down, it trips again by the same rules. A hold stays.",
    examples: "  recloser reset openai:gpt-5     the provider is known to be back, and the cooldown is long\n",
  });
}

export function probeCommand(shell: Shell): Command {
  return plain(shell, "probe", "probe-now", {
    summary: "end the cooldown: the next call is the probe",
    description:
      "Gentler than reset: one call is let through, and it alone decides whether the circuit closes or stays open. Nothing is sent by this command itself.",
    examples:
      "  recloser probe openai:gpt-5\n  recloser probe openai:gpt-5 && recloser wait openai:gpt-5 --for closed --timeout 1m\n",
  });
}

interface Texts {
  readonly summary: string;
  readonly description: string;
  readonly examples: string;
}

function plain(
  shell: Shell,
  name: string,
  type: "clear-override" | "reset" | "probe-now",
  { summary, description, examples }: Texts,
): Command {
  const command = new Command(name)
    .summary(summary)
    .description(description)
    .argument("<name>", "a breaker, the beginning of its name, or a glob")
    .addHelpText("before", `Examples:\n${examples}`)
    .action((pattern: string, given: Given) => run(shell, pattern, { type, by: given.by }, given));
  return complete(command);
}

function complete(command: Command): Command {
  command
    .addOption(
      new Option("--by <name>", "who does it, for the others")
        .default(self(), "you, on this machine")
        .env("RECLOSER_BY"),
    )
    .addOption(new Option("-y, --yes", "do not ask, where several breakers are meant").env("RECLOSER_YES"))
    .addOption(jsonOption())
    .addHelpText("after", EXIT_CODES);
  return addServerOptions(addSourceOptions(command));
}

async function run(shell: Shell, pattern: string, command: OperatorCommand, given: Given): Promise<void> {
  if (given.by.trim() === "") throw new UsageError("--by", "a name", given.by);
  const { withSource } = await import("./with-source.ts");
  await withSource(shell, given, false, async ({ source, signal }) => {
    const { operateOn } = await import("./operate.ts");
    const wanted = { pattern, command, mayBeNew: given.new === true, isSure: given.yes === true };
    await operateOn(shell, source, wanted, given.json === true, signal);
  });
}

/** @throws UsageError */
export function reasonOf(text: string | undefined): string {
  const reason = text?.trim() ?? "";
  if (reason === "" || reason.length > LONGEST_REASON)
    throw new UsageError(
      "--reason",
      `why it is held, in up to ${LONGEST_REASON} characters: others will find it so`,
      text ?? "",
    );
  return reason;
}

function holdTime(text: string): number {
  return text === FOR_EVER ? Infinity : durationUpTo("--for", LONGEST, "1s")(text);
}

/** Who it is, as far as this machine knows. */
export function self(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return hostname(); // a user id without a name, as in a container
  }
}

const HOLD_EXAMPLES = `Examples:
  recloser hold openai:gpt-5 open --reason "they announced maintenance" --for 2h
  recloser hold 'openai:*' open --reason "bill not paid" --for ${FOR_EVER} --yes
  recloser hold openai:gpt-5 closed --reason "false alarm, see INC-12"
`;

const EXIT_CODES = `
Exit codes: 0 done, or nothing to do, 1 done for some, 2 wrong option, 3 answered with no, 4 not let in, 5 store not reached,
6 no such breaker, 130 stopped by Ctrl-C.`;
