/** Sets up two applications with the same callers and the same provider, and plays a scenario to both. */
import { type Breaker, createBreaker } from "recloser";
import { type Fault, type Latency, seededRandom, type SimulatedProvider, simulatedProvider } from "recloser/testing";
import { Arm } from "./arm.ts";
import { CLIENT_TIMEOUT_MS, guardedCall, plainCall } from "./calls.ts";
import type { StoryClock } from "./clock.ts";
import { Journal } from "./journal.ts";
import type { Sample } from "./samples.ts";
import { CURTAIN_MS, type Scenario, type ScenarioName } from "./scenarios.ts";
import { sendTraffic } from "./traffic.ts";

export interface Settings {
  readonly name: ScenarioName;
  readonly scenario: Scenario;
  readonly speed: number;
  /** Callers per second of story time. */
  readonly rps: number;
  readonly seed: number;
  /** Of the live page beside it; none without one. */
  readonly pageUrl?: string;
}

/** Of a provider that is well, and of its errors. */
export const PROVIDER_LATENCY: Latency = {
  answer: { kind: "lognormal", p50Ms: 600, p95Ms: 1_400 },
  firstToken: { kind: "lognormal", p50Ms: 300, p95Ms: 600 },
  interToken: 20,
  error: { kind: "uniform", minMs: 80, maxMs: 200 },
};

export interface Arms<T> {
  readonly without: T;
  readonly with: T;
}

/** What a scenario is played to. */
export interface World {
  readonly breaker: Breaker;
  readonly arms: Arms<Arm>;
  /** What is wrong with both arms' providers from now on; null: nothing. */
  turn(fault: Fault | null): void;
  close(): Promise<void>;
}

export class Stage implements AsyncDisposable {
  readonly settings: Settings;
  readonly arms: Arms<Arm>;
  readonly breaker: Breaker;
  readonly journal: Journal;
  readonly samples: Sample[] = [];
  /** Calls that providers received while something was wrong. */
  readonly callsInOutage: { without: number; with: number } = { without: 0, with: 0 };
  /** What the provider does now. */
  says = "is well";
  isWell = true;
  readonly #world: World;
  readonly #clock: StoryClock;
  readonly #startMs: number;
  #callsBefore: Arms<number>;

  /** @param world given back with the stage */
  constructor(settings: Settings, clock: StoryClock, world: World) {
    this.settings = settings;
    this.#clock = clock;
    this.#world = world;
    this.#startMs = clock.now();
    this.breaker = world.breaker;
    this.arms = world.arms;
    this.journal = new Journal(this.breaker, this.#startMs);
    this.#callsBefore = this.#callsNow();
  }

  static async open(settings: Settings, clock: StoryClock): Promise<Stage> {
    const one = (): Promise<SimulatedProvider> =>
      simulatedProvider({ clock, seed: settings.seed, latency: PROVIDER_LATENCY });
    const providers = await Promise.all([one(), one()]);
    await warmUp();
    return new Stage(settings, clock, worldOf(settings, clock, { without: providers[0], with: providers[1] }));
  }

  /** Story milliseconds since the start. */
  get atMs(): number {
    return Math.min(this.settings.scenario.lastsMs, this.#clock.now() - this.#startMs);
  }

  /** Plays the scenario to its end, and the journal's; rejects with the signal's reason when it is aborted. */
  async play(signal: AbortSignal): Promise<void> {
    const { rps, seed, scenario } = this.settings;
    const both = [this.arms.without, this.arms.with];
    const untilMs = this.#startMs + scenario.lastsMs - CURTAIN_MS;
    await Promise.all([
      this.#turnFaults(signal),
      sendTraffic({ clock: this.#clock, rps, seed, untilMs, signal }, () => {
        for (const arm of both) arm.ask();
      }),
      this.#sleepUntil(scenario.lastsMs, signal),
    ]);
    this.look();
    this.journal.close();
  }

  /** Takes note of how things stand. */
  look(): void {
    const pendingOf = ({ inFlight, waiting }: Arm): number => inFlight + waiting;
    const { atMs } = this;
    const pending = { without: pendingOf(this.arms.without), with: pendingOf(this.arms.with) };
    this.samples.push({ atMs, shows: this.journal.look(atMs), pending });
  }

  async close(): Promise<void> {
    this.journal.close();
    await this.#world.close();
    this.#clock.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #turnFaults(signal: AbortSignal): Promise<void> {
    for (const step of this.settings.scenario.steps) {
      await this.#sleepUntil(step.atMs, signal);
      this.#countCalls(step.fault === null);
      this.says = step.says;
      this.isWell = step.fault === null;
      this.#world.turn(step.fault);
      this.journal.provider(step, this.atMs);
    }
  }

  #countCalls(outageEnds: boolean): void {
    const now = this.#callsNow();
    if (outageEnds) {
      this.callsInOutage.without += now.without - this.#callsBefore.without;
      this.callsInOutage.with += now.with - this.#callsBefore.with;
    }
    this.#callsBefore = now;
  }

  #callsNow(): Arms<number> {
    const { without, with: guarded } = this.arms;
    return { without: without.provider.stats().requests, with: guarded.provider.stats().requests };
  }

  #sleepUntil(atMs: number, signal: AbortSignal): Promise<void> {
    return this.#clock.sleep(this.#startMs + atMs - this.#clock.now(), { signal });
  }
}

/** The first fetch of a process loads Node's HTTP client; at speed 10 that would be a second of the story. */
export async function warmUp(): Promise<void> {
  await (await fetch("data:,")).text();
}

function worldOf({ scenario, seed }: Settings, clock: StoryClock, providers: Arms<SimulatedProvider>): World {
  // What any application would write, but for the clock and the seed: the library's own defaults and a deadline.
  const breaker = createBreaker({
    name: "simulated-llm",
    timeouts: { total: CLIENT_TIMEOUT_MS },
    clock,
    random: seededRandom(seed),
  });
  const targetOf = ({ baseUrl }: SimulatedProvider) => ({ baseUrl, streams: scenario.streams });
  const arms = {
    without: new Arm(providers.without, plainCall(targetOf(providers.without), clock), clock),
    with: new Arm(providers.with, guardedCall(targetOf(providers.with), breaker), clock),
  };
  return {
    breaker,
    arms,
    turn(fault) {
      // Both in the same turn of the event loop: neither arm hears of it before the other.
      void arms.without.provider.setFault(fault);
      void arms.with.provider.setFault(fault);
    },
    async close() {
      await Promise.all([arms.without.close(), arms.with.close()]);
    },
  };
}
