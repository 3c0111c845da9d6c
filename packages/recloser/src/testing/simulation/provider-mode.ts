/** What a simulated provider may do to calls, as data. */
import {
  type Check,
  fieldsOf,
  integerBetween,
  milliseconds,
  numberBetween,
  objectOf,
  oneOf,
  optional,
  truth,
} from "../provider/check.ts";
import { checkDistribution, type Distribution } from "../provider/latency.ts";

/** Not every call: the share of calls that it hits, default 1. */
export interface Sometimes {
  readonly probability?: number;
}

/** A limit that may grow: `{ from: 5, perSecond: 1 }` is 5 at the segment's beginning and one more each second. */
export type Growing = number | { readonly from: number; readonly perSecond: number };

/**
 * What a provider does. A probability below 1 makes a brownout of an outage, and a base rate of errors of a brownout.
 *
 * - `hang`: accepts the call and never answers.
 * - `status`: answers with an error, 503 unless said otherwise, with a retry hint if given.
 * - `unreachable`: refuses the connection.
 * - `rate-limit`: answers 429 to demand above a token bucket; `burst` is its size, by default one second's worth.
 * - `slow`: everything takes `factor` times as long.
 * - `cut-stream`: streams end after some chunks without their end marker, or throw there; others are not touched.
 * - `capacity`: so many calls in service at once, so many new ones per second; the rest get 503, or wait in a queue for a
 *   place among those in service.
 * - `flapping`: up for a share of each period, then `down`.
 */
export type ProviderMode =
  | ({ readonly kind: "hang" } & Sometimes)
  | ({
      readonly kind: "status";
      readonly status?: number;
      readonly retryAfterMs?: number;
      readonly latency?: Distribution;
    } & Sometimes)
  | ({ readonly kind: "unreachable"; readonly latency?: Distribution } & Sometimes)
  | {
      readonly kind: "rate-limit";
      readonly perSecond: number;
      readonly burst?: number;
      /** A hint of that length; `"next"`: until there is room for one call. Without it there is none. */
      readonly retryAfter?: number | "next";
      /** Sends `x-ratelimit-*`, with the time until the bucket is full. */
      readonly resetHeaders?: boolean;
    }
  | { readonly kind: "slow"; readonly factor: number }
  | ({ readonly kind: "cut-stream"; readonly afterChunks?: number; readonly how?: "end" | "throw" } & Sometimes)
  | {
      readonly kind: "capacity";
      readonly concurrent?: Growing;
      readonly perSecond?: Growing;
      readonly whenFull?: "503" | "queue";
    }
  | { readonly kind: "flapping"; readonly periodMs: number; readonly upShare: number; readonly down: ProviderMode };

/** A mode in a span of world time: from `fromMs` (default 0) until before `toMs` (default: for ever). */
export interface ProviderSegment {
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly does: ProviderMode;
}

const share = numberBetween(0, 1, "share");
const positive = numberBetween(0.001, Infinity, "calls");
const sometimes: Readonly<Record<string, Check>> = { kind: () => {}, probability: optional(share) };

const growing: Check = (value, option) => {
  const amount = numberBetween(0, Infinity, "calls");
  if (typeof value === "number") amount(value, option);
  else fieldsOf(value, option, { from: amount, perSecond: amount });
};

const retryAfter: Check = (value, option) => (value === "next" ? undefined : milliseconds(value, option));

const MODES: Readonly<Record<ProviderMode["kind"], Readonly<Record<string, Check>>>> = {
  hang: sometimes,
  status: {
    ...sometimes,
    status: optional(integerBetween(400, 599, "HTTP status")),
    retryAfterMs: optional(milliseconds),
    latency: optional(checkDistribution),
  },
  unreachable: { ...sometimes, latency: optional(checkDistribution) },
  "rate-limit": {
    kind: () => {},
    perSecond: positive,
    burst: optional(numberBetween(1, Infinity, "calls")),
    retryAfter: optional(retryAfter),
    resetHeaders: optional(truth),
  },
  slow: { kind: () => {}, factor: numberBetween(0, Infinity, "times") },
  "cut-stream": {
    ...sometimes,
    afterChunks: optional(numberBetween(0, Infinity, "chunks")),
    how: optional(oneOf("end", "throw")),
  },
  capacity: {
    kind: () => {},
    concurrent: optional(growing),
    perSecond: optional(growing),
    whenFull: optional(oneOf("503", "queue")),
  },
  flapping: { kind: () => {}, periodMs: numberBetween(1, Infinity, "milliseconds"), upShare: share, down: checkMode },
};

function checkMode(value: unknown, option: string): void {
  const { kind } = objectOf(value, option);
  oneOf(...Object.keys(MODES))(kind, `${option}.kind`);
  fieldsOf(value, option, MODES[kind as ProviderMode["kind"]]);
}

/** @throws InvalidOptionError naming the field */
export function checkSegment(value: unknown, option: string): void {
  fieldsOf(value, option, { fromMs: optional(milliseconds), toMs: optional(milliseconds), does: checkMode });
}
