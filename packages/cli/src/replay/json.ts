/** The same for programs: one object, durations and instants in milliseconds. */
import type { Candidate } from "./candidate.ts";
import type { Report } from "./report.ts";

export function jsonText({ played, base, others, advice, from, ...read }: Report): string {
  const { calls, failed, late, leftOut, fromMs, toMs, keys } = played;
  const isEmpty = calls === 0;
  const rounded = (_: string, value: unknown): unknown =>
    typeof value === "number" ? Math.round(value * 1_000) / 1_000 : value;
  const document = {
    ...read,
    ...{ calls, failed, late, leftOut, breakers: keys.size },
    ...{ fromMs: isEmpty ? null : fromMs, toMs: isEmpty ? null : toMs },
    policy: from,
    policies: [base, ...others].map(plainOf),
    advice,
  };
  return `${JSON.stringify(document, rounded)}\n`;
}

function plainOf({ name, tally, outages }: Candidate): object {
  return { name, ...tally, outages };
}
