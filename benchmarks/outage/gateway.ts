/**
 * An outage in real time, through a gateway process: callers at a steady rate, a provider that hangs for a while, and one
 * behind it that works.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type SimulatedProvider, simulatedProvider } from "recloser/testing";
import { type Caller, callerOf, type Ending } from "../../tests/support/asked-gateway.ts";
import { startServed } from "../../tests/support/served-gateway.ts";

export interface GatewayOutagePlan {
  readonly perSecond: number;
  readonly beforeMs: number;
  readonly faultMs: number;
  readonly afterMs: number;
  /** What the gateway's file says beside its targets; null: the callers ask the first provider themselves. */
  readonly config: object | null;
  /** How long a caller waits. */
  readonly patienceMs: number;
}

export interface GatewayOutage {
  /** That began while the first provider hung, or shortly before. */
  readonly asked: number;
  readonly errors: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
  /** Calls that reached the first provider while it hung. */
  readonly deadCalls: number;
  /** From the provider's return to the first answer of its own; null: none came. */
  readonly backMs: number | null;
  /** Of those that began before the fault. */
  readonly healthyP99Ms: number;
  readonly errorsOutside: number;
  /** Requests a second that were really made. */
  readonly perSecond: number;
}

const LATENCY = { answer: { kind: "uniform", minMs: 150, maxMs: 250 }, firstToken: 50, interToken: 20 } as const;

const ON_ITS_WAY_MS = 500;

interface Made {
  readonly beganMs: number;
  readonly ending: Ending;
}

export async function playGatewayOutage(plan: GatewayOutagePlan): Promise<GatewayOutage> {
  await using first = await simulatedProvider({ latency: LATENCY, answerTokens: 8 });
  await using second = await simulatedProvider({ latency: LATENCY, answerTokens: 8, seed: 2 });
  const gateway = plan.config === null ? null : await startServed({ ...targets(first, second), ...plan.config });
  const callers = callerOf(gateway?.url ?? first.url);
  try {
    for (let i = 0; i < 20; i++) await callers.ask({ stream: i % 2 === 0 }); // compiles what all others run
    const load = new Load(plan, callers);
    await sleep(plan.beforeMs);
    const before = first.stats().requests;
    const hangsMs = performance.now();
    await first.setFault({ kind: "hang" });
    await sleep(plan.faultMs);
    const deadCalls = first.stats().requests - before;
    await first.setFault(null);
    const backMs = performance.now();
    await sleep(plan.afterMs);
    return figures(await load.ended(), { hangsMs, backMs, deadCalls });
  } finally {
    callers.close();
    await gateway?.kill();
  }
}

function targets(first: SimulatedProvider, second: SimulatedProvider): object {
  const target = ({ baseUrl }: SimulatedProvider) => ({ format: "openai", baseUrl, key: "any", allowPrivate: true });
  return { targets: { first: target(first), second: target(second) } };
}

/** Open loop: a request begins when its time has come, whatever became of those before it. Every second one streams. */
class Load {
  readonly #startedMs = performance.now();
  readonly #made: Made[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  #count = 0;

  constructor({ perSecond, patienceMs }: GatewayOutagePlan, callers: Caller) {
    this.#timer = setInterval(() => {
      const due = ((performance.now() - this.#startedMs) * perSecond) / 1_000;
      while (this.#count < due) {
        const beganMs = performance.now();
        const asked = callers.ask({ stream: this.#count++ % 2 === 0, patienceMs }).then((ending) => {
          this.#made.push({ beganMs, ending });
          this.#underWay.delete(asked);
        });
        this.#underWay.add(asked);
      }
    }, 5);
  }

  async ended(): Promise<readonly Made[]> {
    clearInterval(this.#timer);
    await Promise.all(this.#underWay);
    return this.#made;
  }
}

interface Times {
  readonly hangsMs: number;
  readonly backMs: number;
  readonly deadCalls: number;
}

function figures(made: readonly Made[], { hangsMs, backMs, deadCalls }: Times): GatewayOutage {
  // What is on its way when it begins to hang may hang, too.
  const hitMs = hangsMs - ON_ITS_WAY_MS;
  const during = made.filter(({ beganMs }) => beganMs >= hitMs && beganMs < backMs);
  const before = made.filter(({ beganMs }) => beganMs < hitMs);
  const outside = made.filter(({ beganMs }) => beganMs < hitMs || beganMs >= backMs);
  const failed = (some: readonly Made[]): number => some.filter(({ ending }) => !ending.isWhole).length;
  const back = made.filter(({ ending, beganMs }) => beganMs >= backMs && ending.isWhole && ending.target !== "second");
  const took = durations(during);
  return {
    asked: during.length,
    errors: failed(during),
    p50Ms: at(took, 0.5),
    p99Ms: at(took, 0.99),
    mostMs: at(took, 1),
    deadCalls,
    backMs: back.length === 0 ? null : Math.min(...back.map(({ ending }) => ending.atMs)) - backMs,
    healthyP99Ms: at(durations(before), 0.99),
    errorsOutside: failed(outside),
    perSecond: (1_000 * during.length) / (backMs - hitMs),
  };
}

function durations(made: readonly Made[]): readonly number[] {
  return made.map(({ ending }) => ending.tookMs).toSorted((a, b) => a - b);
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}
