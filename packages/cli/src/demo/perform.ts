/** Runs the demo from the first line to the last, and leaves nothing behind. */
import type { Interruption } from "../interruption.ts";
import { everyMs, type StoryClock, storyClock } from "./clock.ts";
import type { Ledger } from "./ledger.ts";
import { sceneOf } from "./scene.ts";
import { type Settings, Stage } from "./stage.ts";
import { type ArmFacts, summarise } from "./summary.ts";
import { verdictOf } from "./verdict.ts";
import type { Presenter, Report } from "./view/presenter.ts";

const LOOK_EVERY_MS = 50;

/** @returns whether it came to its end; false when it was interrupted */
export async function perform(
  settings: Settings,
  presenter: Presenter,
  command: string,
  { signal }: Pick<Interruption, "signal">,
): Promise<boolean> {
  const clock = storyClock(settings.speed);
  await using stage = await Stage.open(settings, clock);
  // Awaited here: the stage is closed when this function is left.
  return await tell(stage, clock, presenter, command, signal);
}

/** Plays a stage's scenario to a presenter. @returns whether it came to its end; false when it was interrupted */
export async function tell(
  stage: Stage,
  clock: StoryClock,
  presenter: Presenter,
  command: string,
  signal: AbortSignal,
): Promise<boolean> {
  const startMs = clock.now() - stage.atMs;
  stage.journal.onEvent = (event) => presenter.event(event);
  const looks = [everyMs(LOOK_EVERY_MS, () => stage.look())];
  const show = (): void => presenter.show(sceneOf(stage, clock.now()));
  if (presenter.everyMs !== null) looks.push(everyMs(presenter.everyMs, show));
  const stopLooking = (): void => {
    for (const stop of looks) stop();
  };
  try {
    show();
    await stage.play(signal);
    stopLooking();
    show();
    presenter.report(reportOf(stage, startMs, command));
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    stopLooking();
    presenter.close();
  }
}

function reportOf(stage: Stage, startMs: number, command: string): Report {
  const { settings, arms, callsInOutage, journal, atMs } = stage;
  const { scenario } = settings;
  const facts = (arm: "without" | "with"): ArmFacts => ({
    callers: sinceStart(arms[arm].ledger, startMs),
    providerCalls: arms[arm].provider.stats().requests,
    providerCallsInOutage: callsInOutage[arm],
  });
  const summary = summarise(scenario, { without: facts("without"), with: facts("with") }, atMs);
  const { opened, held, longestStep, probes, events } = journal;
  const { passed: probesPassed, failed: probesFailed } = probes;
  return {
    settings,
    arms: summary,
    breaker: { opened, held, probesPassed, probesFailed, longestStep, endsAs: journal.shown },
    verdict: verdictOf({ scenario, events, arms: summary }, command),
  };
}

function sinceStart({ callers }: Ledger, startMs: number): ArmFacts["callers"] {
  return callers.map(({ askedMs, endedMs, ending }) => ({
    askedMs: askedMs - startMs,
    endedMs: endedMs === null ? null : endedMs - startMs,
    ending,
  }));
}
