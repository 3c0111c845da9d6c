/** `recloser explain` */
import { Command } from "commander";
import type { Shell } from "../shell.ts";
import { jsonOption } from "../verbs/status-command.ts";

export function explainCommand(shell: Shell): Command {
  return new Command("explain")
    .summary("what a code in a log means, and what to do")
    .description(
      "Explains the code of an error or of a warning, or a word that comes with one, such as probing. Without one it lists them.",
    )
    .argument("[code]", "such as ERR_CIRCUIT_OPEN, circuit-open, RECLOSER_STORE_ACCESS, or rate-limited")
    .addOption(jsonOption())
    .addHelpText("before", "Examples:\n  recloser explain ERR_CIRCUIT_OPEN\n  recloser explain probing\n")
    .addHelpText("after", "\nExit codes: 0 explained, 2 no such code.")
    .action(async (code: string | undefined, given: { readonly json?: true }) => {
      const { explain } = await import("./explain.ts");
      explain(shell, code, given.json === true);
    });
}
