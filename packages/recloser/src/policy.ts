/** What a user may set, and what comes of it: a validated, frozen policy. Options are checked once, here, never on a call. */
import { type Duration, durationMs } from "./duration.ts";
import { InvalidOptionError } from "./errors.ts";
import type { Classifier } from "./outcome.ts";
import type { RecordPolicy } from "./record-event.ts";
import { boolean, count, exact, factor, fields, fn, nested, number, offOr, oneOf, ratio } from "./validate.ts";

/** Everything that can be set for a breaker. Each field is optional; the defaults stand at the field. */
export interface PolicyOptions {
  /** Sliding window, `"30s"`. `{ calls }` counts the last calls instead, in this process only. */
  readonly window?: Duration | { readonly calls: number } | undefined;
  /** The rate rules look only at this many calls or more: 20. */
  readonly minimumCalls?: number | undefined;
  /** Trips at `failures / calls ≥ failureRate`: 0.9; `false` switches the rule off. */
  readonly failureRate?: number | false | undefined;
  /** Trips at this many failures in the window, whatever the rate: `false`. */
  readonly failureThreshold?: number | false | undefined;
  /** Trips at this many failures in a row that span at least 50 ms: 18. */
  readonly consecutiveFailures?: number | false | undefined;
  /** Trips when this share of completed calls took longer than `after`: `false`. */
  readonly slowCall?: { readonly after: Duration; readonly rate: number } | false | undefined;
  /**
   * A call that has shown nothing for this long is failure evidence at that moment: `"20s"`, or twice the longest wait seen
   * lately, if that is longer; a value of your own is kept to the letter.
   */
  readonly silence?: Duration | false | undefined;
  /** The open period: 5 s, doubling up to 60 s, lengthened by up to 20 %. */
  readonly cooldown?:
    | {
        readonly initial?: Duration | undefined;
        readonly factor?: number | undefined;
        readonly max?: Duration | undefined;
        readonly jitter?: number | undefined;
      }
    | undefined;
  /**
   * The probe: `successes` (1) in a row close the circuit; a `lease` (`"10s"`, at least 600 ms) is renewed while the probe
   * runs; `timeout` (`"30s"`, or `timeouts.total` if longer; unless given it stretches with the answers seen and with
   * each probe in a row) is what it has until its first byte; a stream settles at its first content (`settleOn`).
   */
  readonly probe?:
    | {
        readonly successes?: number | undefined;
        readonly lease?: Duration | undefined;
        readonly timeout?: Duration | undefined;
        readonly settleOn?: "first-token" | "complete" | undefined;
      }
    | undefined;
  /** After closing: calls in flight are limited to `from` (2), doubled by each success, until demand stays below it. */
  readonly ramp?: { readonly from?: number | undefined } | false | undefined;
  /** How long a rate limit, quota or key holds its scope without a hint: 1 s, doubling up to 60 s. A hint wins, up to 24 h. */
  readonly hold?:
    | {
        readonly initial?: Duration | undefined;
        readonly factor?: number | undefined;
        readonly max?: Duration | undefined;
      }
    | undefined;
  /** A 429 while other calls are served lowers the rate and stops nobody: `true`. With `false` every 429 holds its scope. */
  readonly pace?: boolean | undefined;
  /** Deadlines of every call. None by default: only you know how long an answer may take. */
  readonly timeouts?:
    | {
        readonly total?: Duration | undefined;
        readonly firstToken?: Duration | undefined;
        readonly idle?: Duration | undefined;
      }
    | undefined;
  /**
   * What is refused with `ShedError`, per process. `maxInFlight`: calls beyond so many in flight; no limit by default.
   * `batchShare`: what of it, and of a paced rate, calls of priority `"batch"` may take: 0.8. `queue`: callers wait instead,
   * at most `size` (100) at once and for `maxWait` (`"10s"`), where a slot, the ramp, the pace or a short rate limit stands in
   * their way: `false`. `adaptive`: a share of the calls while more than `1 − 1/k` of them fail (`k`: 2): `true`.
   */
  readonly shed?:
    | {
        readonly maxInFlight?: number | undefined;
        readonly batchShare?: number | undefined;
        readonly queue?:
          | { readonly size?: number | undefined; readonly maxWait?: Duration | undefined }
          | false
          | undefined;
        readonly adaptive?: boolean | { readonly k?: number | undefined } | undefined;
      }
    | undefined;
  /** On a trip, calls that have shown nothing yet are given up (`"abort-silent"`, the default) or left to run. */
  readonly onTrip?: "abort-silent" | "let-run" | undefined;
  /** A synthetic probe, made when a cooldown ends: heals a circuit that nobody calls, and no user is the guinea pig. */
  readonly probeWith?: ((signal: AbortSignal) => Promise<unknown>) | undefined;
  /** Decides what a call's end means, before the built-in rules. */
  readonly classify?: Classifier | undefined;
  /** `"observe"` never rejects and emits `would-reject`; `"off"` neither counts nor rejects. Default `"enforce"`. */
  readonly mode?: "enforce" | "observe" | "off" | undefined;
}

