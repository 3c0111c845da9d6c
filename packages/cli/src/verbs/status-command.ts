/** `recloser status` */
import { Command, Option } from "commander";
import type { Shell } from "../shell.ts";
import { addServerOptions, type ServerGiven } from "./server/options.ts";
import { addSourceOptions, type SourceGiven } from "./source/options.ts";

interface Given extends SourceGiven, ServerGiven {
  readonly json?: true;
}

export function statusCommand(shell: Shell): Command {
  const command = new Command("status")
    .summary("what is open, since when, why, and until when")
    .description(
      "Shows the breakers that replicas share in a store, worst first; all there is to say of one when it is named.",
    )
    .argument("[name...]", "a breaker, the beginning of its name, or a glob such as 'openai:*'")
    .addOption(jsonOption())
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", AFTER)
    .action(async (names: readonly string[], given: Given) => {
      const { withSource } = await import("./with-source.ts");
      await withSource(shell, given, false, async ({ source }) => {
        const { status } = await import("./status.ts");
        await status(shell, source, names, given.json === true);
      });
    });
  return addServerOptions(addSourceOptions(command));
}

export function jsonOption(): Option {
  return new Option("--json", "JSON on stdout").env("RECLOSER_JSON");
}

const EXAMPLES = `Examples:
  recloser status -s redis://localhost:6379   every breaker, worst first
  recloser status openai:gpt-5                one of them, with its reasons
  recloser status 'openai:*' --json | jq '.breakers[] | select(.effectiveState != "closed") | .name'
`;

const AFTER = `
✖ open  ◐ half-open  ⚑ held by somebody, or by a rate limit  ● closed  ○ closed, no calls lately
A breaker that has never failed has no record, and is not shown.
Exit codes: 0 shown, 2 wrong option, 4 not let in, 5 store not reached, 6 no such breaker, 130 stopped by Ctrl-C.`;
