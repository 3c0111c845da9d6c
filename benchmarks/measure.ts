/**
 * How contenders are timed: in one process, in turn, round after round, each warmed up first. What is quoted is a ratio
 * of two contenders of the same round, so that a machine that is busy or throttled slows both sides of it.
 */
import { setImmediate as turn } from "node:timers/promises";

/** One way of doing the same thing. */
export interface Contender {
  readonly name: string;
  readonly prepare: () => Prepared | Promise<Prepared>;
  /** Where operations change what is measured: at most this many on one build, then a fresh one. */
  readonly perBuild?: number;
}

export interface Prepared {
  readonly op: () => unknown;
  readonly dispose?: () => void;
}

export interface Case {
  readonly id: string;
  readonly title: string;
  readonly contenders: readonly Contender[];
  /** How an operation ends: with a value at once, or a promise that resolves (the default) or rejects. */
  readonly ends?: keyof typeof LOOPS;
}

export interface Effort {
  readonly rounds: number;
  readonly sampleMs: number;
  readonly warmUpMs: number;
}

export const FULL: Effort = { rounds: 15, sampleMs: 25, warmUpMs: 250 };
export const QUICK: Effort = { rounds: 5, sampleMs: 6, warmUpMs: 60 };
// Building what is measured may take far longer than measuring it.
const MOST_BUILDS = 5;

export interface CaseResult {
  readonly id: string;
  readonly title: string;
  /** Nanoseconds per operation: one figure a round, by contender. */
  readonly rounds: Readonly<Record<string, readonly number[]>>;
}

export async function measure(one: Case, effort: Effort): Promise<CaseResult> {
  const loop = LOOPS[one.ends ?? "resolves"];
  const timed: Timed[] = [];
  for (const contender of one.contenders) {
    timed.push(
      contender.perBuild === undefined
        ? await onOneBuild(contender, loop, effort)
        : await onFreshBuilds(contender, contender.perBuild, loop, effort),
    );
  }
  const rounds: Record<string, number[]> = Object.fromEntries(timed.map(({ name }) => [name, []]));
  for (let round = 0; round < effort.rounds; round++) {
    for (const { name, sample } of inTurn(timed, round)) rounds[name]?.push(await sample());
  }
  for (const { dispose } of timed) dispose?.();
  return { id: one.id, title: one.title, rounds };
}

interface Timed {
  readonly name: string;
  /** Nanoseconds per operation. */
  readonly sample: () => Promise<number>;
  readonly dispose?: (() => void) | undefined;
}

async function onOneBuild({ name, prepare }: Contender, loop: Loop, effort: Effort): Promise<Timed> {
  const { op, dispose } = await prepare();
  // The optimising compiler settles meanwhile, so the last batch says how many operations fill a sample.
  let ns = 1;
  const endMs = performance.now() + effort.warmUpMs;
  for (let count = 64; performance.now() < endMs; count = Math.min(count * 2, 20_000)) {
    ns = (await loop(op, count)) / count;
  }
  const count = Math.max(16, Math.round((effort.sampleMs * 1e6) / ns));
  const sample = async (): Promise<number> => {
    await settle();
    return (await loop(op, count)) / count;
  };
  return { name, sample, dispose };
}

async function onFreshBuilds(contender: Contender, perBuild: number, loop: Loop, effort: Effort): Promise<Timed> {
  const sample = async (): Promise<number> => {
    let ns = 0;
    let builds = 0;
    while (builds < MOST_BUILDS && ns < effort.sampleMs * 1e6) {
      const { op, dispose } = await contender.prepare();
      await settle();
      ns += await loop(op, perBuild);
      builds++;
      dispose?.();
    }
    return ns / (builds * perBuild);
  };
  const endMs = performance.now() + effort.warmUpMs;
  while (performance.now() < endMs) await sample();
  return { name: contender.name, sample };
}

// Another contender begins each round, so that none always runs in the same one's wake.
function inTurn<T>(all: readonly T[], round: number): T[] {
  const first = round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

// Young garbage and due timers of one contender must not be billed to the next. Not a full collection: V8 drops compiled
// code whose objects have all died, which no application does to itself between two calls. Within a sample no timer runs,
// since awaiting a settled promise never leaves the microtask queue.
async function settle(): Promise<void> {
  globalThis.gc?.({ type: "minor" });
  await turn();
}

function elapsedNs(startMs: number): number {
  return (performance.now() - startMs) * 1e6;
}

type Loop = (op: () => unknown, count: number) => number | Promise<number>;

const LOOPS = {
  atOnce: (op: () => unknown, count: number): number => {
    const start = performance.now();
    for (let i = 0; i < count; i++) op();
    return elapsedNs(start);
  },
  resolves: async (op: () => unknown, count: number): Promise<number> => {
    const start = performance.now();
    for (let i = 0; i < count; i++) await op();
    return elapsedNs(start);
  },
  rejects: async (op: () => unknown, count: number): Promise<number> => {
    let rejected = 0;
    const start = performance.now();
    for (let i = 0; i < count; i++) {
      try {
        await op();
      } catch {
        rejected++;
      }
    }
    const ns = elapsedNs(start);
    if (rejected !== count) throw new Error(`${count - rejected} of ${count} operations did not reject`);
    return ns;
  },
} satisfies Record<string, Loop>;
