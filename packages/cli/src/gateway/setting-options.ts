/** The settings of the gateway as options of a command. */
import type { GivenFlag } from "@recloser/gateway/config";
import { SETTINGS } from "@recloser/gateway/settings";
import { type Command, Option } from "commander";

// Those that `--help` shows; all others work the same, and are in docs/reference/gateway-config.md.
const SHOWN: ReadonlySet<string> = new Set([
  "--host",
  "--port",
  "--admin-port",
  "--workers",
  "--store",
  "--namespace",
  "--log-level",
  "--log-pretty",
  "--drain",
]);

/** Adds every setting; what they mean is checked with the rest of the configuration. */
export function addSettingOptions(command: Command): Command {
  for (const setting of SETTINGS) {
    const value = setting.isTruth ? "[true|false]" : "<value>";
    const fallback = setting.default === undefined ? "" : `default: ${setting.default}, `;
    const about = `${setting.description.replace(/\.$/, "")} (${fallback}env: ${setting.variable})`;
    const option = new Option(`${setting.flag} ${value}`, about);
    command.addOption(SHOWN.has(setting.flag) ? option : option.hideHelp());
  }
  return command;
}

/** The settings that were given on the command line. */
export function givenFlags(command: Command): GivenFlag[] {
  return SETTINGS.flatMap(({ flag, path }) => {
    const option = command.options.find(({ long }) => long === flag);
    if (option === undefined || command.getOptionValueSource(option.attributeName()) !== "cli") return [];
    // Without a value, where none is needed, it is true.
    return [{ flag, path, value: String(command.getOptionValue(option.attributeName())) }];
  });
}

export const SETTINGS_HELP = `
Every setting of the file is an option and a variable too: timeouts.firstToken is --timeouts-first-token and
RECLOSER_TIMEOUTS_FIRST_TOKEN. An option wins over a variable, a variable over the file, the file over the default.
All of them: recloser config show --sources, and docs/reference/gateway-config.md.`;

/** Where the file is. */
export function configOption(): Option {
  return new Option("--config <file>", "YAML, JSON or JSONC").env("RECLOSER_CONFIG");
}
