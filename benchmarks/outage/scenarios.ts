/** What goes wrong in the replay. All times are the world's. */
import { latencies, type Latency, type ProviderMode, type ProviderSegment } from "./simulation.ts";

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** For a reader of the page. */
  readonly about: string;
  readonly faults: readonly ProviderSegment[];
  /** The fault is there from `fromMs` until `toMs`; outside of it the provider is well. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly forMs: number;
  readonly storeHangs?: { readonly fromMs: number; readonly toMs: number };
}

/** One call in a hundred fails by itself, always. */
export const BASE_ERRORS: ProviderSegment = { does: { kind: "status", status: 500, probability: 0.01 } };
/** Answers of a chat, unstreamed: 1–10 s. */
export const LATENCY: Latency = { answer: latencies.chatAnswer };
export const PATIENCE_MS = 30_000;
export const FROM_MS = 30_000;
export const TO_MS = 210_000;
const FOR_MS = 330_000;

function during(does: ProviderMode, fromMs = FROM_MS, toMs = TO_MS): ProviderSegment {
  return { fromMs, toMs, does };
}

const common = { fromMs: FROM_MS, toMs: TO_MS, forMs: FOR_MS };
const dead = during({ kind: "status", status: 503 });
const CAPACITY_FROM_MS = FROM_MS + 60_000;

export const SCENARIOS: readonly Scenario[] = [
  { ...common, name: "503", title: "503 outage", about: "Every call is answered 503 after 50 ms.", faults: [dead] },
  {
    ...common,
    name: "hang",
    title: "hang",
    about: "Every call is accepted and never answered.",
    faults: [during({ kind: "hang" })],
  },
  {
    ...common,
    name: "429-stop",
    title: "429 stop",
    about: "Every call is answered 429 with Retry-After: 20.",
    faults: [during({ kind: "status", status: 429, retryAfterMs: 20_000 })],
  },
  {
    ...common,
    name: "brownout-50",
    title: "50 % brownout",
    about: "Every second call is answered 503, at random.",
    faults: [during({ kind: "status", status: 503, probability: 0.5 })],
  },
  {
    ...common,
    name: "brownout-80",
    title: "80 % brownout",
    about: "Four calls in five are answered 503, at random.",
    faults: [during({ kind: "status", status: 503, probability: 0.8 })],
  },
  {
    ...common,
    name: "slow",
    title: "slow",
    about: "Answers take five times as long, 5–50 s; callers wait 30 s.",
    faults: [during({ kind: "slow", factor: 5 })],
  },
  {
    ...common,
    name: "flapping",
    title: "flapping",
    about: "Five seconds well, five seconds 503, in turn: the period of the first cooldown.",
    faults: [during({ kind: "flapping", periodMs: 10_000, upShare: 0.5, down: { kind: "status", status: 503 } })],
  },
  {
    ...common,
    name: "capacity",
    title: "weak return",
    about:
      "503 for a minute; then room for 40 calls at once, growing by 4 a second, the rest 503. When well it serves about 440 at once.",
    faults: [
      during({ kind: "status", status: 503 }, FROM_MS, CAPACITY_FROM_MS),
      during({ kind: "capacity", concurrent: { from: 40, perSecond: 4 } }, CAPACITY_FROM_MS),
    ],
  },
  {
    ...common,
    name: "store-hung",
    title: "503, store hung",
    about: "The 503 outage, and half a minute into it the shared store stands still for a minute and a half.",
    faults: [dead],
    storeHangs: { fromMs: FROM_MS + 30_000, toMs: FROM_MS + 120_000 },
  },
];

export const ARMS = ["none", "retries", "per-process", "shared", "shared + failover"] as const;
export const CONTROL = "retries";
