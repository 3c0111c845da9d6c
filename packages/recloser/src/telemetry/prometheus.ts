/**
 * What breakers do, as metrics of prom-client. Counted as it happens; states are read when they are scraped.
 *
 * @example
 * import * as client from "prom-client";
 * import { prometheusMetrics } from "recloser/prometheus";
 *
 * prometheusMetrics(recloser, { client }); // in client.register, beside what else is there
 */
import type { Breaker, Recloser } from "../api.ts";
import { InvalidOptionError } from "../errors.ts";
import { count, exact, fields } from "../validate.ts";
import type { MetricsClient, MetricsRegistry } from "./metrics-client.ts";
import { RecloserMetrics } from "./recloser-metrics.ts";

export type { MetricsClient as PrometheusClient, MetricsRegistry as PrometheusRegistry } from "./metrics-client.ts";

export interface PrometheusOptions {
  /** The module: `import * as client from "prom-client"`. */
  readonly client: MetricsClient;
  /** Default: the client's own `register`. */
  readonly registry?: MetricsRegistry | undefined;
  /** How many records, and how many breakers, have series of their own; the others are counted as `other`. Default 500. */
  readonly maxNames?: number | undefined;
}

const OPTIONS = ["client", "registry", "maxNames"] as const;

/**
 * Registers the metrics of a recloser, or of one breaker that was made alone. While it does, admissions read the exact time.
 *
 * @returns takes them out of the registry and stops counting
 * @throws InvalidOptionError for a bad option; what prom-client throws where a metric of the same name is registered
 */
export function prometheusMetrics(source: Recloser | Breaker, options: PrometheusOptions): Disposable {
  const { client, registry, maxNames } = fields("options", options, OPTIONS) as unknown as PrometheusOptions;
  if (typeof client?.Counter !== "function")
    throw new InvalidOptionError("client", 'the module, as by import * as client from "prom-client"', client);
  const most = exact(maxNames, 500, (value) => count("maxNames", value));
  return new RecloserMetrics(source, client, registry ?? client.register, most);
}
