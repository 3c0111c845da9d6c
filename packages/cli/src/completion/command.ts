/** `recloser completion` */
import { Argument, Command } from "commander";
import type { Shell } from "../shell.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

/** @param others every command that is to be completed */
export function completionCommand(shell: Shell, others: () => readonly Command[]): Command {
  return new Command("completion")
    .summary("what bash, zsh or fish reads to complete commands and options")
    .description(
      "Prints a script for the shell. It knows commands and options; names of breakers are nobody's to know before they are asked for.",
    )
    .addArgument(new Argument("<shell>", "which").choices(SHELLS))
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", "\nExit codes: 0 printed, 2 no such shell.")
    .action(async (name: (typeof SHELLS)[number]) => {
      const [{ completedCommands }, scripts] = await Promise.all([import("./words.ts"), import("./scripts.ts")]);
      const commands = completedCommands(others());
      const made = { bash: scripts.bashScript, zsh: scripts.zshScript, fish: scripts.fishScript };
      shell.stdout.write(made[name](commands));
    });
}

const EXAMPLES = `Examples:
  source <(recloser completion bash)                                      in ~/.bashrc
  source <(recloser completion zsh)                                       in ~/.zshrc
  recloser completion fish > ~/.config/fish/completions/recloser.fish
`;
