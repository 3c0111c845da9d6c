/** Runs the fleet's demo from the first line to the last, and leaves nothing behind: no process, no key, no socket. */
import type { Interruption } from "../../interruption.ts";
import { everyMs } from "../clock.ts";
import { listenForKeys } from "../../terminal/keys.ts";
import { fleetSceneOf } from "./scene.ts";
import { FleetStage } from "./stage.ts";
import type { FleetSettings } from "./story.ts";
import { type FleetSummary, summariseFleet } from "./summary.ts";
import type { FleetPresenter } from "./view/presenter.ts";

const LOOK_EVERY_MS = 50;

export interface Surroundings {
  /** Where servers are looked for. */
  readonly path: string;
  /** How the command was called, for hints. */
  readonly command: string;
  /** A terminal with keys; null without one. */
  readonly stdin: NodeJS.ReadStream | null;
}

/**
 * @returns what it came to; null when it was interrupted
 * @throws NoRedisError
 */
export async function performFleet(
  settings: FleetSettings,
  presenter: FleetPresenter,
  { path, command, stdin }: Surroundings,
  { signal }: Pick<Interruption, "signal">,
): Promise<FleetSummary | null> {
  await using stage = await FleetStage.open(settings, path, command);
  const undo: (() => void)[] = [];
  try {
    signal.throwIfAborted();
    stage.begin();
    presenter.begin(fleetSceneOf(stage));
    stage.journal.onEvent = (event) => presenter.event(event);
    const show = (): void => presenter.show(fleetSceneOf(stage));
    undo.push(everyMs(LOOK_EVERY_MS, () => stage.look()));
    if (presenter.everyMs !== null) undo.push(everyMs(presenter.everyMs, show));
    if (stdin !== null) undo.push(listenForKeys(stdin, keysOf(stage)));
    show();
    await stage.play(signal);
    show();
    const scene = fleetSceneOf(stage);
    const summary = summariseFleet(scene, stage.journal, command);
    for (const stop of undo.splice(0)) stop();
    presenter.report(scene, summary);
    return summary;
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  } finally {
    for (const stop of undo) stop();
    presenter.close();
  }
}

function keysOf(stage: FleetStage): Record<"r" | "f" | "q", () => void> {
  return { r: () => stage.toggleRedis(), f: () => stage.toggleProvider(), q: () => stage.end() };
}
