/** `recloser migrate` */
import { Command, Option } from "commander";
import type { Shell } from "../shell.ts";
import { addSourceOptions, type SourceGiven } from "../verbs/source/options.ts";

export interface MigrateGiven extends SourceGiven {
  readonly role?: string;
  readonly print?: true;
}

export function migrateCommand(shell: Shell): Command {
  const command = new Command("migrate")
    .summary("make the schema in PostgreSQL, or bring it up to date")
    .description(
      "Makes the tables and functions that replicas share their circuits by, in one transaction, and again without harm. " +
        "It is run by somebody who may create them, before an application uses them; an application never makes any.",
    )
    .addOption(
      new Option("--role <name>", "grant what is needed to the role that applications use").env("RECLOSER_ROLE"),
    )
    .addOption(new Option("--print", "write the SQL to stdout, and touch nothing"))
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", AFTER)
    .action(async (given: MigrateGiven) => {
      const { migrate } = await import("./migrate.ts");
      await migrate(shell, given);
    });
  return addSourceOptions(command);
}

const EXAMPLES = `Examples:
  recloser migrate -s postgres://admin@db.internal/app --role app
  recloser migrate --print --role app > recloser.sql    read it, or hand it to another tool
`;

const AFTER = `
A schema that is newer than this version is not touched. Redis needs no schema.
Exit codes: 0 done, 1 refused, 2 wrong option, 4 not let in or not allowed, 5 not reached.`;
