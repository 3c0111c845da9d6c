/** `recloser dashboard` */
import { Command, Option } from "commander";
import type { Shell } from "../shell.ts";

/** As commander gives them, before they are looked at. */
export interface Given {
  readonly store?: string;
  readonly namespace: string;
  readonly schema: string;
  readonly host: string;
  readonly port: string;
  readonly name?: readonly string[];
  readonly allowActions?: true;
  readonly json?: true;
}

export function dashboardCommand(shell: Shell): Command {
  return new Command("dashboard")
    .summary("a live page of what is open, why and until when, from a store")
    .description(
      "Shows the breakers that replicas share through a store: states, causes, countdowns, the last day, the fleet. It is none " +
        "of them, makes no call, and changes nothing unless --allow-actions is given.",
    )
    .addHelpText("before", EXAMPLES)
    .addOption(
      new Option(
        "-s, --store <url>",
        "redis://…, rediss://… or postgres://…; with a password by its variable only",
      ).env("RECLOSER_STORE"),
    )
    .addOption(
      new Option("--namespace <name>", "of the replicas").default("recloser", "recloser").env("RECLOSER_NAMESPACE"),
    )
    .addOption(new Option("--schema <name>", "the schema in PostgreSQL").default("recloser").env("RECLOSER_SCHEMA"))
    .addOption(new Option("--host <address>", "to listen on").default("127.0.0.1").env("RECLOSER_DASHBOARD_HOST"))
    .addOption(
      new Option("--port <number>", "to listen on; 0: any that is free").default("8788").env("RECLOSER_DASHBOARD_PORT"),
    )
    .addOption(
      new Option("--name <host...>", "further names it is asked for by, as behind a proxy").env(
        "RECLOSER_DASHBOARD_NAME",
      ),
    )
    .addOption(
      new Option("--allow-actions", "hold, reset and probe from the page").env("RECLOSER_DASHBOARD_ALLOW_ACTIONS"),
    )
    .addOption(new Option("--json", "what it listens on as one line of JSON on stdout").env("RECLOSER_DASHBOARD_JSON"))
    .addHelpText("after", NOTES)
    .action(async (given: Given, self: Command) => {
      // Before anything is loaded: something is on the screen at once.
      shell.stderr.write("recloser dashboard\n");
      const { runDashboard } = await import("./run.ts");
      await runDashboard(shell, given, self.getOptionValueSource("store") === "cli");
    });
}

const EXAMPLES = `Examples:
  recloser dashboard -s redis://localhost:6379     on http://127.0.0.1:8788, to look
  RECLOSER_STORE=rediss://user:secret@redis.internal recloser dashboard
  RECLOSER_STORE=postgres://app:secret@db.internal/app recloser dashboard
  RECLOSER_DASHBOARD_OPERATOR_TOKEN=… recloser dashboard -s redis://redis --host 0.0.0.0 --allow-actions
`;

const NOTES = `
Other machines are answered only with a token: RECLOSER_DASHBOARD_TOKEN may look, RECLOSER_DASHBOARD_OPERATOR_TOKEN may act too.
SIGTERM and Ctrl-C stop it.
Exit codes: 0 stopped by SIGTERM, 1 not started, 2 wrong option, 130 stopped by Ctrl-C.`;
