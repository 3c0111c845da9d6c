/** `recloser demo --redis`: its options, and how it is run. */
import { Option } from "commander";
import { EXIT } from "../../exit-code.ts";
import { listenForInterruption } from "../../interruption.ts";
import { durationUpTo } from "../../option-values.ts";
import { type Looks, looksOf, type Shell } from "../../shell.ts";
import { UsageError } from "../../usage-error.ts";
import { type FleetSettings, storyOf } from "./story.ts";
import type { FleetPresenter } from "./view/presenter.ts";

export interface FleetGiven {
  /** True without a URL. */
  readonly redis?: string | true;
  readonly stopRedisAt?: number;
  readonly continueRedisAt?: number;
  readonly rps: number;
  readonly seed: number;
  readonly json?: true;
}

const LATEST = "10m";

export const REDIS: Option = new Option(
  "--redis [url]",
  "three processes that share one circuit in Redis (see below)",
).argParser((text) => redisUrl("--redis", text));
export const STOP_REDIS: Option = new Option(
  "--stop-redis-at <duration>",
  "with --redis: it hangs from then on, as 6s",
).argParser(durationUpTo("--stop-redis-at", LATEST));
export const CONTINUE_REDIS: Option = new Option(
  "--continue-redis-at <duration>",
  "with --redis: it goes on",
).argParser(durationUpTo("--continue-redis-at", LATEST));

export const FLEET_HELP = `
With --redis three processes call one provider, which answers 503 from 4 s to 14 s, and share their circuit through
recloser/redis: one trips, all reject, one call probes for all. Redis is the one at the URL, else at REDIS_URL, else a
redis-server or valkey-server from the PATH, started in memory for as long as the demo lasts. On a server of yours it
leaves a record of half a kilobyte that ends by itself within the hour. --scenario and --speed do not apply.
On a terminal, r stops and continues Redis, f fails and heals the provider, q ends it. Elsewhere the two flags do.`;

/** @param command how it was called, for hints */
export async function runFleet(shell: Shell, given: FleetGiven, command: string): Promise<void> {
  const settings = settingsOf(shell, given);
  const interruption = listenForInterruption();
  try {
    const looks = looksOf(shell);
    const isLive = looks.live && given.json !== true;
    const presenter = await presenterFor(shell, settings, looks, given.json === true);
    const [{ performFleet }, { NoRedisError }] = await Promise.all([
      import("./perform.ts"),
      import("./redis-server.ts"),
    ]);
    const stdin = isLive && shell.stdin?.isTTY === true ? shell.stdin : null;
    const surroundings = { path: shell.env["PATH"] ?? "", command, stdin };
    try {
      const summary = await performFleet(settings, presenter, surroundings, interruption);
      if (summary === null) shell.stderr.write("recloser: stopped\n");
      else if (summary.storeFailed > 0) shell.exitWith(EXIT.failed);
    } catch (error) {
      if (!(error instanceof NoRedisError)) throw error;
      shell.stderr.write(`recloser: ${error.message}\n`);
      shell.exitWith(EXIT.failed);
    }
    if (interruption.exitCode !== null) shell.exitWith(interruption.exitCode);
  } finally {
    interruption.release();
  }
}

function settingsOf({ env }: Shell, { redis, stopRedisAt, continueRedisAt, rps, seed }: FleetGiven): FleetSettings {
  const inEnv = env["REDIS_URL"] ?? "";
  const named = typeof redis === "string" ? redis : inEnv === "" ? null : redisUrl("REDIS_URL", inEnv);
  if (continueRedisAt !== undefined && (stopRedisAt === undefined || continueRedisAt <= stopRedisAt))
    throw new UsageError("--continue-redis-at", "a later moment than --stop-redis-at", `${continueRedisAt}ms`);
  if (stopRedisAt !== undefined && named?.startsWith("rediss:") === true)
    throw new UsageError("--stop-redis-at", "a server without TLS, which the demo can stand in front of", "rediss://…");
  return { redisUrl: named, rps, seed, story: storyOf(stopRedisAt ?? null, continueRedisAt ?? null) };
}

function redisUrl(option: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && ["redis:", "rediss:"].includes(url.protocol) && url.host !== "") return text;
  // A password must not end up on the screen by way of an error.
  throw new UsageError(option, "redis://host:port, or rediss://… for TLS", text.replace(/\/\/[^@/]*@/, "//…@"));
}

async function presenterFor(
  { stdout }: Shell,
  settings: FleetSettings,
  { live, colour }: Looks,
  json: boolean,
): Promise<FleetPresenter> {
  if (json) return new (await import("./view/json.ts")).FleetJsonPresenter(stdout, settings);
  stdout.write("recloser demo · redis · three processes share one circuit\n");
  if (live) return new (await import("./view/live.ts")).FleetLivePresenter(stdout, colour);
  return new (await import("./view/lines.ts")).FleetLinePresenter(stdout, colour);
}
