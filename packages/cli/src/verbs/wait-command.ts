/** `recloser wait` */
import { Command, Option } from "commander";
import { durationUpTo, oneOf } from "../option-values.ts";
import type { Shell } from "../shell.ts";
import { addServerOptions, type ServerGiven } from "./server/options.ts";
import { addSourceOptions, type SourceGiven } from "./source/options.ts";
import { jsonOption } from "./status-command.ts";

const STATES = ["closed", "open", "half-open"] as const;
const LIMIT = "5m";
const LONGEST = "7d";

interface Given extends SourceGiven, ServerGiven {
  readonly for: (typeof STATES)[number];
  readonly timeout: number;
  readonly json?: true;
}

export function waitCommand(shell: Shell): Command {
  const command = new Command("wait")
    .summary("until callers find a breaker closed (or open), for scripts")
    .description(
      "Waits until callers find the breaker so, a hold included. A store that is away meanwhile is waited for, too.",
    )
    .argument("<name>", "a breaker, or the beginning of its name")
    .addOption(
      new Option("--for <state>", `one of ${STATES.join(", ")}`)
        .default("closed")
        .argParser(oneOf("--for", STATES))
        .env("RECLOSER_WAIT_FOR"),
    )
    .addOption(
      new Option("--timeout <duration>", `for how long at most, up to ${LONGEST}`)
        .default(durationUpTo("--timeout", LONGEST)(LIMIT), LIMIT)
        .argParser(durationUpTo("--timeout", LONGEST))
        .env("RECLOSER_WAIT_TIMEOUT"),
    )
    .addOption(jsonOption())
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", EXIT_CODES)
    .action(async (pattern: string, given: Given) => {
      const { withSource } = await import("./with-source.ts");
      await withSource(shell, given, true, async (work) => {
        const { waitFor } = await import("./wait.ts");
        const awaited = { pattern, state: given.for, limitMs: given.timeout };
        await waitFor(shell, work, awaited, given.json === true);
      });
    });
  return addServerOptions(addSourceOptions(command));
}

const EXAMPLES = `Examples:
  recloser wait openai:gpt-5 && ./run-the-batch.sh
  recloser wait openai:gpt-5 --for open --timeout 10s || echo "it did not trip"
`;

const EXIT_CODES = `
Exit codes: 0 it is so, 2 wrong option, 4 not let in, 5 store not reached, 6 no such breaker, 7 not so when the time was over,
130 stopped by Ctrl-C.`;
