/** What a provider received: the truth about who called it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { RequestRecord, SimulatedProvider } from "recloser/testing";
import type { CallEnd } from "./entries.ts";
import type { Replica } from "./fleet.ts";
import { machineMs } from "./machine-time.ts";

const PROBES_WITHIN_MS = 10_000;

/** The calls for one key, oldest first. */
export function requestsFor(provider: SimulatedProvider, key: string): readonly RequestRecord[] {
  return provider.requests.filter(({ headers }) => headers["x-recloser-key"] === key);
}

/** The replica that made a request. */
export function callerOf(request: RequestRecord | undefined): string {
  return (request?.headers["x-recloser-call"] ?? "").replace(/-\d+$/, "");
}

/**
 * Calls by one replica from an instant on until the provider has one of them, which must be the probe: where a claim is not
 * answered in 50 ms, as on a machine that stood still, its lease is the next call's.
 *
 * @returns how that call ends, when it does
 */
export async function probeBy(
  replica: Replica,
  provider: SimulatedProvider,
  key: string,
  at: number,
  streams = false,
): Promise<{ readonly ends: Promise<CallEnd[]> }> {
  const before = requestsFor(provider, key).length;
  await sleep(at - machineMs());
  for (const deadline = machineMs() + PROBES_WITHIN_MS; machineMs() < deadline;) {
    const ends = replica.burst({ key, provider: provider.url, streams }, 1);
    const over = ends.then(
      () => true,
      () => true, // a test may kill its process
    );
    while (requestsFor(provider, key).length === before) if (await Promise.race([over, sleep(2, false)])) break;
    if (requestsFor(provider, key).length > before) return { ends };
  }
  throw new Error(`no call of ${replica.name} was let through as a probe of ${key}`);
}
