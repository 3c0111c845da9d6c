/** `demo` takes options only. What else comes is mostly an option that npm kept: it needs `--` before a script's own. */
import { isFromNpm, type Shell } from "../shell.ts";
import { SCENARIO_NAMES } from "./scenarios.ts";

export function strayArgument(strays: readonly string[], shell: Pick<Shell, "env">): string {
  const scenario = SCENARIO_NAMES.find((name) => strays.includes(name));
  const complaint = `demo takes no argument ${JSON.stringify(scenario ?? strays[0])}.`;
  const meant = scenario === undefined ? "" : ` Did you mean --scenario ${scenario}?`;
  const example = scenario === undefined ? "--speed 5" : `--scenario ${scenario}`;
  return complaint + meant + (isFromNpm(shell) ? ` With npm: npm start -- ${example}` : "");
}
