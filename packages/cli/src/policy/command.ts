/** `recloser policy`: the policies of a whole fleet, changed without a redeploy. */
import { Command, Option } from "commander";
import type { PolicyCommand } from "recloser/inspect";
import { durationUpTo } from "../option-values.ts";
import type { Shell } from "../shell.ts";
import { UsageError } from "../usage-error.ts";
import { reasonOf, self } from "../verbs/operator-commands.ts";
import { addSourceOptions, type SourceGiven } from "../verbs/source/options.ts";
import { jsonOption } from "../verbs/status-command.ts";
import { optionsIn } from "./assignments.ts";

const LONGEST = "30d";
const FOR_EVER = "until-unset";

interface ChangeGiven extends SourceGiven {
  readonly by: string;
  readonly reason?: string;
  /** Infinity: until it is taken back. */
  readonly for?: number;
  readonly yes?: true;
  readonly json?: true;
}

export function policyCommand(shell: Shell): Command {
  return new Command("policy")
    .summary("change when breakers trip, or that they only observe, for every replica, without a redeploy")
    .description(
      "What is set here is over what the code says of a key (defaults and policies), and under the options that a breaker was made with. " +
        "Of several patterns the most specific counts, option by option. Replicas go by it at once where the store pushes, else within a second or so, and keep window and state.",
    )
    .addHelpText("before", EXAMPLES)
    .addCommand(setCommand(shell))
    .addCommand(unsetCommand(shell))
    .addCommand(showCommand(shell));
}

function setCommand(shell: Shell): Command {
  const command = new Command("set")
    .summary("set options of a breaker's policy, or of all that a glob means")
    .argument("<key>", "a breaker by its whole name, or a glob such as 'openai:*'; also those that come later")
    .argument("<option=value...>", "as in the code: failureRate=0.6, cooldown.max=2m, slowCall.after=5s, mode=observe")
    .addOption(new Option("--reason <text>", "why, for whoever finds it so; required").env("RECLOSER_REASON"))
    .addOption(
      new Option("--for <duration>", `for how long, up to ${LONGEST}, or ${FOR_EVER}`)
        .default(Infinity, FOR_EVER)
        .argParser((text: string) => (text === FOR_EVER ? Infinity : durationUpTo("--for", LONGEST, "1s")(text)))
        .env("RECLOSER_POLICY_FOR"),
    )
    .addHelpText("before", SET_EXAMPLES)
    .addHelpText("after", MODES)
    .action(async (pattern: string, assignments: readonly string[], given: ChangeGiven) => {
      const { for: forMs = Infinity, by } = given;
      const options = optionsIn(assignments);
      const reason = reasonOf(given.reason);
      const time = forMs === Infinity ? {} : { for: forMs };
      await run(shell, { type: "set", pattern, options, by, reason, ...time }, given);
    });
  return complete(command);
}

function unsetCommand(shell: Shell): Command {
  const command = new Command("unset")
    .summary("take back what was set: the code's policy holds again")
    .argument("<key>", "as it was set: a key or a glob")
    .argument("[option...]", "such as mode or cooldown.max; default: all that was set for it")
    .addOption(new Option("--reason <text>", "why").env("RECLOSER_REASON"))
    .addHelpText("before", UNSET_EXAMPLES)
    .action(async (pattern: string, names: readonly string[], given: ChangeGiven) => {
      const options = names.length === 0 ? {} : { options: names };
      const reason = given.reason === undefined ? {} : { reason: reasonOf(given.reason) };
      await run(shell, { type: "unset", pattern, by: given.by, ...options, ...reason }, given);
    });
  return complete(command);
}

function showCommand(shell: Shell): Command {
  const command = new Command("show")
    .summary("what is set; of a breaker every value, and where it comes from")
    .argument("[key]", "a breaker by its whole name")
    .addOption(jsonOption())
    .addHelpText("before", SHOW_EXAMPLES)
    .addHelpText("after", `\n${SOURCES}\nExit codes: 0 shown, 2 wrong option, 4 not let in, 5 store not reached.`)
    .action(async (key: string | undefined, given: SourceGiven & { readonly json?: true }) => {
      const { withSource } = await import("../verbs/with-source.ts");
      await withSource(shell, given, false, async ({ source }) => {
        const { showPolicies, showPolicyOf } = await import("./show.ts");
        if (key === undefined) await showPolicies(shell, source, given.json === true);
        else await showPolicyOf(shell, source, key, given.json === true);
      });
    });
  return addSourceOptions(command);
}

function complete(command: Command): Command {
  command
    .addOption(
      new Option("--by <name>", "who does it, for the others")
        .default(self(), "you, on this machine")
        .env("RECLOSER_BY"),
    )
    .addOption(new Option("-y, --yes", "do not ask, where several breakers are meant").env("RECLOSER_YES"))
    .addOption(jsonOption())
    .addHelpText("after", EXIT_CODES);
  return addSourceOptions(command);
}

async function run(shell: Shell, command: PolicyCommand, given: ChangeGiven): Promise<void> {
  if (given.by.trim() === "") throw new UsageError("--by", "a name", given.by);
  const { withSource } = await import("../verbs/with-source.ts");
  await withSource(shell, given, false, async ({ source, signal }) => {
    const { changeFleet } = await import("./change.ts");
    await changeFleet(shell, source, command, { isSure: given.yes === true, json: given.json === true }, signal);
  });
}

const EXAMPLES = `Examples:
  recloser policy set openai:gpt-5 mode=observe --for 2h --reason "trips too early, see INC-12"
  recloser policy set 'openai:*' failureRate=0.6 minimumCalls=50 --reason "noisy since Monday"
  recloser policy show openai:gpt-5         every value, and where it comes from
  recloser policy unset openai:gpt-5 mode   it rejects again
`;

const SET_EXAMPLES = `Examples:
  recloser policy set openai:gpt-5 mode=observe --for 2h --reason "trips too early, see INC-12"
  recloser policy set 'openai:*' failureRate=0.6 minimumCalls=50 --reason "noisy since Monday" --yes
  recloser policy set search slowCall.after=5s slowCall.rate=0.5 cooldown.max=2m --reason "new index"
`;

const UNSET_EXAMPLES = `Examples:
  recloser policy unset openai:gpt-5 mode   that one
  recloser policy unset 'openai:*' --yes    all that was set for this glob
`;

const SHOW_EXAMPLES = `Examples:
  recloser policy show                all that is set, by whom, why and until when
  recloser policy show openai:gpt-5   every value of a breaker's policy, and where it comes from
  recloser policy show --json | jq '.options[] | select(.option == "mode")'
`;

const MODES = `
mode=observe: calls are no longer rejected; the breaker goes on counting, and tells what it would have rejected (would-reject).
mode=off: it neither counts nor rejects. mode=enforce: as usual, also where the code says otherwise.`;

const SOURCES =
  "default: nobody gave it; code: defaults and policies of createRecloser; fleet: set here; own: the options that the breaker was made with.";

const EXIT_CODES = `
Exit codes: 0 done, or nothing to do, 1 done, but not written into the audit, 2 wrong option or value, 3 answered with no, 4 not let in,
5 store not reached, 130 stopped by Ctrl-C.`;
