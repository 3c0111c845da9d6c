/** `recloser policy show` */
import { type FleetOption, policyRows, type PolicyRow } from "recloser/inspect";
import { looksOf, type Shell } from "../shell.ts";
import { type Line, paint } from "../terminal/line.ts";
import { columnsOf, jsonLine, padded, printable } from "../terminal/printable.ts";
import { quoted } from "../verbs/names.ts";
import type { BreakerSource } from "../verbs/source/source.ts";
import type { Times } from "../verbs/words.ts";
import { policiesOf } from "./change.ts";
import { optionLines, valueText, wordsText } from "./option-lines.ts";
import { ofReplicas, type OfReplicas } from "./reported.ts";

/** All that is set, by key or glob. */
export async function showPolicies(shell: Shell, source: BreakerSource, json: boolean): Promise<void> {
  const { nowMs, options } = await policiesOf(source).read();
  if (json) return void shell.stdout.write(`${jsonLine({ atMs: nowMs, options })}\n`);
  if (options.length === 0)
    return void shell.stderr.write(`recloser: nothing is set in ${source.label}: every breaker goes by its code\n`);
  const times = timesAt(nowMs);
  for (const pattern of new Set(options.map((one) => one.pattern))) {
    const own = options.filter((one) => one.pattern === pattern);
    write(shell, [[[printable(pattern), "strong"]], ...optionLines(own, times)]);
  }
}

/** Every value of one breaker's policy, and where it comes from. */
export async function showPolicyOf(shell: Shell, source: BreakerSource, key: string, json: boolean): Promise<void> {
  const { nowMs, options, replicas } = await policiesOf(source).read();
  const fleet = Object.fromEntries(
    policyRows(key, null, options).flatMap(({ fleet: one }) => (one === null ? [] : [[one.option, one]])),
  );
  const told = ofReplicas(key, replicas ?? [], fleet);
  const rows = policyRows(key, told.given, options);
  if (json) {
    const { replicas: count, differ, behind, given } = told;
    const counts = { replicas: count, differ, behind };
    return void shell.stdout.write(
      `${jsonLine({ atMs: nowMs, key, isCodeKnown: given !== null, ...counts, options: rows })}\n`,
    );
  }
  write(shell, [[[printable(key), "strong"]], ...rowLines(rows, timesAt(nowMs))]);
  for (const hint of hintsFor(key, told, fleet)) shell.stderr.write(`recloser: ${hint}\n`);
}

function rowLines(rows: readonly PolicyRow[], times: Times): readonly Line[] {
  const texts = rows.map(({ option, value }) => valueText(option, value));
  const width = Math.max(0, ...texts.map(columnsOf));
  return rows.map((row, at): Line => {
    const text = `  ${padded(texts[at] as string, width)}  `;
    const isPlain = row.from === "default";
    return [
      isPlain ? [text, "dim"] : text,
      [padded(row.from, 7), isPlain ? "dim" : "strong"],
      [fromText(row, times), "dim"],
    ];
  });
}

function fromText({ from, fleet }: PolicyRow, times: Times): string {
  if (fleet === null) return "";
  const words = ` as ${printable(fleet.pattern)} ${wordsText(fleet, times)}`;
  return from === "fleet" ? words : ` over ${valueText(fleet.option, fleet.value)}, set${words}`;
}

function hintsFor(
  key: string,
  { given, replicas, differ, behind }: OfReplicas,
  fleet: Readonly<Record<string, FleetOption>>,
): readonly string[] {
  if (given === null)
    return [
      `no replica has told of ${quoted(key)}: what its code says is not known here${Object.keys(fleet).length === 0 ? ", and nothing is set for it" : ""}`,
    ];
  return [
    ...(differ === 0 ? [] : [`${differ} of ${replicas} replicas have another policy in their code`]),
    ...(behind === 0
      ? []
      : [
          `${behind} of ${replicas} replicas did not go by what is set when they told last, up to 5 s ago; one that leaves it out says why in a store event`,
        ]),
  ];
}

function write(shell: Shell, lines: readonly Line[]): void {
  const { colour } = looksOf(shell);
  shell.stdout.write(lines.map((line) => `${paint(line, Infinity, colour)}\n`).join(""));
}

function timesAt(nowMs: number): Times {
  return { nowMs, offsetMs: Date.now() - nowMs };
}
