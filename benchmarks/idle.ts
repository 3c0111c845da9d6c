/**
 * What many breakers that do nothing cost: heap in use per breaker after garbage collection, or timers alive. Each figure
 * comes from a process of its own, started by `idle-run.ts` with contender, state, count, and `heap` or `timers` (watching
 * timers would cost heap).
 */
import { createHook } from "node:async_hooks";
import { setImmediate as turn } from "node:timers/promises";
import { createRecloser } from "recloser";
import { answer, cockatielBreaker, COCKATIEL, OPOSSUM, opossumBreaker, OURS } from "./contenders.ts";

/** Makes breakers and keeps them by key, as an application would. */
interface Keeper {
  make(key: string): void;
  call(key: string): Promise<number>;
}

const KEEPERS: Record<string, (most: number) => Keeper> = {
  [OURS]: (most) => {
    const recloser = createRecloser({ maxBreakers: most });
    return {
      make: (key) => void recloser.breaker(key),
      call: (key) => recloser.breaker(key).execute(answer),
    };
  },
  [COCKATIEL]: () =>
    keeper(
      () => cockatielBreaker(),
      (breaker) => breaker.execute(answer),
    ),
  [OPOSSUM]: () =>
    keeper(
      () => opossumBreaker(answer),
      (breaker) => breaker.fire(),
    ),
};

function keeper<B>(create: () => B, call: (breaker: B) => Promise<number>): Keeper {
  const breakers = new Map<string, B>();
  return {
    make: (key) => void breakers.set(key, create()),
    call: (key) => call(breakers.get(key) as B),
  };
}

const [contender = "", state = "", counted = "", weigh = ""] = process.argv.slice(2);
const count = Number(counted);
const keys = Array.from({ length: count }, (_, index) => `provider-${index}:model`);

const alive = new Set<number>();
const hook = createHook({
  init: (id, type) => {
    if (type === "Timeout") alive.add(id);
  },
  destroy: (id) => {
    alive.delete(id);
  },
});
if (weigh === "timers") hook.enable();

const before = await heapBytes();
const kept = (KEEPERS[contender] as (most: number) => Keeper)(count + 1);
for (const key of keys) kept.make(key);
if (state === "used") for (const key of keys) await kept.call(key);
const after = await heapBytes();
process.stdout.write(JSON.stringify(weigh === "timers" ? alive.size : (after - before) / count));
// Kept alive until here, so that nothing was collected before it was weighed.
kept.make("the end");
process.exit(0);

async function heapBytes(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await turn();
  }
  return process.memoryUsage().heapUsed;
}
