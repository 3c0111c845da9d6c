/** Every metric of the library: its name, what it says, and its labels. docs/reference/metrics.md is compared with it. */

export interface MetricDescription {
  readonly name: string;
  readonly help: string;
  /** `breaker` is a breaker's name, `record` that of one of the records it is judged by. */
  readonly labels: readonly string[];
  /** Of several processes on one store: circuits are the same ones in all of them, calls are each one's own. */
  readonly across: "sum" | "max";
}

function metric(
  name: string,
  labels: readonly string[],
  help: string,
  across: MetricDescription["across"] = "sum",
): MetricDescription {
  return { name: `recloser_${name}`, help, labels, across };
}

export type GaugeName =
  | "state"
  | "holds"
  | "overrides"
  | "modes"
  | "inFlight"
  | "waiting"
  | "storeMode"
  | "storeRoundTrip"
  | "storeDropped";
export type CounterName =
  | "openSeconds"
  | "transitions"
  | "probes"
  | "holds"
  | "calls"
  | "rejections"
  | "wouldReject"
  | "retries"
  | "fallbacks"
  | "avoidedWait"
  | "storeLosses";
export type HistogramName = "durations" | "firstContents" | "waits";

/** `state` and `storeMode` are asked for first: with them the others are filled. */
export const GAUGES: Readonly<Record<GaugeName, MetricDescription>> = {
  state: metric("state", ["record", "state"], "1 for the state a circuit is in, 0 for the other two.", "max"),
  holds: metric("hold_remaining_seconds", ["record", "kind"], "Until a hold ends.", "max"),
  overrides: metric("override_age_seconds", ["record", "mode"], "Since an override was set.", "max"),
  modes: metric(
    "not_enforced",
    ["breaker", "mode"],
    "1 for a breaker in mode observe or off, which rejects nobody.",
    "max",
  ),
  inFlight: metric("in_flight", ["record"], "Calls that have begun and not ended."),
  waiting: metric("waiting", ["breaker", "priority"], "Callers who wait for a turn."),
  storeMode: metric("store_mode", ["mode"], "1 for whether a process shares its circuits or is on its own."),
  storeRoundTrip: metric(
    "store_round_trip_seconds",
    [],
    "The latest round trip to the store; 0 before the first.",
    "max",
  ),
  storeDropped: metric("store_dropped_reports", [], "Reports without an answer in time, since the start."),
};

export const COUNTERS: Readonly<Record<CounterName, MetricDescription>> = {
  openSeconds: metric("open_seconds_total", ["record"], "How long a circuit has not been closed.", "max"),
  transitions: metric(
    "transitions_total",
    ["record", "to", "reason"],
    "Changes of state, counted where they were made.",
  ),
  probes: metric("probes_total", ["record", "result"], "Probes that have ended."),
  holds: metric("holds_total", ["record", "kind"], "Holds that began or were extended."),
  calls: metric("calls_total", ["breaker", "outcome"], "Calls that have ended, each try by itself."),
  rejections: metric("rejections_total", ["breaker", "reason"], "Calls that were rejected or shed."),
  wouldReject: metric("would_reject_total", ["breaker", "reason"], "Calls that mode enforce would have rejected."),
  retries: metric("retries_total", ["breaker", "result"], "Further tries, made or over the budget."),
  fallbacks: metric("fallbacks_total", ["breaker", "result"], "Fallbacks that stood in for a call."),
  avoidedWait: metric(
    "avoided_wait_seconds_total",
    ["breaker"],
    "What callers did not wait: for each call that an open circuit rejected what a failed call takes, less its fallback.",
  ),
  storeLosses: metric("store_losses_total", [], "How often the store was lost."),
};

export const HISTOGRAMS: Readonly<Record<HistogramName, MetricDescription>> = {
  durations: metric("call_duration_seconds", ["breaker", "result"], "How long calls took."),
  firstContents: metric("first_content_seconds", ["breaker"], "Until the first content of a stream."),
  waits: metric("wait_seconds", ["breaker", "result"], "How long callers waited for a turn."),
};
