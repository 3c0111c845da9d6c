/** `recloser demo` */
import { Argument, Command, Option } from "commander";
import { EXIT } from "../exit-code.ts";
import { listenForInterruption } from "../interruption.ts";
import { numberBetween, oneOf, wholeNumberBetween } from "../option-values.ts";
import { isFromNpm, looksOf, type Shell } from "../shell.ts";
import { UsageError } from "../usage-error.ts";
import { CONTINUE_REDIS, FLEET_HELP, type FleetGiven, REDIS, runFleet, STOP_REDIS } from "./fleet/command.ts";
import { SCENARIO_NAMES, type ScenarioName, SCENARIOS } from "./scenarios.ts";
import { addPageOptions, isPageWanted, OF_PAGE, PAGE_HELP, type PageGiven, runPage } from "./playground/command.ts";
import type { Settings } from "./stage.ts";
import type { Presenter } from "./view/presenter.ts";

interface Given extends FleetGiven, PageGiven {
  readonly scenario: ScenarioName;
  readonly speed?: number;
  readonly gateway?: true;
}

// Two arms, two servers and two clients share one process: past this the picture would be of our own event loop.
const MOST_PER_SECOND = 400;

export function demoCommand(shell: Shell): Command {
  return addPageOptions(
    new Command("demo")
      .summary("watch an outage, with and without the breaker")
      .description(
        "Starts two simulated providers on loopback and sends both the same callers, one application with a breaker " +
          "and one without. Nothing leaves this machine and no key is needed. Times on the screen are the story's; " +
          "--speed says how fast it is told.",
      )
      .addHelpText("before", EXAMPLES)
      // `npm start --scenario hang`, without the `--`, arrives as `hang`: it means the same.
      .addArgument(new Argument("[scenario]", "the same as --scenario").argParser(oneOf("scenario", SCENARIO_NAMES)))
      .addOption(
        new Option("--scenario <name>", "what goes wrong (see below)")
          .env("RECLOSER_DEMO_SCENARIO")
          .default("503")
          .argParser(oneOf("--scenario", SCENARIO_NAMES)),
      )
      .addOption(
        new Option("--speed <factor>", "1 is real time; without it, whatever makes it last half a minute")
          .env("RECLOSER_DEMO_SPEED")
          .argParser(numberBetween("--speed", 0.1, 20)),
      )
      .addOption(
        new Option("--rps <number>", "callers per second of story time")
          .env("RECLOSER_DEMO_RPS")
          .default(8)
          .argParser(numberBetween("--rps", 1, 100)),
      )
      .addOption(
        new Option("--seed <number>", "the same seed, the same callers, latencies and jitter")
          .env("RECLOSER_DEMO_SEED")
          .default(1)
          .argParser(wholeNumberBetween("--seed", 0, 4_294_967_295)),
      )
      .addOption(new Option("--json", "events and the summary as NDJSON on stdout").env("RECLOSER_DEMO_JSON"))
      .addOption(
        new Option("--gateway", "the gateway before the simulated provider, for your own program, until Ctrl-C"),
      )
      .addOption(REDIS)
      .addOption(STOP_REDIS)
      .addOption(CONTINUE_REDIS)
      .addHelpText("after", menu())
      .action((named: ScenarioName | undefined, given: Given, command: Command) => {
        if (given.gateway === true) return runGateway(shell, named, given, command);
        if (isPageWanted(shell, named, given, command)) return runPage(shell, given, calledAs(shell));
        if (given.redis === undefined) return run(shell, named === undefined ? given : { ...given, scenario: named });
        checkFleet(named, command);
        return runFleet(shell, given, calledAs(shell));
      }),
  );
}

const OWN = ["scenario", "speed", "rps", "seed", "redis", "stopRedisAt", "continueRedisAt", "page"] as const;

