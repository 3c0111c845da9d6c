/** `recloser check` */
import { Command, Option } from "commander";
import { CommandFailure } from "../command-failure.ts";
import { NAGIOS } from "../exit-code.ts";
import { wholeNumberBetween } from "../option-values.ts";
import type { Shell } from "../shell.ts";
import { addServerOptions, type ServerGiven } from "./server/options.ts";
import { addSourceOptions, type SourceGiven } from "./source/options.ts";

interface Given extends SourceGiven, ServerGiven {
  readonly critical: number;
}

export function checkCommand(shell: Shell): Command {
  const command = new Command("check")
    .summary("for monitors that speak Nagios: OK, WARNING, CRITICAL or UNKNOWN")
    .description(
      "One line with figures, then a line for each breaker that is not closed. Open is critical; half-open, held and rate-limited are a warning.",
    )
    .argument("[name...]", "a breaker, the beginning of its name, or a glob")
    .addOption(
      new Option("--critical <count>", "so many open ones are critical, fewer a warning")
        .default(1)
        .argParser(wholeNumberBetween("--critical", 1, 1_000_000))
        .env("RECLOSER_CHECK_CRITICAL"),
    )
    .addHelpText("before", EXAMPLES)
    .addHelpText(
      "after",
      "\nExit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (a wrong option, too, or no such breaker).",
    )
    .action(async (names: readonly string[], given: Given) => {
      const { withSource } = await import("./with-source.ts");
      const { checked } = await import("./check.ts");
      const { chosen } = await import("./status.ts");
      try {
        await withSource(shell, given, false, async ({ source }) => {
          const { nowMs, records } = chosen(await source.read(), names, source.absence);
          const { code, text } = checked(records, { nowMs, offsetMs: Date.now() - nowMs }, given.critical);
          shell.stdout.write(`${text}\n`);
          shell.exitWith(code);
        });
      } catch (error) {
        if (!(error instanceof CommandFailure)) throw error;
        shell.stdout.write(`RECLOSER UNKNOWN: ${error.message.replaceAll("|", "¦")}\n`);
        shell.exitWith(NAGIOS.unknown);
      }
    });
  return addServerOptions(addSourceOptions(command));
}

const EXAMPLES = `Examples:
  recloser check -s redis://localhost:6379
  recloser check 'openai:*' --critical 2
`;
