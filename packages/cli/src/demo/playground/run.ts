/** Runs the playground: a story first where there is a terminal to tell it on, then whatever is done on the page, until it is ended. */
import { EXIT } from "../../exit-code.ts";
import { type Interruption, listenForInterruption } from "../../interruption.ts";
import { looksOf, type Shell } from "../../shell.ts";
import { listenForKeys } from "../../terminal/keys.ts";
import { everyMs, wallClock } from "../clock.ts";
import { Journal } from "../journal.ts";
import { tell } from "../perform.ts";
import { SCENARIOS } from "../scenarios.ts";
import { type Settings, Stage } from "../stage.ts";
import { LivePresenter } from "../view/live.ts";
import { type House, openHouse, type Ports } from "./house.ts";
import { jsonOfNews, linesOfNews, type News } from "./news.ts";
import { openInBrowser } from "./open-in-browser.ts";
import { Playground, type PlaygroundSettings } from "./playground.ts";
import { switchOf } from "./switches.ts";

export interface PlaygroundGiven extends PlaygroundSettings {
  readonly ports: Ports;
  readonly json: boolean;
  /** Whether a browser is to be opened. */
  readonly open: boolean;
}

const LOOK_EVERY_MS = 50;
const MOST_EVENTS = 200;

/** @param command how it was called, for hints */
export async function runPlayground(shell: Shell, given: PlaygroundGiven, command: string): Promise<void> {
  const interruption = listenForInterruption();
  const { live, colour } = looksOf(shell);
  const isTold = live && !given.json;
  const quit = new AbortController();
  const news = given.json ? jsonOfNews(shell) : linesOfNews(shell, colour);
  const playground = await Playground.open(given);
  try {
    await using house = await openOrTell(shell, playground, given.ports);
    if (house === null) return;
    news.listening(house);
    if (given.open) openInBrowser(house.pageUrl);
    const restore =
      isTold && shell.stdin?.isTTY === true ? listenForKeys(shell.stdin, { q: () => quit.abort() }) : null;
    try {
      const end = AbortSignal.any([interruption.signal, quit.signal]);
      if (isTold) await tellStory(shell, playground, { given, house, command, colour }, end);
      await goOn(playground, news, end);
      endOf(shell, interruption);
    } finally {
      restore?.();
    }
  } finally {
    await playground.close();
    interruption.release();
  }
}

async function openOrTell(shell: Shell, playground: Playground, ports: Ports): Promise<House | null> {
  try {
    return await openHouse(playground, ports);
  } catch (error) {
    const { code, message, port } = error as NodeJS.ErrnoException & { readonly port?: number };
    const why =
      code === "EADDRINUSE"
        ? `127.0.0.1:${port} is in use; without --port and --gateway-port any other is taken`
        : message;
    shell.stderr.write(`recloser: cannot listen: ${why}\n`);
    shell.exitWith(EXIT.failed);
    return null;
  }
}

interface Telling {
  readonly given: PlaygroundGiven;
  readonly house: House;
  readonly command: string;
  readonly colour: boolean;
}

/** Ends early, without its table, when somebody takes a switch. */
async function tellStory(
  shell: Shell,
  playground: Playground,
  { given: { rps, seed }, house: { pageUrl }, command, colour }: Telling,
  end: AbortSignal,
): Promise<void> {
  const scenario = SCENARIOS["503"];
  const settings: Settings = { name: "503", scenario, speed: 1, rps, seed, pageUrl };
  const presenter = new LivePresenter(shell.stdout, colour);
  const clock = { ...wallClock, close: () => {} };
  playground.story = `The terminal tells of an outage: ${scenario.title}. Take a switch, and it is yours.`;
  {
    await using stage = new Stage(settings, clock, playground.world);
    await tell(stage, clock, presenter, command, AbortSignal.any([end, playground.taken]));
  }
  playground.story = null;
  if (end.aborted) return;
  const how = playground.taken.aborted ? "Somebody has taken the switches." : "The page goes on.";
  shell.stdout.write(` ${how} ${pageUrl} has the switches; q or Ctrl-C ends it.\n\n`);
}

/** Callers come, and what happens is told, until it is ended. */
async function goOn(playground: Playground, news: News, end: AbortSignal): Promise<void> {
  if (end.aborted) return;
  const startMs = wallClock.now();
  const journal = new Journal(playground.world.breaker, startMs);
  const at = (): number => wallClock.now() - startMs;
  journal.onEvent = (event) => {
    news.event(event);
    if (journal.events.length > MOST_EVENTS) journal.events.shift();
  };
  playground.onTurn = ({ says }, fault) =>
    journal.provider({ atMs: at(), fault, says: fault === null ? "is well again" : says }, at());
  // What the story ended with, or the switch that ended it.
  const on = switchOf(playground.view().now.on);
  if (on.id !== "healthy") playground.onTurn(on, on.faults[0] ?? null);
  const stop = everyMs(LOOK_EVERY_MS, () => journal.look(at()));
  playground.begin();
  try {
    await aborted(end);
  } finally {
    stop();
    journal.close();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function endOf(shell: Shell, { exitCode }: Interruption): void {
  shell.exitWith(exitCode ?? EXIT.ok);
}
