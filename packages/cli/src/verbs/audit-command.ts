/** `recloser audit` */
import { Command, Option } from "commander";
import type { Shell } from "../shell.ts";
import { addServerOptions, type ServerGiven } from "./server/options.ts";
import { addSourceOptions, type SourceGiven } from "./source/options.ts";
import { jsonOption } from "./status-command.ts";

interface Given extends SourceGiven, ServerGiven {
  readonly since?: string;
  readonly json?: true;
  readonly ndjson?: true;
}

export function auditCommand(shell: Shell): Command {
  const command = new Command("audit")
    .summary("who held, released, reset or probed a breaker, or changed its policy, when, and why")
    .description(
      "Shows what operators did, oldest first: by this command, by the dashboard, and in the replicas' own code. The replicas and these " +
        "commands write it into the store: the newest 1,000 of a namespace, for a week. A gateway is asked for what it knows of that, which " +
        "is what its own dashboard shows.",
    )
    .argument("[name...]", "a breaker, the beginning of its name, or a glob such as 'openai:*'")
    .addOption(
      new Option("--since <when>", "not before: a duration such as 12h, or an instant such as 2026-11-25T14:00Z").env(
        "RECLOSER_SINCE",
      ),
    )
    .addOption(jsonOption())
    .addOption(
      new Option("--ndjson", "a line of JSON for each act, to be kept elsewhere")
        .env("RECLOSER_NDJSON")
        .conflicts("json"),
    )
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", AFTER)
    .action(async (names: readonly string[], given: Given) => {
      const { sinceIn } = await import("./since.ts");
      const since = given.since === undefined ? null : sinceIn("--since", given.since);
      const { withSource } = await import("./with-source.ts");
      await withSource(shell, given, false, async ({ source }) => {
        const { audit } = await import("./audit.ts");
        const form = given.json === true ? "json" : given.ndjson === true ? "ndjson" : "text";
        await audit(shell, source, names, { since, form });
      });
    });
  return addServerOptions(addSourceOptions(command));
}

const EXAMPLES = `Examples:
  recloser audit -s redis://localhost:6379              what is kept, oldest first
  recloser audit 'openai:*' --since 24h                 of some breakers, of the last day
  recloser audit --since 2026-11-25T00:00Z --json | jq -r '.events[] | [.by, .action, .key, .reason] | @tsv'
  recloser audit --server http://127.0.0.1:8788         what a gateway knows of
  recloser audit --since 1d --ndjson >> audit.ndjson    once a day, to keep it for longer
`;

const AFTER = `
Instants are the store's, in epoch milliseconds. What a replica on a store that is withoutHistory did is not in it.
Exit codes: 0 shown, 1 the store keeps none, 2 wrong option, 4 not let in, 5 store not reached, 6 no such breaker, 130 stopped by Ctrl-C.`;
