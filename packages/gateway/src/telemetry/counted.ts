/** What of a request is counted when it is over, whoever keeps the counts. */
import type { RequestRecord } from "../attempts/request-record.ts";
import type { REQUEST_METRICS } from "./metric-descriptions.ts";
import { answeredBy, attemptLine } from "./request-line.ts";

type Labels = Record<string, string>;

export interface Counted {
  readonly counters: Readonly<
    Record<keyof typeof REQUEST_METRICS.counters, { inc(labels: Labels, value?: number): void }>
  >;
  readonly histograms: Readonly<
    Record<keyof typeof REQUEST_METRICS.histograms, { observe(labels: Labels, value: number): void }>
  >;
}

export function countRequest(record: RequestRecord, { counters, histograms }: Counted): void {
  const { requests, sdkRetries, bytesIn, bytesOut, tokens } = counters;
  const { durations, firstTokens, added } = histograms;
  const target = answeredBy(record)?.target.name ?? "none";
  const route = record.route ?? "none";
  requests.inc({ route, target, status: String(record.status), end: record.end });
  if (record.isSdkRetry) sdkRetries.inc({ route });
  durations.observe({ route }, record.durationMs / 1_000);
  if (record.firstTokenMs !== null) firstTokens.observe({ route, target }, record.firstTokenMs / 1_000);
  if (record.addedMs !== null) added.observe({ route }, record.addedMs / 1_000);
  bytesIn.inc({ route }, record.requestBytes);
  bytesOut.inc({ route }, record.bytes);
  const { inputTokens = null, outputTokens = null } = record.usage ?? {};
  if (inputTokens !== null) tokens.inc({ route, target, direction: "input" }, inputTokens);
  if (outputTokens !== null) tokens.inc({ route, target, direction: "output" }, outputTokens);
  countAttempts(record, counters, route, target);
}

function countAttempts(
  { steps, end }: RequestRecord,
  { attempts, failovers }: Counted["counters"],
  route: string,
  target: string,
): void {
  for (const step of steps) {
    const { result, reason, target: asked, calls } = attemptLine(step);
    attempts.inc({ route, target: asked, result, reason: reason ?? "none" }, Math.max(1, calls));
    const isPassedOver = end === "answered" && target !== "none" && asked !== target;
    if (isPassedOver) failovers.inc({ route, from: asked, to: target, reason: reason ?? result });
  }
}
