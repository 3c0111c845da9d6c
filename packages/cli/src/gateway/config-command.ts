/** `recloser config`: looks at the gateway's configuration without starting it. */
import { Command, Option } from "commander";
import { EXIT } from "../exit-code.ts";
import type { Shell } from "../shell.ts";
import { load, loadOrTell, UnusableConfigError } from "./loading.ts";
import { addSettingOptions, configOption, givenFlags, SETTINGS_HELP } from "./setting-options.ts";

interface Given {
  readonly config?: string;
  readonly json?: true;
  readonly sources?: true;
}

export function configCommand(shell: Shell): Command {
  return new Command("config")
    .summary("check and show the gateway's configuration")
    .description(
      "Reads the configuration as recloser serve does, from file, environment and options, and starts nothing.",
    )
    .addHelpText("before", EXAMPLES)
    .addCommand(validateCommand(shell))
    .addCommand(showCommand(shell))
    .addCommand(schemaCommand(shell));
}

const EXAMPLES = `Examples:
  recloser config validate recloser.yaml    every fault, with its line
  recloser config show --sources            each value in force, and where it is from
  recloser config schema > schema.json      for editors
`;

const EXIT_CODES = "\nExit codes: 0 right, 1 faults, 2 wrong option.";

function json(): Option {
  return new Option("--json", "JSON on stdout").env("RECLOSER_CONFIG_JSON");
}

function validateCommand(shell: Shell): Command {
  const command = new Command("validate")
    .summary("say whether it is right, and every fault if not")
    .argument("[file]", "the same as --config")
    .addOption(configOption())
    .addOption(json())
    .addHelpText(
      "before",
      "Examples:\n  recloser config validate recloser.yaml\n  recloser config validate recloser.yaml --json | jq .issues\n",
    )
    .addHelpText("after", SETTINGS_HELP + EXIT_CODES)
    .action(async (named: string | undefined, given: Given, self: Command) => {
      const wanted = { file: named ?? given.config, flags: givenFlags(self) };
      if (given.json === true) return validateAsJson(shell, wanted);
      const loaded = await loadOrTell(shell, wanted);
      if (loaded === null) return;
      const { targets, routes } = loaded.config;
      const what = `${counted(Object.keys(targets).length, "target")}, ${counted(routes.length, "route")}`;
      shell.stdout.write(`${wanted.file ?? "without a file the configuration"} is right: ${what}\n`);
    });
  return addSettingOptions(command);
}

async function validateAsJson(shell: Shell, wanted: Parameters<typeof load>[1]): Promise<void> {
  try {
    const { notices } = await load(shell, wanted);
    shell.stdout.write(`${JSON.stringify({ valid: true, issues: [], notices })}\n`);
  } catch (error) {
    if (!(error instanceof UnusableConfigError)) throw error;
    shell.stdout.write(`${JSON.stringify({ valid: false, message: error.message, issues: error.issues })}\n`);
    shell.exitWith(EXIT.failed);
  }
}

function showCommand(shell: Shell): Command {
  const command = new Command("show")
    .summary("the whole configuration in force, secrets left out")
    .addOption(configOption())
    .addOption(new Option("--sources", "each value with where it is from").env("RECLOSER_CONFIG_SOURCES"))
    .addOption(json())
    .addHelpText(
      "before",
      "Examples:\n  recloser config show --config recloser.yaml\n  recloser config show --sources | grep RECLOSER_\n",
    )
    .addHelpText("after", SETTINGS_HELP + EXIT_CODES)
    .action(async (given: Given, self: Command) => {
      const loaded = await loadOrTell(shell, { file: given.config, flags: givenFlags(self) });
      if (loaded === null) return;
      const { shownText, shownTree, shownValues } = await import("@recloser/gateway/config");
      if (given.json === true) {
        const shown = given.sources === true ? shownValues(loaded) : shownTree(loaded);
        shell.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
      } else shell.stdout.write(given.sources === true ? columns(shownValues(loaded)) : shownText(loaded));
    });
  return addSettingOptions(command);
}

function columns(
  values: readonly { readonly path: string; readonly value: unknown; readonly source: string }[],
): string {
  const rows = values.map(({ path, value, source }) => [path, JSON.stringify(value), source] as const);
  const width = (column: 0 | 1): number => Math.min(48, Math.max(...rows.map((row) => row[column].length)));
  const [first, second] = [width(0), width(1)];
  return rows.map(([path, value, source]) => `${path.padEnd(first)}  ${value.padEnd(second)}  ${source}\n`).join("");
}

function schemaCommand(shell: Shell): Command {
  return new Command("schema")
    .summary("the JSON Schema of the file, for editors")
    .addHelpText("before", "Examples:\n  recloser config schema > recloser.schema.json\n")
    .action(async () => {
      const { publishedJsonSchema } = await import("@recloser/gateway/config");
      shell.stdout.write(`${JSON.stringify(publishedJsonSchema(), null, 2)}\n`);
    });
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
