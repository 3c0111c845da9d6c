/** `recloser doctor` */
import { Command, Option } from "commander";
import type { Shell } from "../shell.ts";
import { addServerOptions, type ServerGiven } from "../verbs/server/options.ts";
import { addSourceOptions, type SourceGiven } from "../verbs/source/options.ts";
import { jsonOption } from "../verbs/status-command.ts";

export interface DoctorGiven extends SourceGiven, ServerGiven {
  readonly config?: string;
  readonly json?: true;
}

export function doctorCommand(shell: Shell): Command {
  const command = new Command("doctor")
    .summary("what is wrong with a set-up, why it matters, and what mends it")
    .description(
      "Looks at Node, the gateway's configuration, the store, the replicas, the circuits and a gateway that runs, as far as each is " +
        "named, and changes nothing. The store is that of -s, else that of the configuration.",
    )
    .addOption(
      new Option("--config <file>", "of the gateway; else recloser.yaml, where there is one").env("RECLOSER_CONFIG"),
    )
    .addOption(jsonOption())
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", AFTER)
    .action(async (given: DoctorGiven) => {
      // Before anything is loaded: something is on the screen at once.
      if (shell.stderr.isTTY) shell.stderr.write("recloser doctor\n");
      const { doctor } = await import("./doctor.ts");
      await doctor(shell, given);
    });
  return addServerOptions(addSourceOptions(command));
}

const EXAMPLES = `Examples:
  recloser doctor -s redis://localhost:6379                   the store and its replicas
  recloser doctor --config recloser.yaml                      the configuration, and the store that it names
  recloser doctor --server http://127.0.0.1:8788              a gateway that runs
  recloser doctor --json | jq '.checks[] | select(.level != "ok")'
`;

const AFTER = `
✓ well  ! works, and should be mended  ✖ does not work
Exit codes: 0 nothing is ✖, 1 something is, 2 wrong option, 130 stopped by Ctrl-C.`;
