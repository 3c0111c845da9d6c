/** `1s..10s`, `p50=800ms,p95=3s` or `2s`: how long answers take, as a command line says it. */
import type { Distribution } from "recloser/testing";
import { durationUpTo } from "../option-values.ts";
import { UsageError } from "../usage-error.ts";

const OPTION = "--latency";
export const LATENCY_FORMS = "2s, 1s..10s (evenly), or p50=800ms,p95=3s (log-normal)";

/** @throws UsageError naming the forms */
export function latencyOf(text: string): Distribution {
  const duration = durationUpTo(OPTION, "1h");
  const range = /^([^.]+(?:\.\d+)?[a-z]+)\.\.(.+)$/.exec(text);
  const quantiles = /^p50=([^,]+),\s*p95=(.+)$/.exec(text);
  if (range !== null) {
    const [minMs, maxMs] = [duration(range[1] as string), duration(range[2] as string)];
    if (maxMs < minMs) throw new UsageError(OPTION, "the shorter one first", text);
    return { kind: "uniform", minMs, maxMs };
  }
  if (quantiles !== null) {
    const [p50Ms, p95Ms] = [duration(quantiles[1] as string), duration(quantiles[2] as string)];
    if (!(p50Ms > 0 && p95Ms >= p50Ms)) throw new UsageError(OPTION, "p50 above 0 and p95 no shorter", text);
    return { kind: "lognormal", p50Ms, p95Ms };
  }
  if (!/^[\d.]+[a-z]+$/.test(text)) throw new UsageError(OPTION, LATENCY_FORMS, text);
  return duration(text);
}
