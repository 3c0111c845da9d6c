/** What was promised of the run, and what was seen. */
import type { Chart } from "../chart.ts";
import type { Asked } from "./load.ts";
import { type Plan, SETTLES_MS } from "./plan.ts";

export interface Verdict {
  readonly promise: string;
  readonly seen: string;
  readonly holds: boolean;
}

export interface Result {
  readonly questions: number;
  readonly byMode: Readonly<Record<string, number>>;
  /** How long after its death the last call was made that was no probe. */
  readonly discoveredAfterMs: number;
  /** The calls while it was dead and known to be. */
  readonly probes: number;
  readonly p95Ms: Readonly<Record<"well" | "down" | "back" | "withoutRedis", number>>;
  /** From the provider's return until nine of ten questions are answered live again. */
  readonly liveAgainAfterMs: number | null;
}

// Cooldowns begin at five seconds, less a fifth of jitter: calls closer than this were no probes of one fleet.
const PROBE_GAP_MS = 3_900;
const BUCKET_MS = 1_000;

export function resultOf(plan: Plan, asked: readonly Asked[], calls: readonly number[]): Result {
  const { providerDiesMs, providerReturnsMs, redisDiesMs, redisReturnsMs } = plan;
  const knownMs = discoveredMs(plan, calls);
  const byMode: Record<string, number> = {};
  for (const { mode } of asked) byMode[mode ?? "failed"] = (byMode[mode ?? "failed"] ?? 0) + 1;
  return {
    questions: asked.length,
    byMode,
    discoveredAfterMs: knownMs - providerDiesMs,
    probes: within(calls, knownMs + 1, providerReturnsMs).length,
    p95Ms: {
      well: p95(between(asked, 0, providerDiesMs)),
      down: p95(between(asked, knownMs + SETTLES_MS / 2, providerReturnsMs)),
      back: p95(between(asked, providerReturnsMs + SETTLES_MS, redisDiesMs)),
      withoutRedis: p95(between(asked, redisDiesMs, redisReturnsMs)),
    },
    liveAgainAfterMs: liveAgainMs(plan, asked),
  };
}

export function judged(plan: Plan, asked: readonly Asked[], calls: readonly number[]): readonly Verdict[] {
  const { p95Ms, discoveredAfterMs, probes, liveAgainAfterMs } = resultOf(plan, asked, calls);
  const probing = within(calls, plan.providerDiesMs + discoveredAfterMs + 1, plan.providerReturnsMs);
  const gaps = probing.slice(1).map((atMs, index) => atMs - (probing.at(index) ?? Number.NaN));
  const closest = Math.min(Infinity, ...gaps);
  const unmarked = asked.filter(({ mode }) => mode === null);
  const withoutRedis = between(asked, plan.redisDiesMs, plan.redisReturnsMs);
  const failed = withoutRedis.filter(({ status }) => status === null || status >= 500);
  const [peak, usual] = [peakOf(calls, plan.providerReturnsMs), peakOf(calls, 0, plan.providerDiesMs)];
  return [
    {
      promise: "every answer has its mode",
      seen: `${unmarked.length} of ${asked.length} have none${unmarked.length === 0 ? "" : ` (${statuses(unmarked)})`}`,
      holds: unmarked.length === 0,
    },
    {
      promise: "after the trip 95 of 100 answers take less than 100 ms",
      seen: `${Math.round(p95Ms.down)} ms`,
      holds: p95Ms.down < 100,
    },
    {
      promise: "after the trip the provider gets probes only, one in each cooldown of the fleet",
      seen: `${probes} calls, the closest two ${closest === Infinity ? "–" : `${(closest / 1_000).toFixed(1)} s`} apart`,
      holds: closest > PROBE_GAP_MS,
    },
    {
      promise: "live answers return by themselves",
      seen: liveAgainAfterMs === null ? "never" : `after ${(liveAgainAfterMs / 1_000).toFixed(1)} s`,
      holds: liveAgainAfterMs !== null,
    },
    {
      promise: "without a stampede: no second has twice the calls of the busiest one before",
      seen: `${peak} against ${usual}`,
      holds: peak <= 2 * usual,
    },
    {
      promise: "without Redis no request fails",
      seen: `${failed.length} of ${withoutRedis.length}${failed.length === 0 ? "" : ` (${statuses(failed)})`}`,
      holds: failed.length === 0,
    },
  ];
}

