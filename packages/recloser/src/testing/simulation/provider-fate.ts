/** How a call will fare, decided when it reaches the provider, by the modes that are in force then. */
import type { Random } from "../../random.ts";
import { type Distribution, sample } from "../provider/latency.ts";
import { connectionRefused, errorMaker } from "./provider-errors.ts";
import type { ProviderMode, ProviderSegment } from "./provider-mode.ts";
import { grownTo, TokenBucket } from "./token-bucket.ts";

/** What a call meets that is not served. */
export type Refusal =
  | { readonly how: "hang" }
  | { readonly how: "queue" }
  | { readonly how: "fail"; readonly afterMs: number; readonly status: number | null; readonly error: () => Error };

/** A stream that breaks off. */
export interface Cut {
  readonly afterChunks: number;
  readonly how: "end" | "throw";
}

/** The call while the modes look at it. */
export interface Approach {
  nowMs: number;
  /** Calls in service now. */
  inService: number;
  /** A number in [0, 1): the call's luck, of which each mode with a probability uses up its part. */
  luck: number;
  /** Grows with each mode that slows the call. */
  factor: number;
  cut: Cut | null;
}

/** One mode in force, with what it remembers. */
export interface Acting {
  readonly kind: ProviderMode["kind"];
  /** Whether no call gets an answer now. */
  isDead(nowMs: number): boolean;
  /** Places for calls in service now; Infinity where it sets no limit. */
  places(nowMs: number): number;
  /** The end of a call that it refuses; null to let it pass, changed or not. */
  meet(call: Approach): Refusal | null;
}

/** How long error answers take where a mode does not say it. */
export interface Failures {
  readonly latency: Distribution;
  readonly random: Random;
}

const passing = { isDead: () => false, places: () => Infinity };

/** A mode put in force. */
export function acting(segment: ProviderSegment, failures: Failures): Acting {
  const { does: mode, fromMs: startMs = 0 } = segment;
  switch (mode.kind) {
    case "hang":
      return striking(mode, () => HANG);
    case "status": {
      const { status = 503, retryAfterMs = null } = mode;
      const error = errorMaker(status, retryAfterMs);
      return striking(mode, () => failed(status, error, failures, mode.latency));
    }
    case "unreachable":
      return striking(mode, () => failed(null, connectionRefused, failures, mode.latency));
    case "rate-limit":
      return rateLimit(mode, startMs, failures);
    case "slow": {
      const meet = (call: Approach): null => {
        call.factor *= mode.factor;
        return null;
      };
      return { kind: "slow", ...passing, meet };
    }
    case "cut-stream":
      return cutting(mode);
    case "capacity":
      return capacity(mode, startMs, failures);
    case "flapping":
      return flapping(mode, acting({ ...segment, does: mode.down }, failures), startMs);
  }
}

type Of<K extends ProviderMode["kind"]> = Extract<ProviderMode, { readonly kind: K }>;

const HANG: Refusal = { how: "hang" };
const QUEUE: Refusal = { how: "queue" };

function failed(
  status: number | null,
  error: () => Error,
  { latency, random }: Failures,
  own: Distribution = latency,
): Refusal {
  return { how: "fail", afterMs: sample(own, random), status, error };
}

function striking(mode: Of<"hang" | "status" | "unreachable">, refuse: () => Refusal): Acting {
  const { kind, probability = 1 } = mode;
  return {
    ...passing,
    kind,
    isDead: () => probability >= 1,
    meet: (call) => (strikes(call, probability) ? refuse() : null),
  };
}

function rateLimit(mode: Of<"rate-limit">, startMs: number, failures: Failures): Acting {
  const bucket = new TokenBucket(mode.perSecond, mode.burst ?? null, startMs);
  const { retryAfter = null, resetHeaders = false } = mode;
  const meet = ({ nowMs }: Approach): Refusal | null => {
    if (bucket.take(nowMs)) return null;
    const hintMs = retryAfter === "next" ? bucket.nextMs(nowMs) : retryAfter;
    return failed(429, errorMaker(429, hintMs, resetHeaders ? bucket.fullMs(nowMs) : null), failures);
  };
  return { kind: "rate-limit", ...passing, meet };
}

function cutting({ probability = 1, afterChunks = 1, how = "end" }: Of<"cut-stream">): Acting {
  const cut: Cut = { afterChunks, how };
  const meet = (call: Approach): null => {
    if (strikes(call, probability)) call.cut = cut;
    return null;
  };
  return { kind: "cut-stream", ...passing, meet };
}

function capacity(mode: Of<"capacity">, startMs: number, failures: Failures): Acting {
  const { concurrent = Infinity, perSecond, whenFull = "503" } = mode;
  const bucket = perSecond === undefined ? null : new TokenBucket(perSecond, null, startMs);
  const places = (nowMs: number): number => grownTo(concurrent, startMs, nowMs);
  const error = errorMaker(503, null);
  const meet = ({ nowMs, inService }: Approach): Refusal | null => {
    if (inService >= places(nowMs)) return whenFull === "queue" ? QUEUE : failed(503, error, failures);
    return bucket === null || bucket.take(nowMs) ? null : failed(503, error, failures);
  };
  return { kind: "capacity", ...passing, places, meet };
}

function flapping({ periodMs, upShare }: Of<"flapping">, down: Acting, startMs: number): Acting {
  const isDown = (nowMs: number): boolean => ((nowMs - startMs) % periodMs) / periodMs >= upShare;
  return {
    kind: "flapping",
    isDead: (nowMs) => isDown(nowMs) && down.isDead(nowMs),
    places: (nowMs) => (isDown(nowMs) ? down.places(nowMs) : Infinity),
    meet: (call) => (isDown(call.nowMs) ? down.meet(call) : null),
  };
}

// One number for all modes: what is left of it after each is again evenly spread, so modes strike independently and each
// call costs the stream the same, whatever modes there are.
function strikes(call: Approach, probability: number): boolean {
  const { luck } = call;
  const struck = luck < probability;
  call.luck = struck ? luck / probability : (luck - probability) / (1 - probability);
  return struck;
}
