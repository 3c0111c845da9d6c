/** `recloser init` */
import { Argument, Command, Option } from "commander";
import { wholeNumberBetween } from "../option-values.ts";
import type { Shell } from "../shell.ts";

export interface InitGiven {
  readonly provider?: readonly string[];
  readonly store?: string;
  readonly namespace?: string;
  readonly port?: number;
  readonly adminPort?: number;
  readonly force?: true;
  readonly yes?: true;
}

export function initCommand(shell: Shell): Command {
  return new Command("init")
    .summary("write a commented configuration for the gateway")
    .description(
      "Asks on a terminal for what was not given; elsewhere, and with --yes, takes the providers whose API key is in the environment, " +
        "or OpenAI. No secret is written: keys stay in variables.",
    )
    .addArgument(new Argument("[file]", "where to").default("recloser.yaml"))
    .addOption(new Option("--provider <name...>", "such as openai anthropic groq ollama").env("RECLOSER_INIT_PROVIDER"))
    .addOption(new Option("-s, --store <url>", "memory:, redis://… or postgres://…").env("RECLOSER_INIT_STORE"))
    .addOption(
      new Option("-n, --namespace <name>", "keeps two applications in one store apart").env("RECLOSER_INIT_NAMESPACE"),
    )
    .addOption(
      new Option("--port <number>", "of the data port")
        .argParser(wholeNumberBetween("--port", 1, 65_535))
        .env("RECLOSER_INIT_PORT"),
    )
    .addOption(
      new Option("--admin-port <number>", "of the admin port")
        .argParser(wholeNumberBetween("--admin-port", 1, 65_535))
        .env("RECLOSER_INIT_ADMIN_PORT"),
    )
    .addOption(new Option("--force", "overwrite the file").env("RECLOSER_INIT_FORCE"))
    .addOption(new Option("-y, --yes", "ask nothing").env("RECLOSER_YES"))
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", EXIT_CODES)
    .action(async (file: string, given: InitGiven) => {
      const { init } = await import("./init.ts");
      await init(shell, file, given);
    });
}

const EXAMPLES = `Examples:
  recloser init                                               asks, and writes recloser.yaml
  recloser init --yes --provider openai groq --store redis://localhost:6379
  recloser init staging.yaml --yes --force
`;

const EXIT_CODES = `
Exit codes: 0 written, 1 the file is there or cannot be written, 2 wrong option, 3 given up, 130 stopped by Ctrl-C.`;
