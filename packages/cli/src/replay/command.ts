/** `recloser replay` */
import { Argument, Command, Option } from "commander";
import type { Shell } from "../shell.ts";
import { listOf } from "../tuning/list-option.ts";
import { jsonOption } from "../verbs/status-command.ts";

export interface Given {
  readonly config?: string;
  readonly set?: readonly string[];
  readonly sweep?: readonly string[];
  readonly figuresOnly?: true;
  readonly json?: true;
}

export function replayCommand(shell: Shell): Command {
  return new Command("replay")
    .summary("what a policy would have done on recorded traffic")
    .description(
      "Plays the calls of a log to the library's breakers on the log's own clock: what would have been rejected, when circuits would have " +
        "opened and closed, how many failed calls and how much waiting that saves, how many good answers it loses; and which thresholds would do better.",
    )
    .addArgument(new Argument("<log>", "of the gateway, or lines of your own; - for stdin; .gz is unpacked"))
    .addOption(
      new Option("-c, --config <file>", "a gateway's configuration: its breaker and policies options").env(
        "RECLOSER_CONFIG",
      ),
    )
    .addOption(
      new Option("--set <option=value...>", "over that: failureRate=0.6 cooldown.max=2m")
        .env("RECLOSER_REPLAY_SET")
        .argParser(listOf(String)),
    )
    .addOption(
      new Option(
        "--sweep <option=values...>",
        "the other policies to try: minimumCalls=10,20; default: those one step away",
      )
        .env("RECLOSER_REPLAY_SWEEP")
        .argParser(listOf(String)),
    )
    .addOption(new Option("--figures-only", "do not look for a better policy").env("RECLOSER_REPLAY_FIGURES_ONLY"))
    .addOption(jsonOption())
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", AFTER)
    .action(async (file: string, given: Given) => {
      const { runReplay } = await import("./replay.ts");
      await runReplay(shell, file, given);
    });
}

const EXAMPLES = `Examples:
  recloser replay gateway.ndjson                        the defaults on yesterday's traffic
  recloser replay gateway.ndjson.gz --config recloser.yaml --set failureRate=0.5
  recloser replay calls.ndjson --sweep consecutiveFailures=5,10,20 minimumCalls=10,20
  jq -c '{ts: .start, outcome: .status, duration: .took_ms, key: .model}' app.log | recloser replay - --json
`;

const AFTER = `
Lines of your own: {"ts": 1767000000000, "outcome": 503, "duration": 1200, "key": "openai:gpt-5"}
  ts        when the call began: epoch milliseconds or ISO 8601
  outcome   ok, error, an HTTP status, or an outcome kind such as timeout or rate-limited
  duration  milliseconds, or such as "1.2s"
  key       which breaker it belongs to; without it all are one's
Of the gateway's log each asked target of a request is a call, and the target's name its key. A bad line is told and skipped.
Exit codes: 0 played, 1 nothing to play, or a file cannot be read, 2 wrong option, 130 stopped by Ctrl-C.`;