/** A policy in force: every value filled in and checked, durations in milliseconds, frozen. */
export interface Policy extends RecordPolicy {
  /** For a window of calls: how many; null for a window of time. */
  readonly windowCalls: number | null;
  readonly silenceMs: number | false;
  /** Whether it stretches with the answers that were seen: unless it was given. */
  readonly silenceStretches: boolean;
  readonly probe: {
    readonly successes: number;
    readonly leaseMs: number;
    readonly timeoutMs: number;
    /** The same of the probe's time. */
    readonly timeoutStretches: boolean;
    readonly settleOn: "first-token" | "complete";
  };
  readonly ramp: { readonly from: number } | false;
  readonly pace: boolean;
  readonly timeouts: {
    readonly totalMs: number | null;
    readonly firstTokenMs: number | null;
    readonly idleMs: number | null;
  };
  readonly maxInFlight: number;
  readonly batchShare: number;
  readonly queue: { readonly size: number; readonly maxWaitMs: number } | false;
  readonly adaptiveShed: { readonly k: number } | false;
  readonly onTrip: "abort-silent" | "let-run";
  readonly probeWith: ((signal: AbortSignal) => Promise<unknown>) | null;
  readonly classify: Classifier | null;
  readonly mode: "enforce" | "observe" | "off";
}

const POLICY_FIELDS = [
  "window",
  "minimumCalls",
  "failureRate",
  "failureThreshold",
  "consecutiveFailures",
  "slowCall",
  "silence",
  "cooldown",
  "probe",
  "ramp",
  "hold",
  "pace",
  "timeouts",
  "shed",
  "onTrip",
  "probeWith",
  "classify",
  "mode",
] as const;

/** The names of all policy options, for callers that accept them beside fields of their own. */
export const POLICY_OPTION_NAMES: readonly string[] = POLICY_FIELDS;

// Below this a lease could not be renewed in time: three store deadlines of 200 ms (protocol.md §4).
const LEASE_LEAST_MS = 600;
const MOST_CALLS = 1_000_000;
// A tenth of it is a bucket, and buckets are counted from 1970: below this the numbers lose their precision.
const LEAST_WINDOW_MS = 0.1;

/**
 * Merges option objects, later ones over earlier ones and field by field inside `cooldown`, `probe`, `hold`, `timeouts`
 * and `shed`; a field that is undefined was not given.
 */
export function mergeOptions(...layers: readonly (PolicyOptions | undefined)[]): PolicyOptions {
  const merged: Record<string, unknown> = {};
  for (const layer of layers) {
    if (layer === undefined) continue;
    for (const [name, value] of Object.entries(layer)) {
      if (value === undefined) continue;
      const before = merged[name];
      const within = MERGED_BY_FIELD.has(name) && isPlain(value);
      merged[name] = within ? { ...(isPlain(before) ? before : {}), ...withoutMissing(value) } : value;
    }
  }
  return merged;
}

