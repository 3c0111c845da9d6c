import { readFileSync } from "node:fs";
import { type Breaker, createBreaker, createRecloser, type PolicyOptions } from "recloser";
import { manualClock } from "recloser/testing";
import { Calls, fallbackAnswer, type Guarded } from "../calls.ts";
import type { Admission, Contender, Control, Library, Replica, Setup } from "../contender.ts";
import { StoreAtHand } from "./store-at-hand.ts";

const manifest = JSON.parse(
  readFileSync(new URL("../../../packages/recloser/package.json", import.meta.url), "utf8"),
) as { readonly version: string };

export const recloser: Library = { name: "recloser", version: manifest.version, lacks: [], open: () => new Ours() };

const BY_HAND = { by: "the scoreboard", reason: "a scenario" };

class Ours implements Contender, Disposable {
  readonly #clock = manualClock();
  readonly #calls = new Calls();
  readonly #store = new StoreAtHand(this.#clock);
  #setup: Setup | null = null;
  #breakers: Readonly<Record<Replica, Breaker>> | null = null;

  create(setup: Setup): void {
    this.#setup = setup;
    this.#breakers = setup.replicas === true ? this.#fleet(setup) : this.#alone(setup);
  }

  async admit(call: string, { replica = "a", isStream = false }: Admission): Promise<ReturnType<Calls["answerOf"]>> {
    const breaker = this.#breaker(replica);
    const fallback = this.#setup?.hasFallback === true ? { fallback: fallbackAnswer } : {};
    this.#calls.begin(call, (guarded) =>
      isStream ? read(breaker, guarded) : breaker.execute(guarded.act, { signal: guarded.signal, ...fallback }),
    );
    await this.#clock.advance(0);
    return this.#calls.answerOf(call);
  }

  async settle(...[call, end]: Parameters<Contender["settle"]>): Promise<ReturnType<Calls["answerOf"]>> {
    this.#calls.end(call, end);
    await this.#clock.advance(0);
    return this.#calls.answerOf(call);
  }

  advance(ms: number): Promise<void> {
    return this.#clock.advance(ms);
  }

  inspect(replica: Replica): ReturnType<Contender["inspect"]> {
    return { state: this.#breaker(replica).state, answers: this.#calls.answers() };
  }

  async control(action: Control): Promise<void> {
    if (action === "hold open") await this.#breaker("a").forceOpen(BY_HAND);
    else if (action === "release") await this.#breaker("a").clearOverride(BY_HAND);
    else this.#store.isLost = true;
  }

  [Symbol.dispose](): void {
    this.#breakers = null;
  }

  #alone(setup: Setup): Readonly<Record<Replica, Breaker>> {
    const breaker = createBreaker({ ...policyOf(setup), clock: this.#clock });
    return { a: breaker, b: breaker };
  }

  #fleet(setup: Setup): Readonly<Record<Replica, Breaker>> {
    const replica = (replicaId: Replica): Breaker =>
      createRecloser({
        clock: this.#clock,
        store: this.#store.connection(),
        replicaId,
        defaults: policyOf(setup),
      }).breaker("provider");
    return { a: replica("a"), b: replica("b") };
  }

  #breaker(replica: Replica): Breaker {
    if (this.#breakers === null) throw new Error("create() comes first");
    return this.#breakers[replica];
  }
}

/** The job's numbers; without the jitter, which only lengthens. All else stays at its default. */
function policyOf(setup: Setup): PolicyOptions {
  const { cooldownMs, cooldownFactor = 1, timeoutMs, capacity, probes, slowCall } = setup;
  return {
    window: setup.windowMs,
    minimumCalls: setup.minimumCalls,
    failureRate: setup.failureRate,
    cooldown: { initial: cooldownMs, factor: cooldownFactor, jitter: 0 },
    ...(timeoutMs === undefined ? {} : { timeouts: { total: timeoutMs } }),
    ...(capacity === undefined ? {} : { shed: { maxInFlight: capacity } }),
    ...(probes === undefined ? {} : { probe: { successes: probes } }),
    ...(slowCall === undefined ? {} : { slowCall: { after: slowCall.afterMs, rate: slowCall.rate } }),
  };
}

async function read(breaker: Breaker, { open, signal }: Guarded): Promise<string> {
  let last = "an empty stream";
  for await (const chunk of breaker.stream(open, { signal })) last = chunk;
  return last;
}
