/** Everything that one frame of the fleet shows, as data: taken from the stage, drawn by `view/`. */
import { type Display, displayOf } from "../../terminal/display.ts";
import type { FleetEvent } from "./journal.ts";
import type { Mode, ReplicaName, Tally } from "./messages.ts";
import type { FleetStage, Sample } from "./stage.ts";

export interface ReplicaScene {
  readonly name: ReplicaName;
  readonly pid: number;
  readonly isGone: boolean;
  readonly shows: Display;
  readonly mode: Mode;
  /** Until the next probe; 0 when there is nothing to wait for. */
  readonly waitMs: number;
  readonly tally: Tally;
}

export interface FleetScene {
  readonly atMs: number;
  /** Null: until somebody ends it. */
  readonly lastsMs: number | null;
  readonly redis: string;
  /** Of a server that the demo has started. */
  readonly redisPid: number | null;
  readonly isRedisStopped: boolean;
  readonly canStopRedis: boolean;
  readonly isProviderWell: boolean;
  readonly providerCalls: number;
  readonly replicas: readonly ReplicaScene[];
  readonly samples: readonly Sample[];
  readonly events: readonly FleetEvent[];
}

export function fleetSceneOf(stage: FleetStage): FleetScene {
  const { settings, redis, provider, journal, samples, isProviderWell, isRedisStopped, isTheirs } = stage;
  return {
    atMs: stage.atMs,
    lastsMs: isTheirs ? null : settings.story.lastsMs,
    redis: redis.says,
    redisPid: redis.pid,
    isRedisStopped,
    canStopRedis: redis.halt !== null,
    isProviderWell,
    providerCalls: provider.stats().requests,
    replicas: stage.replicas.map(({ name, pid, isGone, standing: { state, mode, retryAfterMs, tally } }) => ({
      ...{ name, pid, isGone, mode, tally },
      shows: displayOf({ state, holds: [] }),
      waitMs: state === "open" ? retryAfterMs : 0,
    })),
    samples,
    events: journal.events,
  };
}

/** One sentence for the moment: what the reader is looking at. */
export function narrateFleet({ replicas, isRedisStopped, isProviderWell, events }: FleetScene): string {
  const alive = replicas.filter(({ isGone }) => !isGone);
  const all = (is: (replica: ReplicaScene) => boolean): boolean => alive.length > 0 && alive.every(is);
  if (isRedisStopped)
    return all(({ mode }) => mode === "local")
      ? "Redis hangs, so each process decides by itself, from where they stood together. No call waits for Redis."
      : "Redis hangs. It takes a moment until everyone has noticed, and no call waits for it meanwhile.";
  if (alive.some(({ mode }) => mode === "local"))
    return "Redis is back. Each process asks again by itself, reads what the circuit is, and shares from then on.";
  if (all(({ shows }) => shows === "open"))
    return isProviderWell
      ? "The provider is well again; the fleet finds out at its next probe."
      : "One tripped, all reject: callers are answered at once, and the provider is left alone.";
  if (alive.some(({ shows }) => shows === "half-open"))
    return "The cooldown is over: one call of one process is the probe for all, the others are answered at once.";
  if (!isProviderWell) return "Calls fail. Each process sees a third of it; together they know sooner.";
  return events.some(({ facts }) => facts["to"] === "closed") ? "All is well again." : "All is well.";
}