function withoutMissing(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined));
}

/** Options whose fields are merged one by one, where several layers give them. */
export const MERGED_BY_FIELD: ReadonlySet<string> = new Set(["cooldown", "probe", "hold", "timeouts", "shed"]);

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Fills in the defaults and checks every value.
 *
 * @param path prefix of the option names in errors, such as `"defaults."`
 * @throws InvalidOptionError naming the field, what was expected and what came
 */
export function createPolicy(options: PolicyOptions = {}, path = ""): Policy {
  const given = fields(path === "" ? "options" : path.slice(0, -1), options, POLICY_FIELDS);
  const at = (name: string): string => `${path}${name}`;
  const window = readWindow(at("window"), given["window"]);
  const cooldown = nested(at("cooldown"), given["cooldown"], ["initial", "factor", "max", "jitter"]);
  const probe = nested(at("probe"), given["probe"], ["successes", "lease", "timeout", "settleOn"]);
  const hold = nested(at("hold"), given["hold"], ["initial", "factor", "max"]);
  const timeouts = nested(at("timeouts"), given["timeouts"], ["total", "firstToken", "idle"]);
  const shed = nested(at("shed"), given["shed"], ["maxInFlight", "batchShare", "queue", "adaptive"]);
  const maxInFlight = shed["maxInFlight"];
  // An unstreamed answer shows its first byte at its end: a probe must be allowed what any call is, or it can never pass.
  const totalMs = exact(timeouts["total"], null, (value) => durationMs(at("timeouts.total"), value));

  return deepFreeze({
    ...window,
    minimumCalls: readMinimumCalls(at("minimumCalls"), given["minimumCalls"], window.windowCalls),
    failureRate: offOr(at("failureRate"), given["failureRate"], 0.9, ratio),
    failureThreshold: offOr(at("failureThreshold"), given["failureThreshold"], false, count),
    consecutiveFailures: offOr(at("consecutiveFailures"), given["consecutiveFailures"], 18, count),
    slowCall: offOr(at("slowCall"), given["slowCall"], false, readSlowCall),
    silenceMs: offOr(at("silence"), given["silence"], 20_000, durationMs),
    silenceStretches: given["silence"] === undefined,
    cooldown: {
      ...readLadder(at("cooldown"), cooldown, 5_000, 60_000),
      jitter: number(at("cooldown.jitter"), cooldown["jitter"], 0.2, 0, 1),
    },
    probe: {
      successes: exact(probe["successes"], 1, (value) => count(at("probe.successes"), value)),
      leaseMs: exact(probe["lease"], 10_000, (value) => durationMs(at("probe.lease"), value, LEASE_LEAST_MS)),
      timeoutMs: exact(probe["timeout"], Math.max(30_000, totalMs ?? 0), (value) =>
        durationMs(at("probe.timeout"), value),
      ),
      timeoutStretches: probe["timeout"] === undefined,
      settleOn: oneOf(at("probe.settleOn"), probe["settleOn"], ["first-token", "complete"]),
    },
    ramp: offOr(at("ramp"), given["ramp"], { from: 2 }, readRamp),
    hold: readLadder(at("hold"), hold, 1_000, 60_000),
    pace: boolean(at("pace"), given["pace"], true),
    timeouts: {
      totalMs,
      firstTokenMs: exact(timeouts["firstToken"], null, (value) => durationMs(at("timeouts.firstToken"), value)),
      idleMs: exact(timeouts["idle"], null, (value) => durationMs(at("timeouts.idle"), value)),
    },
    maxInFlight: maxInFlight === undefined ? Infinity : count(at("shed.maxInFlight"), maxInFlight),
    batchShare: exact(shed["batchShare"], 0.8, (value) => ratio(at("shed.batchShare"), value)),
    queue: offOr(at("shed.queue"), shed["queue"], false, readQueue),
    adaptiveShed: readAdaptiveShed(at("shed.adaptive"), shed["adaptive"]),
    onTrip: oneOf(at("onTrip"), given["onTrip"], ["abort-silent", "let-run"]),
    probeWith: exact(given["probeWith"], null, (value) => fn(at("probeWith"), value) as Policy["probeWith"]),
    classify: exact(given["classify"], null, (value) => fn(at("classify"), value) as unknown as Classifier),
    mode: oneOf(at("mode"), given["mode"], ["enforce", "observe", "off"]),
  } satisfies Policy);
}

