/** `recloser events` */
import { Command, Option } from "commander";
import type { Shell } from "../shell.ts";
import { addServerOptions, type ServerGiven } from "./server/options.ts";
import { addSourceOptions, type SourceGiven } from "./source/options.ts";

interface Given extends SourceGiven, ServerGiven {
  readonly follow?: true;
}

export function eventsCommand(shell: Shell): Command {
  const command = new Command("events")
    .summary("how breakers stand and, with -f, what happens to them, as lines of JSON")
    .description(
      "First a line of type state for each breaker, then with -f one for each change: transition, override, hold, probe. They are told " +
        "from the records: a state that lasts less than a moment may be missed. Instants are the store's, in epoch milliseconds.",
    )
    .argument("[name...]", "a breaker, the beginning of its name, or a glob")
    .addOption(new Option("-f, --follow", "go on until stopped").env("RECLOSER_FOLLOW"))
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", EXIT_CODES)
    .action(async (names: readonly string[], given: Given) => {
      const { withSource } = await import("./with-source.ts");
      const goesOn = given.follow === true;
      await withSource(shell, given, goesOn, async (work) => {
        const { events } = await import("./events.ts");
        await events(shell, work, names, goesOn);
      });
    });
  return addServerOptions(addSourceOptions(command));
}

const EXAMPLES = `Examples:
  recloser events -f -s redis://localhost:6379
  recloser events -f | jq -c 'select(.type == "transition" and .to == "open") | [.key, .evidence]'
`;

const EXIT_CODES = `
Exit codes: 0 shown, 2 wrong option, 4 not let in, 5 store not reached at the beginning, 6 no such breaker, 130 stopped by Ctrl-C.`;
