/** Weighs idle breakers, each contender and figure in a process of its own. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { COCKATIEL, OPOSSUM, OURS } from "./contenders.ts";
import type { IdleResult, IdleState } from "./suite.ts";

const SCRIPT = fileURLToPath(new URL("idle.js", import.meta.url));
const start = promisify(execFile);

export async function measureIdle(breakers: number): Promise<IdleResult[]> {
  const results: IdleResult[] = [];
  for (const contender of [OURS, COCKATIEL, OPOSSUM]) {
    for (const state of ["unused", "used"] as const) {
      const bytesEach = await weighed(contender, state, breakers, "heap");
      const timers = await weighed(contender, state, breakers, "timers");
      results.push({ contender, state, breakers, bytesEach, timers });
    }
  }
  return results;
}

async function weighed(contender: string, state: IdleState, breakers: number, figure: string): Promise<number> {
  // A hundred thousand of the heaviest contender need more than the default heap.
  const flags = ["--expose-gc", "--max-old-space-size=4096"];
  const { stdout } = await start(process.execPath, [...flags, SCRIPT, contender, state, String(breakers), figure]);
  return Number(stdout);
}
