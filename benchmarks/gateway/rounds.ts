/**
 * Measures every contender in turn, round after round, in front of the same provider. What is quoted is taken within a round,
 * so that a machine that is busy slows all sides of it; beside the time, what each process took of the processors.
 */
import { readFile } from "node:fs/promises";
import { DIRECT, type Prepared } from "./contenders.ts";
import { cpuUs } from "./process-cost.ts";
import { CALLERS_HEADERS, type Kind, PATH } from "./requests.ts";
import { type Case, CASES, type Effort, type Sample } from "./result.ts";
import type { Serving } from "./serving.ts";
import type { Wrk } from "./wrk.ts";

export interface Ready {
  readonly name: string;
  readonly prepared: Prepared;
  readonly serving: Serving;
}

export interface Rig {
  readonly wrk: Wrk;
  readonly upstream: Serving;
  readonly files: Readonly<Record<Kind, string>>;
  readonly contenders: readonly Ready[];
  readonly progress: (text: string) => void;
}

/** @throws when a contender answers anything but what the provider said */
export async function measure(rig: Rig, { rounds, durationMs, warmUpMs }: Effort): Promise<Sample[]> {
  for (const ready of rig.contenders) {
    await checkAnswers(rig, ready);
    if (warmUpMs > 0) for (const one of CASES) await sample(rig, ready, one, warmUpMs, -1);
  }
  const samples: Sample[] = [];
  for (let round = 0; round < rounds; round++) {
    rig.progress(`round ${round + 1} of ${rounds}`);
    for (const one of CASES) {
      samples.push(await sample(rig, null, one, durationMs, round));
      for (const ready of inTurn(rig.contenders, round)) samples.push(await sample(rig, ready, one, durationMs, round));
    }
  }
  return samples;
}

async function sample(rig: Rig, ready: Ready | null, one: Case, durationMs: number, round: number): Promise<Sample> {
  const { wrk, upstream, files } = rig;
  const { origin, pid } = ready === null ? upstream : ready.serving;
  const headers = [...CALLERS_HEADERS, ...(ready?.prepared.headers(upstream.origin) ?? [])];
  const { connections } = one;
  const before = cpuUs(pid);
  const seen = await wrk.load({ url: `${origin}${PATH}`, bodies: files[one.kind], headers, connections, durationMs });
  const tookUs = cpuUs(pid) - before;
  const name = ready?.name ?? DIRECT;
  if (seen.requests === 0 || seen.refused + seen.broken > 0) {
    throw new Error(
      `${name}, ${one.id}: of ${seen.requests} requests ${seen.refused} were refused, ${seen.broken} broke`,
    );
  }
  return {
    case: one.id,
    contender: name,
    round,
    requests: seen.requests,
    seconds: seen.durationUs / 1e6,
    p50Us: seen.p50Us,
    p99Us: seen.p99Us,
    cpuUs: ready === null ? null : tookUs / seen.requests,
  };
}

// Whoever answers something else does other work.
async function checkAnswers({ upstream, files }: Rig, { name, prepared, serving }: Ready): Promise<void> {
  const headers = [...CALLERS_HEADERS, ...prepared.headers(upstream.origin), "content-type: application/json"];
  for (const kind of ["json", "stream"] as const) {
    const body = await readFile(files[kind], "utf8");
    const ask = async (origin: string): Promise<string> => {
      const sent = headers.map((line) => line.split(": ", 2) as [string, string]);
      const answer = await fetch(`${origin}${PATH}`, { method: "POST", headers: sent, body });
      return `${answer.status} ${await answer.text()}`;
    };
    const [given, expected] = await Promise.all([ask(serving.origin), ask(upstream.origin)]);
    if (given !== expected) throw new Error(`${name} changed the provider's answer (${kind}): ${given.slice(0, 200)}`);
  }
}

// Another contender begins each round, so that none always runs in the same one's wake.
function inTurn<T>(all: readonly T[], round: number): T[] {
  const first = round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}
