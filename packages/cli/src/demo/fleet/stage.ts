/** Sets up Redis, a provider and three replica processes, and plays the story to them. */
import { type SimulatedProvider, simulatedProvider } from "recloser/testing";
import { randomBytes } from "node:crypto";
import { displayOf, type Display } from "../../terminal/display.ts";
import { machineClock } from "../clock.ts";
import { FleetJournal } from "./journal.ts";
import { type FromReplica, type Mode, REPLICA_NAMES } from "./messages.ts";
import { NoRedisError, redisAt, type RedisServer, startRedis } from "./redis-server.ts";
import { Replica } from "./replica.ts";
import { type Deed, FAILURE, type FleetSettings } from "./story.ts";

// On a server of the user's, one namespace for all demos, and a key for each: what is left there ends by itself.
const NAMESPACE = "recloser-demo";

const MOST_SAMPLES = 2_000;

export interface Sample {
  readonly atMs: number;
  /** In the replicas' order; null for one that has ended. */
  readonly replicas: readonly ({ readonly shows: Display; readonly mode: Mode } | null)[];
}

export class FleetStage implements AsyncDisposable {
  readonly settings: FleetSettings;
  readonly redis: RedisServer;
  readonly provider: SimulatedProvider;
  readonly replicas: readonly Replica[];
  readonly samples: Sample[] = [];
  journal: FleetJournal = new FleetJournal(0);
  isProviderWell = true;
  isRedisStopped = false;
  /** Somebody has pressed a key: nothing happens by itself any more, and there is no end but theirs. */
  isTheirs = false;
  #startMs = 0;
  readonly #storyOver = new AbortController();
  readonly #end = new AbortController();

  private constructor(settings: FleetSettings, redis: RedisServer, provider: SimulatedProvider) {
    this.settings = settings;
    this.redis = redis;
    this.provider = provider;
    const key = `simulated-llm ${randomBytes(3).toString("hex")}`;
    this.replicas = REPLICA_NAMES.map((name, at) => {
      const { rps, seed } = settings;
      const addresses = { redisUrl: redis.url, redisPid: redis.pid, namespace: NAMESPACE, key };
      return new Replica(
        { type: "order", name, ...addresses, providerUrl: provider.baseUrl, rps, seed: seed + at },
        (replica, message) => this.#hear(replica, message),
        () => this.journal.gone(name, machineClock.now()),
      );
    });
  }

  /** @throws NoRedisError where there is none, or where it cannot be used */
  static async open(settings: FleetSettings, path: string, howToName: string): Promise<FleetStage> {
    const { redisUrl, seed } = settings;
    const redis = await (redisUrl === null ? startRedis(path, howToName) : redisAt(redisUrl));
    const latency = {
      answer: { kind: "lognormal", p50Ms: 600, p95Ms: 1_400 },
      error: { kind: "uniform", minMs: 80, maxMs: 200 },
    } as const;
    const stage = new FleetStage(settings, redis, await simulatedProvider({ seed, latency }));
    try {
      await stage.#ready();
    } catch (error) {
      await stage.close();
      throw error;
    }
    return stage;
  }

  async #ready(): Promise<void> {
    for (const { mode, error } of await Promise.all(this.replicas.map(({ ready }) => ready)))
      if (mode === "local") throw new NoRedisError(`cannot share by ${this.redis.says}: ${error ?? "no answer"}`);
  }

  /** Milliseconds since the start. */
  get atMs(): number {
    return machineClock.now() - this.#startMs;
  }

  begin(): void {
    this.#startMs = machineClock.now();
    this.journal = new FleetJournal(this.#startMs);
    for (const replica of this.replicas) replica.begin();
  }

  /** Plays the story to its end, or until `end()`; rejects with the signal's reason when it is aborted. */
  async play(signal: AbortSignal): Promise<void> {
    const { turns, lastsMs } = this.settings.story;
    try {
      for (const { atMs, does } of turns) {
        await this.#sleepUntil(atMs, signal);
        this.#does(does);
      }
      await this.#sleepUntil(lastsMs, signal);
    } catch (error) {
      if (!this.#storyOver.signal.aborted) throw error;
      signal.throwIfAborted();
    }
    if (this.isTheirs) await aborted(this.#end.signal, signal);
    const finished = Promise.all(this.replicas.map((replica) => replica.finish()));
    await Promise.race([finished, aborted(null, signal)]);
    this.look();
    this.journal.look(Infinity);
  }

  toggleProvider(): void {
    this.#take();
    this.#does(this.isProviderWell ? "fail" : "heal");
  }

  toggleRedis(): void {
    this.#take();
    this.#does(this.isRedisStopped ? "continue-redis" : "stop-redis");
  }

  end(): void {
    this.#take();
    this.#end.abort();
  }

  /** Takes note of how things stand. */
  look(): void {
    const replicas = this.replicas.map(({ isGone, standing: { state, mode } }) =>
      isGone ? null : { shows: displayOf({ state, holds: [] }), mode },
    );
    this.samples.push({ atMs: this.atMs, replicas });
    if (this.samples.length > MOST_SAMPLES) this.samples.shift();
    this.journal.look(machineClock.now());
  }

  async close(): Promise<void> {
    this.#storyOver.abort();
    this.journal.onEvent = () => {};
    await Promise.all(this.replicas.map((replica) => replica.close()));
    await Promise.all([this.redis[Symbol.asyncDispose](), this.provider.close()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #take(): void {
    this.isTheirs = true;
    this.#storyOver.abort();
  }

  #does(deed: Deed): void {
    const nowMs = machineClock.now();
    switch (deed) {
      case "fail":
      case "heal":
        this.isProviderWell = deed === "heal";
        void this.provider.setFault(deed === "heal" ? null : FAILURE);
        return this.journal.provider(deed === "fail", nowMs);
      case "stop-redis":
      case "continue-redis":
        if (this.redis.halt === null) return;
        this.isRedisStopped = deed === "stop-redis";
        if (this.isRedisStopped) this.redis.halt.stop();
        else this.redis.halt.continue();
        return this.journal.redis(this.isRedisStopped, nowMs);
    }
  }

  #hear({ name }: Replica, message: FromReplica): void {
    this.journal.replica(name, message);
  }

  #sleepUntil(atMs: number, signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.#storyOver.signal]);
    return machineClock.sleep(Math.max(0, this.#startMs + atMs - machineClock.now()), { signal: either });
  }
}

/** Resolves when the one is aborted, rejects when the other is. */
function aborted(awaited: AbortSignal | null, stop: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (stop.aborted) return reject(stop.reason);
    if (awaited?.aborted === true) return resolve();
    awaited?.addEventListener("abort", () => resolve(), { once: true });
    stop.addEventListener("abort", () => reject(stop.reason), { once: true });
  });
}
