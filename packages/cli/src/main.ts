/** Parses the command line, runs the command and says what to exit with. */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { CommandFailure } from "./command-failure.ts";
import { COMMANDS } from "./commands.ts";
import { EXIT, type ExitCode, NAGIOS } from "./exit-code.ts";
import { helpHint, type Shell } from "./shell.ts";
import { readTruthVariables } from "./truth-variables.ts";
import { UsageError } from "./usage-error.ts";

export async function main(argv: readonly string[], io: Omit<Shell, "exitWith">): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const shell: Shell = { ...io, exitWith: (code) => void (exitCode = code) };
  try {
    await programOf(shell).parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : wrongUsage(argv, io); // it has spoken already
    if (error instanceof UsageError) {
      io.stderr.write(`recloser: ${error.message}\n${helpHint(io, `recloser ${argv[0] ?? ""}`)}\n`);
      return wrongUsage(argv, io);
    }
    if (error instanceof CommandFailure) {
      io.stderr.write(`recloser: ${error.message}\n`);
      return error.exitCode;
    }
    io.stderr.write(`recloser: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return EXIT.failed;
  }
}

// To a monitor 2 would be a provider that is down.
function wrongUsage([command]: readonly string[], { stdout }: Pick<Shell, "stdout">): ExitCode {
  if (command !== "check") return EXIT.usage;
  stdout.write("RECLOSER UNKNOWN: the command line is wrong\n");
  return NAGIOS.unknown;
}

const EXAMPLES = `Examples:
  recloser demo                                watch an outage, with and without the breaker
  recloser status -s redis://localhost:6379    what is open, since when, why, and until when
  recloser status --server http://127.0.0.1:8788  the same of a gateway that runs
  recloser doctor -s redis://localhost:6379    what is wrong with a set-up, and what mends it
  recloser dashboard -s redis://localhost      the same as a live page
  recloser hold openai:gpt-5 open --for 2h --reason "maintenance"
  recloser serve                               the gateway: point OPENAI_BASE_URL at it
  recloser config validate recloser.yaml       every fault of its configuration, with its line
`;

function programOf(shell: Shell): Command {
  const program = new Command("recloser")
    .description("A circuit breaker for calls to LLM providers.")
    .version(ownVersion(), "-V, --version", "print the version")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void shell.stdout.write(text),
      writeErr: (text) => void shell.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, "recloser: ")),
    })
    .showHelpAfterError(helpHint(shell, "recloser"))
    .addHelpText("before", EXAMPLES)
    .hook("preAction", (_, command) => readTruthVariables(command, shell.env));
  for (const create of COMMANDS) {
    const command = create(shell).copyInheritedSettings(program);
    program.addCommand(command.showHelpAfterError(helpHint(shell, `recloser ${command.name()}`)));
    for (const inner of command.commands)
      inner
        .copyInheritedSettings(command)
        .showHelpAfterError(helpHint(shell, `recloser ${command.name()} ${inner.name()}`));
  }
  return program.addCommand(helpCommand(program).copyInheritedSettings(program));
}

// Commander's own answers an unknown name with the whole help, and does not say what was wrong.
function helpCommand(program: Command): Command {
  return new Command("help")
    .argument("[command]")
    .summary("show the help of a command")
    .helpOption(false)
    .action((name: string | undefined) => {
      const command = name === undefined ? program : program.commands.find((each) => each.name() === name);
      if (command === undefined) program.error(`error: no such command ${JSON.stringify(name)}`);
      else command.help();
    });
}

// Beside `src` as beside `dist`.
function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return version;
}
