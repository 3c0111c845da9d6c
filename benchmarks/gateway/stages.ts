/**
 * What each part of the gateway takes of a request's processor time, beside the bare pass-through: what a process does is noted
 * twice a millisecond, and each note goes to the innermost part on the stack. System calls and collections count where they are
 * made, except that V8 names no caller of a collection.
 */
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { table } from "../table.ts";
import { BARE, OURS, startBare, startOurs } from "./contenders.ts";
import { cpuUs } from "./process-cost.ts";
import { CALLERS_HEADERS, PATH } from "./requests.ts";
import type { Serving } from "./serving.ts";
import type { Wrk } from "./wrk.ts";

const CONNECTIONS = 16;
const WARM_UP_MS = 8_000;
const PROFILED_MS = 8_000;
const PROBE = fileURLToPath(new URL("../dist/gateway/servers/profile-probe.js", import.meta.url));
const FLAGS = ["--import", PROBE] as const;

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

// The first that fits a script's URL is the part.
const PARTS: readonly (readonly [RegExp, string])[] = [
  [/\/undici\/|^wasm:/, "undici"],
  [/\/(?:pino|sonic-boom)\/|^node:fs$|gateway\/dist\/telemetry\/(?:log|request-line|shown)/, "the log's line"],
  [/\/prom-client\/|\/telemetry\//, "metrics"],
  [/gateway\/dist\/(?:http|formats)\//, "the request: its head, its body, who asks"],
  [/gateway\/dist\/upstream\//, "the call: what the target gets, its deadlines, secrets"],
  [/gateway\/dist\/streams\//, "the answer: held to its end, its tokens"],
  [/gateway\/dist\//, "the attempts: route, slots, record"],
  [/recloser\/dist\/(?:streams|classify)\//, "the answer: parsed and judged"],
  [/recloser\/dist\//, "the breaker"],
  [/^node:|pass-through/, "node:http, sockets, promises"],
];

/** @returns a table */
export async function stages(wrk: Wrk, upstream: Serving, bodies: string, folder: string): Promise<string> {
  const ours = await profiled(await startOurs(upstream.origin, folder, { flags: FLAGS, ipc: true }), wrk, bodies);
  const bare = await profiled(await startBare(upstream.origin, { flags: FLAGS, ipc: true }), wrk, bodies);
  const parts = [...ours].toSorted(([, a], [, b]) => b - a).map(([part]) => part);
  const us = (value: number | undefined): string => (value === undefined ? "" : value.toFixed(1));
  const rows = parts.map((part) => [part, us(ours.get(part)), us(bare.get(part))]);
  const sum = (of: ReadonlyMap<string, number>): string => us([...of.values()].reduce((a, b) => a + b, 0));
  return table(["µs of CPU a request", OURS, BARE], [...rows, ["in all", sum(ours), sum(bare)]]);
}

// Microseconds of a request by part.
async function profiled(server: Serving, wrk: Wrk, bodies: string): Promise<ReadonlyMap<string, number>> {
  const load = { url: `${server.origin}${PATH}`, bodies, headers: CALLERS_HEADERS, connections: CONNECTIONS };
  try {
    await wrk.load({ ...load, durationMs: WARM_UP_MS });
    await ask(server);
    const before = cpuUs(server.pid);
    const { requests } = await wrk.load({ ...load, durationMs: PROFILED_MS });
    const eachUs = (cpuUs(server.pid) - before) / requests;
    const shares = sharesOf((await ask(server)) as Profile);
    return new Map([...shares].map(([part, share]) => [part, share * eachUs]));
  } finally {
    await server.stop();
  }
}

async function ask({ child }: Serving): Promise<unknown> {
  const told = once(child, "message");
  child.send("profile");
  const [answer] = (await told) as [unknown];
  return answer;
}

function sharesOf({ nodes, samples, timeDeltas }: Profile): ReadonlyMap<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const partOf = (id: number | undefined): string => {
    const node = id === undefined ? undefined : byId.get(id);
    if (node === undefined) return "other";
    const { functionName, url } = node.callFrame;
    if (functionName === "(garbage collector)") return "collections";
    return PARTS.find(([pattern]) => pattern.test(url))?.[1] ?? partOf(parents.get(node.id));
  };
  const taken = new Map<string, number>();
  let all = 0;
  for (const [at, id] of samples.entries()) {
    if (byId.get(id)?.callFrame.functionName === "(idle)") continue;
    const tookUs = timeDeltas[at] ?? 0;
    const part = partOf(id);
    taken.set(part, (taken.get(part) ?? 0) + tookUs);
    all += tookUs;
  }
  return new Map([...taken].map(([part, tookUs]) => [part, tookUs / all]));
}
