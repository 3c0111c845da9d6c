/** One question by the command line: rows on stdout, everything else on stderr. */
import { parseArgs } from "node:util";
import type { Value } from "./database/database.ts";
import type { Agent } from "./pipeline/agent.ts";
import type { Answer } from "./pipeline/answer.ts";

export const COMMAND_HELP = `npm run ask                                   the server and its page
npm run ask -- "Revenue by category"          one question: a table on stdout
npm run ask -- --json "Revenue by category"   the whole answer as JSON
npm run ask -- --max-wait 5000 "…"            not longer than so many milliseconds

Ends with 0 where there are rows, 1 where there are none to be had, 2 for a wrong command.`;

export type Command =
  | { readonly is: "serve" }
  | { readonly is: "help" }
  | { readonly is: "wrong"; readonly why: string }
  | {
      readonly is: "question";
      readonly question: string;
      readonly json: boolean;
      readonly maxWaitMs: number | undefined;
    };

/** @param args of the command line, without program and script */
export function commandIn(args: readonly string[]): Command {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: "boolean" }, "max-wait": { type: "string" }, help: { type: "boolean", short: "h" } },
    });
    if (values.help === true) return { is: "help" };
    const question = positionals.join(" ").trim();
    if (question === "") {
      if (args.length === 0) return { is: "serve" };
      return { is: "wrong", why: "question: expected one; received nothing" };
    }
    const wait = values["max-wait"];
    if (wait !== undefined && !/^[1-9]\d{2,5}$/.test(wait))
      return { is: "wrong", why: `--max-wait: expected milliseconds from 100 to 999999; received ${wait}` };
    const maxWaitMs = wait === undefined ? undefined : Number(wait);
    return { is: "question", question, json: values.json === true, maxWaitMs };
  } catch (error) {
    return { is: "wrong", why: error instanceof Error ? error.message : String(error) };
  }
}

export interface Terminal {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** @returns the exit code */
export async function answerOnce(
  agent: Pick<Agent, "ask">,
  { question, json, maxWaitMs }: Extract<Command, { is: "question" }>,
  { stdout, stderr }: Terminal,
): Promise<number> {
  // Nothing of this process is left to answer what would wait.
  const answer = await agent.ask(question, { maxWaitMs, mayQueue: false });
  if (json) stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
  else {
    stderr.write(`${factsOf(answer)}\n`);
    if (answer.kind === "rows") stdout.write(tableOf(answer));
    else stderr.write(`${answer.message}\n`);
    for (const note of answer.meta.notes) stderr.write(`${note}\n`);
    if (answer.kind === "ambiguous") for (const reading of answer.readings) stderr.write(`- ${reading}\n`);
    if (answer.kind !== "rows" && answer.suggestions.length > 0)
      stderr.write(`Saved questions that are like it:\n${answer.suggestions.map((one) => `- ${one}\n`).join("")}`);
  }
  return answer.kind === "rows" ? 0 : 1;
}

function factsOf({ meta: { mode, durationMs, provider, simulated } }: Answer): string {
  const who = provider === null ? [] : [simulated ? `${provider} (simulated)` : provider];
  return [mode, `${durationMs} ms`, ...who].join(" · ");
}

function tableOf({ columns, rows }: Extract<Answer, { kind: "rows" }>): string {
  const lines = [columns, ...rows.map((row) => row.map(shown))];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => (line[at] ?? "").length)));
  const isNumber = columns.map((_, at) => rows.every((row) => typeof row[at] === "number" || row[at] === null));
  return lines
    .map((line) =>
      line
        .map((cell, at) => (isNumber[at] === true ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

// Rows may hold anybody's words: nothing that a terminal obeys.
function shown(value: Value): string {
  // oxlint-disable-next-line no-control-regex
  return value === null ? "–" : String(value).replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, " ");
}
