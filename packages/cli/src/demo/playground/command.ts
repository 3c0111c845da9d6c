/** The options of the demo's live page, when there is one, and how it is run. */
import { type Command, Option } from "commander";
import { wholeNumberBetween } from "../../option-values.ts";
import { looksOf, type Shell } from "../../shell.ts";
import { UsageError } from "../../usage-error.ts";

export interface PageGiven {
  /** Undefined: where there is a terminal to say its address on. */
  readonly page?: boolean;
  readonly port?: number;
  readonly gatewayPort?: number;
  readonly open?: true;
  readonly rps: number;
  readonly seed: number;
  readonly json?: true;
}

export const PAGE_HELP = `
On a terminal a page is live beside the story: switches for the provider, the rate of its callers, what these get with and without
a breaker, the dashboard, and a gateway for your own program. Whoever takes a switch takes over; q or Ctrl-C ends it. With --scenario,
--speed or --json, or without a terminal, the demo ends by itself and there is no page, unless --page asks for one.`;

/** More would show how busy this process is, and nothing else. */
export const MOST_PER_SECOND = 40;

// These tell a story that ends by itself, or have no page.
const WITHOUT_PAGE = ["scenario", "speed", "redis", "stopRedisAt", "continueRedisAt"] as const;
export const OF_PAGE = ["port", "gatewayPort", "open"] as const;

export function addPageOptions(command: Command): Command {
  return command
    .addOption(new Option("--page", "the live page, until Ctrl-C, even where there is no terminal"))
    .addOption(new Option("--no-page", "no live page"))
    .addOption(
      new Option("--port <number>", "of the page; 0: any that is free (default: 8788, or any where that is taken)")
        .env("RECLOSER_DEMO_PORT")
        .argParser(wholeNumberBetween("--port", 0, 65_535)),
    )
    .addOption(
      new Option("--gateway-port <number>", "of the gateway beside it (default: 8787, or any where that is taken)")
        .env("RECLOSER_DEMO_GATEWAY_PORT")
        .argParser(wholeNumberBetween("--gateway-port", 0, 65_535)),
    )
    .addOption(new Option("--open", "show the page in the browser"));
}

/** @throws UsageError where what was asked for cannot be had together */
export function isPageWanted(shell: Shell, named: string | undefined, given: PageGiven, command: Command): boolean {
  const isGiven = (option: string): boolean => !["default", undefined].includes(command.getOptionValueSource(option));
  const other = named === undefined ? WITHOUT_PAGE.find(isGiven) : "scenario";
  const isTold = looksOf(shell).live && given.json !== true && other === undefined;
  const isWanted = given.page ?? isTold;
  const wish = given.page === true ? "page" : OF_PAGE.find((option) => command.getOptionValueSource(option) === "cli");
  if (wish !== undefined && (!isWanted || other !== undefined))
    throw new UsageError(`--${dashed(wish)}`, whatInstead(other), String(command.getOptionValue(wish)));
  if (isWanted && given.rps > MOST_PER_SECOND)
    throw new UsageError("--rps", `at most ${MOST_PER_SECOND} with the live page`, String(given.rps));
  return isWanted;
}

function whatInstead(other: string | undefined): string {
  return other === undefined ? "--page beside it, or a terminal" : `no such option beside --${dashed(other)}`;
}

function dashed(option: string): string {
  return option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export async function runPage(shell: Shell, given: PageGiven, command: string): Promise<void> {
  const json = given.json === true;
  if (!json) shell.stdout.write("recloser demo · an outage, without and with the breaker\n");
  const { runPlayground } = await import("./run.ts");
  const { rps, seed, port = null, gatewayPort = null, open = false } = given;
  await runPlayground(shell, { rps, seed, json, open, ports: { page: port, gateway: gatewayPort } }, command);
}
