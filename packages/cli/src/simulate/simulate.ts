/** Plays a scenario without a breaker, with the policy, and with each of a sweep; says what came of it. */
import { writeFile } from "node:fs/promises";
import { EXIT } from "../exit-code.ts";
import { CommandFailure } from "../command-failure.ts";
import { looksOf, type Shell } from "../shell.ts";
import { UsageError } from "../usage-error.ts";
import { merged, policiesOf } from "../tuning/policy-choice.ts";
import { progressOn } from "../tuning/progress.ts";
import { adviceOn } from "./advice.ts";
import type { Given } from "./command.ts";
import { jsonText } from "./json.ts";
import { type Arm, play, type Played } from "./play.ts";
import { type Report, terminalText } from "./report.ts";
import type { Scenario } from "./scenario.ts";
import { variantsOf } from "../tuning/variants.ts";

// More would not fit into memory, or into anybody's patience.
const MOST_CALLS = 2_000_000;
const AFTER_MS = 120_000;
const DEFAULT_WIDTH = 100;

export async function runSimulate(shell: Shell, given: Given): Promise<void> {
  const scenario = scenarioOf(given);
  const chosen = await policiesOf(shell, given);
  if (chosen === null) return;
  const policy = merged(merged(chosen.defaults, named(chosen.policies, given.policy)), chosen.over);
  const variants = variantsOf(given.sweep ?? [], policy);
  const isShared = scenario.replicas > 1 && given.store !== "none";
  const arms: Arm[] = [
    { name: "no breaker", policy: false, shared: false },
    { name: chosen.from === "the defaults" ? "the defaults" : "this policy", policy, shared: isShared },
    ...(isShared ? [{ name: "  each replica alone", policy, shared: false }] : []),
    ...variants.map(({ name, policy: varied }) => ({ name, policy: varied, shared: isShared })),
  ];
  const progress = progressOn(shell);
  const played: Played[] = [];
  try {
    for (const [at, arm] of arms.entries()) {
      progress.show(at / arms.length, `${at + 1} of ${arms.length}: ${arm.name}`);
      played.push(await play(scenario, arm, given.seeds));
    }
    const advice =
      given.figuresOnly === true
        ? null
        : await adviceOn({
            ...{ scenario, policy, seeds: given.seeds },
            base: played[1] as Played,
            others: played.slice(arms.length - variants.length),
            progress: (done, all) => progress.show(done / all, "looking for a better policy"),
          });
    progress.clear();
    await tell(shell, given, { scenario, seeds: given.seeds, from: chosen.from, played, advice });
  } finally {
    progress.clear();
  }
}

function scenarioOf(given: Given): Scenario {
  const { seed, replicas, rps, latency, timeout, errors, outage } = given;
  const lastMs = Math.max(0, ...outage.map(({ toMs }) => toMs));
  const forMs = given.for ?? lastMs + AFTER_MS;
  if (lastMs > forMs) throw new UsageError("--for", `no less than the outages last (${lastMs / 1_000}s)`, `${forMs}ms`);
  const calls = Math.round((rps * forMs) / 1_000);
  if (calls > MOST_CALLS)
    throw new UsageError(
      "--rps",
      `at most ${MOST_CALLS} calls in all: fewer per second, or a shorter --for`,
      `${calls}`,
    );
  return {
    ...{ seed, forMs, replicas, perSecond: rps, timeoutMs: timeout, errors, outages: outage },
    latency: latency.distribution,
    latencyText: latency.text,
  };
}

function named(policies: Readonly<Record<string, object>>, name: string | undefined): object {
  if (name === undefined) return {};
  const found = Object.hasOwn(policies, name) ? policies[name] : undefined;
  if (found === undefined)
    throw new UsageError("--policy", `one of the configuration's: ${Object.keys(policies).join(", ") || "none"}`, name);
  return found;
}

async function tell(shell: Shell, { json, svg, html }: Given, report: Report): Promise<void> {
  const { stdout, stderr } = shell;
  if (json === true) stdout.write(jsonText(report));
  else stdout.write(terminalText(report, stdout.columns ?? DEFAULT_WIDTH, looksOf(shell).colour));
  if (svg === undefined && html === undefined) return;
  const { svgText } = await import("./svg.ts");
  const { htmlText } = await import("./html.ts");
  for (const [file, text] of [
    [svg, svgText],
    [html, htmlText],
  ] as const) {
    if (file === undefined) continue;
    await writeFile(file, text(report)).catch((error: unknown) => {
      const { code = "unknown" } = error as NodeJS.ErrnoException;
      throw new CommandFailure(EXIT.failed, `${file}: it cannot be written (${code})`);
    });
    stderr.write(`recloser: wrote ${file}\n`);
  }
}