function readWindow(option: string, value: unknown): { windowMs: number | null; windowCalls: number | null } {
  if (value === undefined) return { windowMs: 30_000, windowCalls: null };
  if (typeof value !== "object") return { windowMs: durationMs(option, value, LEAST_WINDOW_MS), windowCalls: null };
  const { calls } = nested(option, value, ["calls"]);
  return { windowMs: null, windowCalls: count(`${option}.calls`, calls, MOST_CALLS) };
}

// A default that could never be reached would silently switch the rate off, so it shrinks to the window; a value of the
// user's own is refused instead.
function readMinimumCalls(option: string, value: unknown, windowCalls: number | null): number {
  if (value === undefined) return Math.min(20, windowCalls ?? 20);
  const minimum = count(option, value);
  if (windowCalls !== null && minimum > windowCalls) {
    throw new InvalidOptionError(option, `at most the window's ${windowCalls} calls, or it is never reached`, value);
  }
  return minimum;
}

function readSlowCall(option: string, value: unknown): { afterMs: number; rate: number } {
  const { after, rate } = nested(option, value, ["after", "rate"]);
  return { afterMs: durationMs(`${option}.after`, after), rate: ratio(`${option}.rate`, rate) };
}

function readRamp(option: string, value: unknown): { from: number } {
  const { from } = nested(option, value, ["from"]);
  return { from: exact(from, 2, (given) => count(`${option}.from`, given)) };
}

function readQueue(option: string, value: unknown): { size: number; maxWaitMs: number } {
  const { size, maxWait } = nested(option, value, ["size", "maxWait"]);
  return {
    size: exact(size, 100, (given) => count(`${option}.size`, given)),
    maxWaitMs: exact(maxWait, 10_000, (given) => durationMs(`${option}.maxWait`, given)),
  };
}

function readAdaptiveShed(option: string, value: unknown): { k: number } | false {
  if (value === undefined || value === true) return { k: 2 };
  if (value === false) return false;
  if (typeof value !== "object" || value === null)
    throw new InvalidOptionError(option, "true, false or an object", value);
  const { k } = nested(option, value, ["k"]);
  return { k: factor(`${option}.k`, k, 2) };
}

/** The three fields of a ladder; its longest step defaults to `defaultMaxMs`, or to the first if that is longer. */
export function readLadder(
  option: string,
  given: Record<string, unknown>,
  defaultInitialMs: number,
  defaultMaxMs: number,
): { initialMs: number; factor: number; maxMs: number } {
  const initialMs = exact(given["initial"], defaultInitialMs, (value) => durationMs(`${option}.initial`, value));
  // The default maximum follows a longer first step; a maximum of the user's own must not lie below it.
  const maxMs = exact(given["max"], Math.max(defaultMaxMs, initialMs), (value) => durationMs(`${option}.max`, value));
  if (maxMs < initialMs)
    throw new InvalidOptionError(`${option}.max`, `at least ${option}.initial (${initialMs} ms)`, given["max"]);
  return { initialMs, factor: factor(`${option}.factor`, given["factor"], 2), maxMs };
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === "object" && inner !== null) deepFreeze(inner);
  return Object.freeze(value);
}
