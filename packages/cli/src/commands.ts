/** Every command of `recloser`. A new one is a file of its own and a line here. */
import type { Command } from "commander";
import { completionCommand } from "./completion/command.ts";
import { dashboardCommand } from "./dashboard/command.ts";
import { demoCommand } from "./demo/command.ts";
import { doctorCommand } from "./doctor/command.ts";
import { explainCommand } from "./explain/command.ts";
import { configCommand } from "./gateway/config-command.ts";
import { serveCommand } from "./gateway/serve-command.ts";
import { initCommand } from "./init/command.ts";
import { migrateCommand } from "./migrate/command.ts";
import { policyCommand } from "./policy/command.ts";
import type { Shell } from "./shell.ts";
import { auditCommand } from "./verbs/audit-command.ts";
import { checkCommand } from "./verbs/check-command.ts";
import { eventsCommand } from "./verbs/events-command.ts";
import { holdCommand, probeCommand, releaseCommand, resetCommand } from "./verbs/operator-commands.ts";
import { replayCommand } from "./replay/command.ts";
import { simulateCommand } from "./simulate/command.ts";
import { statusCommand } from "./verbs/status-command.ts";
import { waitCommand } from "./verbs/wait-command.ts";
import { watchCommand } from "./verbs/watch-command.ts";

/** As `--help` lists them: what is used every day first. */
export const COMMANDS: readonly ((shell: Shell) => Command)[] = [
  statusCommand,
  watchCommand,
  eventsCommand,
  auditCommand,
  holdCommand,
  releaseCommand,
  resetCommand,
  probeCommand,
  policyCommand,
  waitCommand,
  checkCommand,
  serveCommand,
  dashboardCommand,
  configCommand,
  initCommand,
  migrateCommand,
  doctorCommand,
  simulateCommand,
  replayCommand,
  demoCommand,
  explainCommand,
  (shell) => completionCommand(shell, () => COMMANDS.map((create) => create(shell))),
];
