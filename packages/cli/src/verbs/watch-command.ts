/** `recloser watch` */
import { Command } from "commander";
import type { Shell } from "../shell.ts";
import { addServerOptions, type ServerGiven } from "./server/options.ts";
import { addSourceOptions, type SourceGiven } from "./source/options.ts";

export function watchCommand(shell: Shell): Command {
  const command = new Command("watch")
    .summary("status, live: redrawn as it changes")
    .description(
      "Redraws the table of recloser status as it changes; where stdout is no terminal, prints a line for each change. q ends it.",
    )
    .argument("[name...]", "a breaker, the beginning of its name, or a glob")
    .addHelpText(
      "before",
      "Examples:\n  recloser watch -s redis://localhost:6379\n  recloser watch 'openai:*' | tee -a incident.log\n",
    )
    .addHelpText(
      "after",
      "\nExit codes: 0 ended by q, 2 wrong option, 4 not let in, 5 store not reached at the beginning, 6 no such breaker, 130 stopped by Ctrl-C.",
    )
    .action(async (names: readonly string[], given: SourceGiven & ServerGiven) => {
      const { withSource } = await import("./with-source.ts");
      await withSource(shell, given, true, async (work) => {
        const { watch } = await import("./watch.ts");
        await watch(shell, work, names);
      });
    });
  return addServerOptions(addSourceOptions(command));
}
