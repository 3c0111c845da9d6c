/** `recloser serve` */
import { Command, Option } from "commander";
import type { Shell } from "../shell.ts";
import { addSettingOptions, configOption, givenFlags, SETTINGS_HELP } from "./setting-options.ts";
import { letRequestsDieYoung } from "./young-objects.ts";

interface Given {
  readonly config?: string;
  readonly json?: true;
}

export function serveCommand(shell: Shell): Command {
  const command = new Command("serve")
    .summary("the gateway: every program that is pointed at it is protected")
    .description(
      "Starts an HTTP proxy for LLM providers with the breaker in it. Without a configuration it takes the providers whose " +
        "API key is in the environment, and a simulated one that needs none.",
    )
    .addHelpText("before", EXAMPLES)
    .addOption(configOption())
    .addOption(new Option("--json", "what it listens on as one line of JSON on stdout").env("RECLOSER_SERVE_JSON"))
    .addHelpText("after", `${SETTINGS_HELP}\n${SIGNALS}`)
    .action(async (given: Given, self: Command) => {
      // Before anything is loaded: something is on the screen at once.
      shell.stderr.write("recloser serve\n");
      letRequestsDieYoung();
      const { serve } = await import("./serve.ts");
      await serve(shell, { file: given.config, flags: givenFlags(self) }, given.json === true);
    });
  return addSettingOptions(command);
}

const EXAMPLES = `Examples:
  recloser serve                                  providers whose key is in the environment
  recloser serve --config recloser.yaml           as the file says; SIGHUP reads it again
  recloser serve --port 9000 --log-pretty
  RECLOSER_STORE=redis://localhost recloser serve  circuits shared with other replicas
  OPENAI_BASE_URL=http://127.0.0.1:8787/v1 python app.py
`;

const SIGNALS = `
SIGHUP reads the configuration again; a wrong one is told and the old one kept. SIGTERM and Ctrl-C stop taking requests and
wait for those under way, for --drain at most; a second one ends it where it stands.
Exit codes: 0 stopped by SIGTERM, 1 not started, 2 wrong option, 130 stopped by Ctrl-C.`;
