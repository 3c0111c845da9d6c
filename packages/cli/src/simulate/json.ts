/** The same for programs: one object, durations in milliseconds, `null` for never. */
import type { Report } from "./report.ts";

export function jsonText({ scenario, seeds, from, played, advice }: Report): string {
  const { outages, latency, ...plain } = scenario;
  const rounded = (_: string, value: unknown): unknown =>
    typeof value === "number" ? Math.round(value * 1_000) / 1_000 : value;
  const document = {
    scenario: { ...plain, seeds, latency, outages: outages.map(({ text, fromMs, toMs }) => ({ text, fromMs, toMs })) },
    policy: from,
    policies: played.map(({ arm, figures, first }) => ({
      name: arm.name,
      breaker: arm.policy !== false,
      shared: arm.shared,
      options: arm.policy === false ? null : arm.policy,
      ...figures,
      transitions: first.transitions,
    })),
    advice,
  };
  return `${JSON.stringify(document, rounded)}\n`;
}