// Here the callers are somebody's own, and the outage is switched by hand.
async function runGateway(
  shell: Shell,
  named: ScenarioName | undefined,
  { json }: Given,
  command: Command,
): Promise<void> {
  for (const option of [...OWN, ...OF_PAGE])
    if (command.getOptionValueSource(option) === "cli")
      throw new UsageError(`--${option}`, "no such option beside --gateway", String(command.getOptionValue(option)));
  if (named !== undefined) throw new UsageError("scenario", "none beside --gateway", named);
  shell.stderr.write("recloser demo --gateway\n");
  const { serve } = await import("../gateway/serve.ts");
  const flags = shell.stdout.isTTY ? [{ flag: "--log-pretty", path: "log.pretty", value: "true" }] : [];
  await serve(shell, { file: undefined, flags }, json === true);
}

// Several processes and Redis have one time, the real one, and one story.
function checkFleet(named: ScenarioName | undefined, command: Command): void {
  for (const option of ["scenario", "speed"])
    if (command.getOptionValueSource(option) === "cli")
      throw new UsageError(`--${option}`, "no such option beside --redis", String(command.getOptionValue(option)));
  if (named !== undefined) throw new UsageError("scenario", "none beside --redis", named);
}

function calledAs(shell: Shell): string {
  return isFromNpm(shell) ? "npm start --" : "recloser demo";
}

const EXAMPLES = `Examples:
  recloser demo                           an outage, told here and on a live page with switches
  recloser demo --no-page                 the same here only, in half a minute
  recloser demo --page --port 9000        the page alone, where there is no terminal to tell it on
  recloser demo --scenario hang           calls that are never answered
  recloser demo --scenario 429 --speed 5  the same breaker, a rate limit, five times as fast
  recloser demo --redis                   three processes, one circuit; r stops and continues Redis
  recloser demo --redis --stop-redis-at 6s --continue-redis-at 18s
  recloser demo --gateway                 a gateway for your own program, with outages by curl
  recloser demo --json | jq .text         events for programs
`;

function menu(): string {
  const lines = SCENARIO_NAMES.map((name) => `  ${name.padEnd(11)} ${SCENARIOS[name].title}`);
  return `\nScenarios:\n${lines.join("\n")}\n${PAGE_HELP}\n${FLEET_HELP}\n\nExit codes: 0 shown to the end, 1 no Redis to be had, 2 wrong option, 130 stopped by Ctrl-C (twice to force).`;
}

async function run(shell: Shell, given: Given): Promise<void> {
  for (const [option, value] of [
    ["--stop-redis-at", given.stopRedisAt],
    ["--continue-redis-at", given.continueRedisAt],
  ] as const)
    if (value !== undefined) throw new UsageError(option, "--redis beside it", `${value}ms`);
  const settings = settingsOf(given);
  const interruption = listenForInterruption();
  try {
    const presenter = await presenterFor(shell, settings, given.json === true);
    // Loaded only now: the first line is out before the library, its test kit and Node's HTTP stack are.
    const { perform } = await import("./perform.ts");
    const finished = await perform(settings, presenter, calledAs(shell), interruption);
    if (!finished) shell.stderr.write("recloser: stopped\n");
    shell.exitWith(interruption.exitCode ?? EXIT.ok);
  } finally {
    interruption.release();
  }
}

function settingsOf({ scenario: name, speed: givenSpeed, rps, seed }: Given): Settings {
  const scenario = SCENARIOS[name];
  const speed = givenSpeed ?? scenario.speed;
  if (rps * speed > MOST_PER_SECOND) {
    const most = Math.floor(MOST_PER_SECOND / speed);
    throw new UsageError(
      "--rps",
      `at most ${most} at ${speed}× speed (${MOST_PER_SECOND} calls per real second)`,
      String(rps),
    );
  }
  return { name, scenario, speed, rps, seed };
}

async function presenterFor(shell: Shell, settings: Settings, json: boolean): Promise<Presenter> {
  const { stdout } = shell;
  if (json) return new (await import("./view/json.ts")).JsonPresenter(stdout, settings);
  const { live, colour } = looksOf(shell);
  stdout.write(`recloser demo · ${settings.name} · ${settings.scenario.title}\n`);
  if (live) return new (await import("./view/live.ts")).LivePresenter(stdout, colour);
  return new (await import("./view/lines.ts")).LinePresenter(stdout, colour);
}
