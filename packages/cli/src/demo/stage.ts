/** Sets up two applications with the same callers and the same provider, and plays a scenario to both. */
import { type Breaker, createBreaker } from "recloser";
import { seededRandom, type SimulatedProvider, simulatedProvider } from "recloser/testing";
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
}

export interface Arms<T> {
  readonly without: T;
  readonly with: T;
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
  readonly #clock: StoryClock;
  readonly #startMs: number;
  #callsBefore: Arms<number> = { without: 0, with: 0 };

  private constructor(settings: Settings, clock: StoryClock, providers: Arms<SimulatedProvider>) {
    const { scenario, seed } = settings;
    this.settings = settings;
    this.#clock = clock;
    this.#startMs = clock.now();
    // What any application would write, but for the clock and the seed: the library's own defaults and a deadline.
    this.breaker = createBreaker({
      name: "simulated-llm",
      timeouts: { total: CLIENT_TIMEOUT_MS },
      clock,
      random: seededRandom(seed),
    });
    this.journal = new Journal(this.breaker, this.#startMs);
    const targetOf = ({ baseUrl }: SimulatedProvider) => ({ baseUrl, streams: scenario.streams });
    this.arms = {
      without: new Arm(providers.without, plainCall(targetOf(providers.without), clock), clock),
      with: new Arm(providers.with, guardedCall(targetOf(providers.with), this.breaker), clock),
    };
  }

  static async open(settings: Settings, clock: StoryClock): Promise<Stage> {
    const one = () =>
      simulatedProvider({
        clock,
        seed: settings.seed,
        latency: {
          answer: { kind: "lognormal", p50Ms: 600, p95Ms: 1_400 },
          firstToken: { kind: "lognormal", p50Ms: 300, p95Ms: 600 },
          interToken: 20,
          error: { kind: "uniform", minMs: 80, maxMs: 200 },
        },
      });
    const providers = await Promise.all([one(), one()]);
    // The first fetch of a process loads Node's HTTP client; at speed 10 that would be a second of the story.
    await (await fetch("data:,")).text();
    return new Stage(settings, clock, { without: providers[0], with: providers[1] });
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
    await Promise.all([this.arms.without.close(), this.arms.with.close()]);
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
      // Both in the same turn of the event loop: neither arm hears of it before the other.
      void this.arms.without.provider.setFault(step.fault);
      void this.arms.with.provider.setFault(step.fault);
      this.journal.provider(step, this.atMs);
    }
  }

  #countCalls(outageEnds: boolean): void {
    const now: Arms<number> = {
      without: this.arms.without.provider.stats().requests,
      with: this.arms.with.provider.stats().requests,
    };
    if (outageEnds) {
      this.callsInOutage.without += now.without - this.#callsBefore.without;
      this.callsInOutage.with += now.with - this.#callsBefore.with;
    }
    this.#callsBefore = now;
  }

  #sleepUntil(atMs: number, signal: AbortSignal): Promise<void> {
    return this.#clock.sleep(this.#startMs + atMs - this.#clock.now(), { signal });
  }
}
