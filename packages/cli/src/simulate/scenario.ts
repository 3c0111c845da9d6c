/** What is played: traffic, provider and outages; the policies come to it. */
import type { Distribution } from "recloser/testing";
import type { Outage } from "./outage.ts";

export interface Scenario {
  readonly seed: number;
  readonly forMs: number;
  readonly replicas: number;
  /** Calls per second of all replicas together. */
  readonly perSecond: number;
  readonly latency: Distribution;
  readonly latencyText: string;
  /** How long callers wait. */
  readonly timeoutMs: number;
  /** The share of calls that fails by itself with 500, always. */
  readonly errors: number;
  readonly outages: readonly Outage[];
}

/** Whether something is wrong with the provider. */
export function isFaulty({ outages }: Pick<Scenario, "outages">, atMs: number): boolean {
  return outages.some(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs);
}
