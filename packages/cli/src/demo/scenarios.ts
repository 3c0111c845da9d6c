/** The outages that the demo can show, as data. Times are in story milliseconds. */
import type { Fault } from "recloser/testing";

export interface Step {
  readonly atMs: number;
  /** Null: the provider is well from here on. */
  readonly fault: Fault | null;
  /** What it does from here on: "answers every call with 503". */
  readonly says: string;
}

export interface Scenario {
  /** One line for the menu. */
  readonly title: string;
  readonly steps: readonly Step[];
  readonly lastsMs: number;
  /** What makes it last about half a minute, unless `--speed` says otherwise. */
  readonly speed: number;
  /** Whether answers are streamed. */
  readonly streams: boolean;
  /** What to look at next, and why. */
  readonly next: { readonly scenario: ScenarioName; readonly why: string };
}

export const SCENARIO_NAMES = ["503", "hang", "429", "brownout", "flap", "cut-stream"] as const;
export type ScenarioName = (typeof SCENARIO_NAMES)[number];

const UNAVAILABLE: Fault = { kind: "status", status: 503 };
const HEALED = "is well again";

export const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = {
  "503": {
    title: "every call is answered 503 for 17 s",
    steps: [
      { atMs: 4_000, fault: UNAVAILABLE, says: "goes down: it answers every call with 503" },
      { atMs: 21_000, fault: null, says: HEALED },
    ],
    lastsMs: 30_000,
    speed: 1,
    streams: false,
    next: { scenario: "hang", why: "the outage that hurts most, where calls are taken and never answered" },
  },
  hang: {
    title: "calls are taken and never answered, for 65 s",
    steps: [
      { atMs: 5_000, fault: { kind: "hang" }, says: "hangs: it takes every call and never answers" },
      { atMs: 70_000, fault: null, says: "is well again for new calls" },
    ],
    lastsMs: 120_000,
    speed: 4,
    streams: false,
    next: { scenario: "429", why: "a provider that is well but asks to be left alone for a while" },
  },
  "429": {
    title: "the rate limit is used up for 15 s; every 429 says Retry-After: 5",
    steps: [
      {
        atMs: 4_000,
        fault: { kind: "rate-limit", retryAfter: 5 },
        says: "answers every call with 429, Retry-After: 5",
      },
      { atMs: 19_000, fault: null, says: "takes calls again" },
    ],
    lastsMs: 28_000,
    speed: 1,
    streams: false,
    next: { scenario: "brownout", why: "half of the calls fail, and opening would throw the other half away" },
  },
  brownout: {
    title: "half of the calls fail with 503 for 20 s",
    steps: [
      {
        atMs: 4_000,
        fault: { ...UNAVAILABLE, probability: 0.5 },
        says: "browns out: every second call fails with 503",
      },
      { atMs: 24_000, fault: null, says: HEALED },
    ],
    lastsMs: 30_000,
    speed: 1,
    streams: false,
    next: { scenario: "flap", why: "a provider that comes and goes at the pace of the breaker's own cooldown" },
  },
  flap: {
    title: "down for 5 s, up for 5 s, four times: the pace of the cooldown itself",
    steps: [
      ...[5_000, 15_000, 25_000, 35_000].flatMap((atMs): Step[] => [
        { atMs, fault: UNAVAILABLE, says: "goes down: 503" },
        { atMs: atMs + 5_000, fault: null, says: "comes back" },
      ]),
    ],
    lastsMs: 62_000,
    speed: 2,
    streams: false,
    next: { scenario: "cut-stream", why: "streams that begin well and break off" },
  },
  "cut-stream": {
    title: "every stream breaks off after three words, for 17 s",
    steps: [
      {
        atMs: 4_000,
        fault: { kind: "cut-stream", afterChunks: 3 },
        says: "cuts every stream after three words",
      },
      { atMs: 21_000, fault: null, says: HEALED },
    ],
    lastsMs: 30_000,
    speed: 1,
    streams: true,
    next: { scenario: "503", why: "the plainest outage, for comparison" },
  },
};

/** The last moments belong to the calls that are under way: nobody asks any more. */
export const CURTAIN_MS = 2_000;

/** When something was wrong, from and to, oldest first. */
export function outagesOf({ steps, lastsMs }: Pick<Scenario, "steps" | "lastsMs">): { fromMs: number; toMs: number }[] {
  return steps.flatMap(({ atMs, fault }, index) =>
    fault === null ? [] : [{ fromMs: atMs, toMs: steps[index + 1]?.atMs ?? lastsMs }],
  );
}
