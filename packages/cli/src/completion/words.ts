/** What can be typed after each command, for shells to complete. */
import type { Command } from "commander";

export interface CompletedCommand {
  /** `status`, or `config show`. */
  readonly name: string;
  readonly summary: string;
  /** Its commands, if it has any. */
  readonly inner: readonly string[];
  readonly options: readonly CompletedOption[];
  /** What its arguments may be, where that is known. */
  readonly choices: readonly string[];
}

export interface CompletedOption {
  readonly flag: string;
  readonly summary: string;
  /** Something follows it. */
  readonly takesValue: boolean;
}

export function completedCommands(commands: readonly Command[], parent = ""): CompletedCommand[] {
  return commands.flatMap((command) => {
    const name = `${parent}${command.name()}`;
    const own: CompletedCommand = {
      name,
      summary: command.summary(),
      inner: command.commands.map((inner) => inner.name()),
      options: command.options.flatMap((option) =>
        option.hidden || option.long === null || option.long === undefined
          ? []
          : [{ flag: option.long, summary: option.description, takesValue: option.required || option.optional }],
      ),
      choices: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
    };
    return [own, ...completedCommands(command.commands, `${name} `)];
  });
}
