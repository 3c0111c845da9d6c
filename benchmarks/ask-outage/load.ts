/** Questions at a steady rate, whatever becomes of them. */
import { setTimeout as sleep } from "node:timers/promises";
import { GOLDEN } from "../../examples/nl2sql/src/golden/questions.ts";
import type { Replica } from "./replicas.ts";

export interface Asked {
  /** From the beginning of the run, milliseconds. */
  readonly atMs: number;
  readonly durationMs: number;
  /** Null: the request itself failed. */
  readonly mode: string | null;
  readonly status: number | null;
  /** What was not there, where it says so: the provider or the database. */
  readonly of: string | null;
}

// Of ten questions seven are asked again and again, two fit a template, and one nobody has asked before.
const FORMS = ["Top 3 cities", "Revenue by supplier", "Top 7 employees in 2024", "Orders in 2025", "How many items?"];

function inTurn<T>(all: readonly T[], index: number): T {
  const one = all.at(index % all.length);
  if (one === undefined) throw new RangeError("expected at least one to take in turn, received none");
  return one;
}

export function questionOf(index: number): string {
  const turn = index % 10;
  if (turn === 9) return `How many orders has customer ${index}?`;
  if (turn === 4 || turn === 8) return inTurn(FORMS, Math.floor(index / 5));
  return inTurn(GOLDEN, index * 7).question;
}

/** Resolves when the last one is answered. */
export async function askSteadily(
  replicas: readonly Replica[],
  perSecond: number,
  beganMs: number,
  endMs: number,
): Promise<readonly Asked[]> {
  const asked: Promise<Asked>[] = [];
  for (let index = 0; ; index++) {
    const atMs = (index * 1_000) / perSecond;
    if (atMs >= endMs) break;
    await sleep(Math.max(0, beganMs + atMs - performance.now()));
    const { url } = inTurn(replicas, index);
    asked.push(ask(url, questionOf(index), performance.now() - beganMs));
  }
  return Promise.all(asked);
}

async function ask(url: string, question: string, atMs: number): Promise<Asked> {
  const beganMs = performance.now();
  try {
    const response = await fetch(`${url}/ask`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ question }),
      signal: AbortSignal.timeout(60_000),
    });
    const { meta, of = null } = (await response.json()) as { meta?: { mode?: string }; of?: string };
    return { atMs, durationMs: performance.now() - beganMs, mode: meta?.mode ?? null, status: response.status, of };
  } catch {
    return { atMs, durationMs: performance.now() - beganMs, mode: null, status: null, of: null };
  }
}
