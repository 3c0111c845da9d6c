/** Every metric of the gateway's own. docs/reference/metrics.md is compared with it. */

export interface GatewayMetricDescription {
  readonly name: string;
  readonly help: string;
  readonly labels: string[];
}

function metric(name: string, labels: string[], help: string): GatewayMetricDescription {
  return { name: `recloser_gateway_${name}`, help, labels };
}

// Up to where a provider is no longer waited for; and what a proxy takes, from a tenth of a millisecond.
const ANSWER_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300] as const;
const ADDED_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5] as const;

type Timed = GatewayMetricDescription & { readonly buckets: readonly number[] };

const timed = (buckets: readonly number[], name: string, labels: string[], help: string): Timed => ({
  ...metric(name, labels, help),
  buckets,
});

export const REQUEST_METRICS: {
  readonly counters: Readonly<
    Record<
      "requests" | "sdkRetries" | "attempts" | "failovers" | "tokens" | "bytesIn" | "bytesOut",
      GatewayMetricDescription
    >
  >;
  readonly histograms: Readonly<Record<"durations" | "firstTokens" | "added", Timed>>;
} = {
  counters: {
    requests: metric("requests_total", ["route", "target", "status", "end"], "Requests that are over."),
    sdkRetries: metric("sdk_retries_total", ["route"], "Requests that an SDK sent again by itself."),
    attempts: metric(
      "attempts_total",
      ["route", "target", "result", "reason"],
      "Calls of targets, and targets that were passed over.",
    ),
    failovers: metric(
      "failovers_total",
      ["route", "from", "to", "reason"],
      "Requests that another target answered than one that came before it.",
    ),
    tokens: metric("tokens_total", ["route", "target", "direction"], "Tokens, as answers say."),
    bytesIn: metric("request_bytes_total", ["route"], "Bytes of requests' bodies."),
    bytesOut: metric("response_bytes_total", ["route"], "Bytes of answers' bodies."),
  },
  histograms: {
    durations: timed(
      ANSWER_SECONDS,
      "request_duration_seconds",
      ["route"],
      "From a request's head to its answer's end.",
    ),
    firstTokens: timed(
      ANSWER_SECONDS,
      "first_token_seconds",
      ["route", "target"],
      "From a request's head to the first content of its stream.",
    ),
    added: timed(
      ADDED_SECONDS,
      "added_seconds",
      ["route"],
      "What the gateway itself takes: from a request to the call, and from what is waited for to the first byte passed on.",
    ),
  },
};

export const GAUGE: GatewayMetricDescription = metric("in_flight", ["client"], "Requests under way.");
