/** Every command of `recloser`. A new one is a file of its own and a line here. */
import type { Command } from "commander";
import { demoCommand } from "./demo/command.ts";
import { configCommand } from "./gateway/config-command.ts";
import { serveCommand } from "./gateway/serve-command.ts";
import type { Shell } from "./shell.ts";
import { holdCommand, probeCommand, releaseCommand, resetCommand } from "./verbs/operator-commands.ts";
import { statusCommand } from "./verbs/status-command.ts";

/** As `--help` lists them: what is used every day first. */
export const COMMANDS: readonly ((shell: Shell) => Command)[] = [
  statusCommand,
  holdCommand,
  releaseCommand,
  resetCommand,
  probeCommand,
  serveCommand,
  configCommand,
  demoCommand,
];
