/** Everything that one frame shows, as data: taken from the stage, drawn by `view/`. */
import { displayOf, type Display } from "../terminal/display.ts";
import type { Arm } from "./arm.ts";
import type { DemoEvent } from "./journal.ts";
import { percentile } from "./ledger.ts";
import type { Sample } from "./samples.ts";
import type { Step } from "./scenarios.ts";
import type { Arms, Stage } from "./stage.ts";

export interface ArmScene {
  readonly inFlight: number;
  readonly waiting: number;
  readonly providerCalls: number;
  readonly answeredAtOnce: number;
  readonly released: number;
  readonly failed: number;
  readonly good: number;
  /** Of those answered in the last 10 s of story time; null when nobody was. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

export interface BreakerScene {
  readonly shows: Display;
  /** Until the next probe, or the end of the hold; 0 when there is nothing to wait for. */
  readonly waitMs: number;
  /** Of which length in all; 0 likewise. */
  readonly waitOfMs: number;
  readonly step: number;
  readonly probing: boolean;
  readonly rampLimit: number | null;
  readonly calls: number;
  readonly failures: number;
  readonly failuresInARow: number;
  /** What the last trip rested on, in a sentence; null before the first. */
  readonly evidence: string | null;
}

export interface Scene {
  readonly name: string;
  readonly title: string;
  readonly speed: number;
  /** Of the live page beside it; null: there is none. */
  readonly pageUrl: string | null;
  readonly atMs: number;
  readonly lastsMs: number;
  readonly says: string;
  readonly isWell: boolean;
  readonly steps: readonly Step[];
  readonly arms: Arms<ArmScene>;
  readonly breaker: BreakerScene;
  readonly samples: readonly Sample[];
  readonly events: readonly DemoEvent[];
}

const RECENT_MS = 10_000;

export function sceneOf(stage: Stage, nowMs: number): Scene {
  const { name, scenario, speed, pageUrl = null } = stage.settings;
  const { title, lastsMs, steps } = scenario;
  return {
    name,
    title,
    speed,
    pageUrl,
    atMs: stage.atMs,
    lastsMs,
    says: stage.says,
    isWell: stage.isWell,
    steps,
    arms: { without: armScene(stage.arms.without, nowMs), with: armScene(stage.arms.with, nowMs) },
    breaker: breakerScene(stage),
    samples: stage.samples,
    events: stage.journal.events,
  };
}

function armScene({ inFlight, waiting, provider, ledger }: Arm, nowMs: number): ArmScene {
  const waits = ledger.waitsSince(nowMs - RECENT_MS);
  const { good, failed, rejected, released } = ledger.counts;
  return {
    inFlight,
    waiting,
    providerCalls: provider.stats().requests,
    answeredAtOnce: rejected,
    released,
    failed,
    good,
    p50Ms: percentile(waits, 0.5),
    p95Ms: percentile(waits, 0.95),
  };
}

function breakerScene({ breaker, journal }: Stage): BreakerScene {
  const snapshot = breaker.snapshot();
  const { window, step, probing, rampLimit, consecutiveFailures } = snapshot;
  const shows = displayOf(snapshot);
  const hold = snapshot.holds.reduce((longest, { remainingMs }) => Math.max(longest, remainingMs), 0);
  const lastHold = journal.events.findLast(({ kind }) => kind === "hold")?.facts["holdMs"];
  return {
    shows,
    waitMs: shows === "held" ? hold : shows === "open" ? snapshot.retryAfterMs : 0,
    waitOfMs: shows === "held" ? Number(lastHold ?? hold) : shows === "open" ? snapshot.cooldownMs : 0,
    step,
    probing,
    rampLimit,
    calls: window.calls,
    failures: window.failures,
    failuresInARow: consecutiveFailures,
    evidence: journal.lastTrip,
  };
}