/** Modes and calls, second by second. */
export function chartOf(plan: Plan, asked: readonly Asked[], calls: readonly number[]): Chart {
  const buckets = Array.from({ length: Math.ceil(plan.endMs / BUCKET_MS) }, (_, index) => index);
  const share = (modes: readonly string[]): number[] =>
    buckets.map((index) => {
      const here = between(asked, index * BUCKET_MS, (index + 1) * BUCKET_MS);
      return here.filter(({ mode }) => modes.includes(mode ?? "")).length;
    });
  const seconds = (ms: number): number => Math.round(ms / BUCKET_MS);
  return {
    title: "Answers a second by their mode, and calls to the provider",
    kind: "line",
    x: { name: "seconds", values: buckets },
    y: { name: "a second", min: 0 },
    series: [
      { name: "live", values: share(["live"]), color: 2 },
      { name: "cached-sql", values: share(["cached-sql"]), color: 0 },
      { name: "template", values: share(["template"]), color: 4 },
      { name: "queued", values: share(["queued"]), color: 3 },
      {
        name: "calls to the provider",
        values: buckets.map((index) => within(calls, index * BUCKET_MS, (index + 1) * BUCKET_MS).length),
        color: 6,
      },
    ],
    marks: [
      { x: seconds(plan.providerDiesMs), name: "provider dies" },
      { x: seconds(plan.providerReturnsMs), name: "is back" },
      { x: seconds(plan.redisDiesMs), name: "Redis dies" },
      { x: seconds(plan.redisReturnsMs), name: "is back" },
    ],
  };
}

// The calls that found it out come in one burst with the load; the first that is alone is the first probe.
function discoveredMs({ providerDiesMs, providerReturnsMs }: Plan, calls: readonly number[]): number {
  const dead = within(calls, providerDiesMs, providerReturnsMs);
  const last = dead.findIndex((atMs, index) => (dead[index + 1] ?? Infinity) - atMs > PROBE_GAP_MS);
  return dead[last] ?? providerDiesMs;
}

function liveAgainMs({ providerReturnsMs, redisDiesMs }: Plan, asked: readonly Asked[]): number | null {
  for (let fromMs = providerReturnsMs; fromMs + BUCKET_MS <= redisDiesMs; fromMs += BUCKET_MS / 2) {
    const here = between(asked, fromMs, fromMs + BUCKET_MS);
    if (here.filter(({ mode }) => mode === "live").length >= here.length * 0.9) return fromMs - providerReturnsMs;
  }
  return null;
}

// The first few of them say what went wrong.
function statuses(asked: readonly Asked[]): string {
  return asked
    .slice(0, 3)
    .map(
      ({ status, of, atMs, durationMs }) =>
        `${of ?? status ?? "no answer"} at ${(atMs / 1_000).toFixed(1)} s after ${Math.round(durationMs)} ms`,
    )
    .join(", ");
}

function between(asked: readonly Asked[], fromMs: number, toMs: number): readonly Asked[] {
  return asked.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
}

function within(calls: readonly number[], fromMs: number, toMs: number): readonly number[] {
  return calls.filter((atMs) => atMs >= fromMs && atMs < toMs);
}

function peakOf(calls: readonly number[], fromMs: number, toMs = Infinity): number {
  const counts = new Map<number, number>();
  for (const atMs of within(calls, fromMs, toMs)) {
    const bucket = Math.floor(atMs / BUCKET_MS);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}

function p95(asked: readonly Asked[]): number {
  const sorted = asked.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.95)] ?? 0;
}
