/** What the models said, as text. */
import type { Searched } from "../servers/spin.ts";
import type { Case } from "./cases.ts";

export interface Answered {
  readonly asked: Case;
  readonly found: Searched;
}

export function isAsExpected({ asked, found }: Answered): boolean {
  return (asked.expected === "holds") === (found.violated === null);
}

export function verdict({ found }: Answered): string {
  return found.violated === null ? "holds" : "violated";
}

/** The table of docs/explanation/model-check.md. */
export function markdown(answers: readonly Answered[]): string {
  const rows = answers.map((answer) => {
    const { model, design, defines } = answer.asked;
    const flags = defines.map((name) => `\`${name}\``).join(" ");
    return `| \`${model}\` | ${design} | ${flags} | ${verdict(answer)} | ${answer.found.states} |`;
  });
  return ["| Model | Design | `-D` | | States |", "| --- | --- | --- | --- | ---: |", ...rows].join("\n");
}
