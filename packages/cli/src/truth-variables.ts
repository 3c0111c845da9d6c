/** Variables of options that are given or not: commander takes each that is set for a yes, `RECLOSER_JSON=false` too. */
import type { Command } from "commander";
import type { Shell } from "./shell.ts";
import { UsageError } from "./usage-error.ts";

const WORDS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "1", "yes", "on"].map((word) => [word, true] as const),
  ...["false", "0", "no", "off", ""].map((word) => [word, false] as const),
]);

/** @throws UsageError naming the variable */
export function truthOf(variable: string, text: string): boolean {
  const value = WORDS.get(text.trim().toLowerCase());
  if (value === undefined) throw new UsageError(variable, "true, 1, yes or on, or false, 0, no, off or nothing", text);
  return value;
}

/** Gives each such option of a command the value that its variable says, unless the command line has it. @throws UsageError */
export function readTruthVariables(command: Command, env: Shell["env"]): void {
  for (const option of command.options) {
    const { envVar } = option;
    if (option.required || option.optional || envVar === undefined) continue;
    const name = option.attributeName();
    if (command.getOptionValueSource(name) === "cli") continue;
    const value = truthOf(envVar, env[envVar] ?? "") || undefined;
    command.setOptionValueWithSource(name, value, value === undefined ? undefined : "env");
  }
}
