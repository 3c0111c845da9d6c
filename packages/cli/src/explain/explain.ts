/** `recloser explain`: what a code in a log means, and what to do about it. */
import { CommandFailure } from "../command-failure.ts";
import { EXIT } from "../exit-code.ts";
import { looksOf, type Shell } from "../shell.ts";
import { clip, type Line, paint, wrap } from "../terminal/line.ts";
import { jsonLine, printable } from "../terminal/printable.ts";
import type { Explanation } from "./explanation.ts";
import { EXPLANATIONS } from "./explanations.generated.ts";

const WIDTH = 100;

/** @param asked undefined: all there are. @throws CommandFailure */
export function explain(shell: Shell, asked: string | undefined, json: boolean): void {
  const found = asked === undefined ? EXPLANATIONS : meantBy(asked);
  if (json) {
    for (const explanation of found) shell.stdout.write(`${jsonLine(explanation)}\n`);
    return;
  }
  const width = shell.stdout.isTTY ? Math.min(WIDTH, shell.stdout.columns || 80) : WIDTH;
  const lines =
    asked === undefined ? found.map((each) => listed(each, width)) : found.flatMap((each) => whole(each, asked, width));
  const { colour } = looksOf(shell);
  shell.stdout.write(lines.map((line) => `${paint(line, width, colour)}\n`).join(""));
}

// By its code, however it is written, or by a word that comes with it.
function meantBy(asked: string): readonly Explanation[] {
  const code = asked.trim().toUpperCase().replaceAll("-", "_");
  const exact = EXPLANATIONS.filter((each) => [code, `ERR_${code}`, `RECLOSER_${code}`].includes(each.code));
  if (exact.length > 0) return exact;
  const byWord = EXPLANATIONS.filter(({ words }) => words.some(([word]) => word === asked.trim().toLowerCase()));
  if (byWord.length > 0) return byWord;
  const near = EXPLANATIONS.filter((each) => each.code.includes(code)).map((each) => each.code);
  const hint = near.length > 0 ? `Did you mean ${near.join(", ")}?` : "recloser explain lists them.";
  throw new CommandFailure(EXIT.usage, `no code "${printable(asked)}"\n${hint}`);
}

function listed({ code, paragraphs }: Explanation, width: number): Line {
  const [first = ""] = paragraphs;
  const sentence = first.replace(/^\w+Error\. /, "").split(/(?<=\.) /)[0] ?? "";
  return clip([[code.padEnd(34), "strong"], sentence], width);
}

function whole({ code, paragraphs, words }: Explanation, asked: string, width: number): Line[] {
  const only = words.filter(([word]) => word === asked.trim().toLowerCase());
  const shown = only.length > 0 ? only : words;
  const longest = Math.max(0, ...shown.map(([word]) => word.length));
  return [
    [[code, "strong"]],
    ...paragraphs.flatMap((paragraph): Line[] => [[], ...wrap(paragraph, width).map((line): Line => [line])]),
    ...(shown.length === 0 ? [] : [[]]),
    ...shown.flatMap(([word, meaning]) =>
      wrap(meaning, width - longest - 4).map((line, at): Line => [
        `  ${(at === 0 ? word : "").padEnd(longest)}  ${line}`,
      ]),
    ),
  ];
}
