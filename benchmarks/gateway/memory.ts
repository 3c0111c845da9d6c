/**
 * What of a gateway's memory is left after many requests: whole answers, streams and refusals. The heap is read after a full
 * collection, so what it shows is what is held, not what waits to be collected.
 */
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startOurs } from "./contenders.ts";
import { residentBytes } from "./process-cost.ts";
import { CALLERS_HEADERS, type Kind, PATH } from "./requests.ts";
import type { MemorySample } from "./result.ts";
import type { Serving } from "./serving.ts";
import type { Wrk } from "./wrk.ts";

const STEPS = 40;
const STEP_MS = 1_000;
const CONNECTIONS = 16;
const PROBE = fileURLToPath(new URL("../dist/gateway/servers/memory-probe.js", import.meta.url));

export async function measureMemory(
  wrk: Wrk,
  upstream: Serving,
  files: Readonly<Record<Kind, string>>,
  folder: string,
  most: number,
): Promise<MemorySample[]> {
  const gateway = await startOurs(upstream.origin, folder, { flags: ["--expose-gc", "--import", PROBE], ipc: true });
  try {
    const samples: MemorySample[] = [await look(gateway, 0)];
    const load = { url: `${gateway.origin}${PATH}`, bodies: files.mixed, headers: CALLERS_HEADERS };
    for (let requests = 0; requests < most;) {
      const seen = await wrk.load({ ...load, connections: CONNECTIONS, durationMs: STEP_MS });
      if (seen.requests === 0 || seen.broken > 0) throw new Error(`${seen.broken} of ${seen.requests} requests broke`);
      requests += seen.requests;
      // A look stops everything for a collection: not more of them than a chart shows.
      const isDue = requests - (samples.at(-1)?.requests ?? 0) >= most / STEPS;
      if (isDue || requests >= most) samples.push(await look(gateway, requests));
    }
    return samples;
  } finally {
    await gateway.stop();
  }
}

async function look({ child, pid }: Serving, requests: number): Promise<MemorySample> {
  const told = once(child, "message");
  child.send("look");
  const [heapBytes] = (await told) as [number];
  return { requests, heapBytes, residentBytes: residentBytes(pid) };
}
