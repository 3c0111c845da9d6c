/** `recloser simulate` */
import { Command, Option } from "commander";
import type { Distribution } from "recloser/testing";
import { durationUpTo, numberBetween, oneOf, wholeNumberBetween } from "../option-values.ts";
import type { Shell } from "../shell.ts";
import { listOf } from "../tuning/list-option.ts";
import { jsonOption } from "../verbs/status-command.ts";
import { LATENCY_FORMS, latencyOf } from "./latency.ts";
import { type Outage, OUTAGE_FORMS, outageOf } from "./outage.ts";

export interface Given {
  readonly config?: string;
  readonly policy?: string;
  readonly set?: readonly string[];
  readonly sweep?: readonly string[];
  readonly outage: readonly Outage[];
  readonly replicas: number;
  readonly store: "shared" | "none";
  readonly rps: number;
  readonly latency: { readonly text: string; readonly distribution: Distribution };
  readonly timeout: number;
  readonly errors: number;
  readonly for?: number;
  readonly seed: number;
  readonly seeds: number;
  readonly figuresOnly?: true;
  readonly svg?: string;
  readonly html?: string;
  readonly json?: true;
}

const DEFAULT_OUTAGE = "503 from 60s for 120s";
const DEFAULT_LATENCY = "1s..10s";
const DEFAULT_ERRORS = 0.01;

export function simulateCommand(shell: Shell): Command {
  const command = new Command("simulate")
    .summary("try a policy against an outage in simulated time")
    .description(
      "Plays the library itself, several replicas of it, their store and a provider in virtual time, without a breaker and with one; " +
        "draws the course, compares policies, and ends with what to change. Needs no key, no network and no Redis. The same seed gives the same bytes.",
    );
  addTraffic(command);
  addExtent(command);
  addPolicies(command);
  return command
    .addOption(new Option("--figures-only", "do not look for a better policy").env("RECLOSER_SIMULATE_FIGURES_ONLY"))
    .addOption(new Option("--svg <file>", "the course as a picture").env("RECLOSER_SIMULATE_SVG"))
    .addOption(new Option("--html <file>", "picture, table and advice as one page").env("RECLOSER_SIMULATE_HTML"))
    .addOption(jsonOption())
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", AFTER)
    .action(async (given: Given) => {
      const { runSimulate } = await import("./simulate.ts");
      await runSimulate(shell, given);
    });
}

const variable = (name: string): string => `RECLOSER_SIMULATE_${name}`;

function addTraffic(command: Command): void {
  command
    .addOption(
      new Option("--outage <what...>", OUTAGE_FORMS)
        .default([outageOf(DEFAULT_OUTAGE)], `"${DEFAULT_OUTAGE}"`)
        .env(variable("OUTAGE"))
        .argParser(listOf(outageOf)),
    )
    .addOption(
      new Option("--replicas <number>", "processes that call the provider")
        .default(3)
        .env(variable("REPLICAS"))
        .argParser(wholeNumberBetween("--replicas", 1, 256)),
    )
    .addOption(
      new Option("--rps <number>", "calls per second of all replicas together")
        .default(10)
        .env(variable("RPS"))
        .argParser(numberBetween("--rps", 0.01, 10_000)),
    )
    .addOption(
      new Option("--latency <range>", `how long answers take: ${LATENCY_FORMS}`)
        .default({ text: DEFAULT_LATENCY, distribution: latencyOf(DEFAULT_LATENCY) }, DEFAULT_LATENCY)
        .env(variable("LATENCY"))
        .argParser((text: string): Given["latency"] => ({ text, distribution: latencyOf(text) })),
    )
    .addOption(
      new Option("--timeout <duration>", "how long callers wait")
        .default(30_000, "30s")
        .env(variable("TIMEOUT"))
        .argParser(durationUpTo("--timeout", "1h", "1ms")),
    )
    .addOption(
      new Option("--errors <share>", "of the calls, that fails by itself with 500, always")
        .default(DEFAULT_ERRORS)
        .env(variable("ERRORS"))
        .argParser(numberBetween("--errors", 0, 1)),
    )
    .addOption(
      new Option("--store <kind>", "whether replicas share their circuit: shared or none")
        .default("shared")
        .env(variable("STORE"))
        .argParser(oneOf("--store", ["shared", "none"])),
    );
}

function addExtent(command: Command): void {
  command
    .addOption(
      new Option("--for <duration>", "how long it lasts; default: two minutes beyond the last outage")
        .env(variable("FOR"))
        .argParser(durationUpTo("--for", "1d", "1s")),
    )
    .addOption(
      new Option("--seed <number>", "the first seed")
        .default(1)
        .env(variable("SEED"))
        .argParser(wholeNumberBetween("--seed", 0, 4_294_967_295)),
    )
    .addOption(
      new Option("--seeds <number>", "how many seeds the figures are the means of")
        .default(3)
        .env(variable("SEEDS"))
        .argParser(wholeNumberBetween("--seeds", 1, 100)),
    );
}

function addPolicies(command: Command): void {
  command
    .addOption(
      new Option("-c, --config <file>", "a gateway's configuration: its breaker options").env("RECLOSER_CONFIG"),
    )
    .addOption(
      new Option("--policy <key>", "with --config: also its policies entry of this name").env(
        "RECLOSER_SIMULATE_POLICY",
      ),
    )
    .addOption(
      new Option("--set <option=value...>", "over that: failureRate=0.6 cooldown.max=2m")
        .env("RECLOSER_SIMULATE_SET")
        .argParser(listOf(String)),
    )
    .addOption(
      new Option(
        "--sweep <option=values...>",
        "further policies to compare: cooldown.max=5s,10s,30s; of several each combination",
      )
        .env("RECLOSER_SIMULATE_SWEEP")
        .argParser(listOf(String)),
    );
}

const EXAMPLES = `Examples:
  recloser simulate                                             the defaults against a 503 outage of two minutes
  recloser simulate --outage "hang from 60s for 120s" --rps 40 --replicas 8
  recloser simulate --outage "503 50% from 60s for 120s" "429 retry-after 20s from 300s for 60s"
  recloser simulate --sweep cooldown.max=5s,10s,30s failureRate=0.5,0.9
  recloser simulate --config recloser.yaml --html outage.html   what the gateway's policy would do
  recloser simulate --set silence=10s --latency p50=2s,p95=12s --json | jq .advice
`;

const AFTER = `
slow takes xN (answers take N times as long); N% is the share of calls that it hits; every D makes it come and go, half the time each.
Exit codes: 0 played, 1 the configuration is wrong or a file cannot be written, 2 wrong option.`;
