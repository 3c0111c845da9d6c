/** Everything a dashboard shows, kept going by one timer that keeps no process alive. */
import { randomBytes } from "node:crypto";
import type { Breaker } from "recloser";
import { Feed } from "./live/feed.ts";
import { SAMPLE_MS } from "./live/samples.ts";
import { Watch } from "./live/watch.ts";
import type { Settings } from "./options.ts";
import { ownReplica } from "./views/own-replica.ts";
import type { BreakerView, EventView, ReplicaView, SamplePoint } from "./views/wire.ts";

const TICK_MS = 1_000;
const EVENTS_SHOWN = 200;

export class Scene {
  readonly feed: Feed;
  readonly #settings: Settings;
  readonly #watch: Watch;
  readonly #timer: ReturnType<typeof setInterval>;
  #sampledMs: number;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#sampledMs = settings.clock.now();
    this.#watch = new Watch(settings.recloser, (event) => this.#happened(event));
    this.feed = new Feed(this, randomBytes(6).toString("hex"));
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  nowMs(): number {
    return this.#settings.clock.now();
  }

  breaker(key: string): Breaker | null {
    return this.#watch.breaker(key);
  }

  view(breaker: Breaker): BreakerView {
    return this.#watch.view(breaker, this.nowMs());
  }

  breakers(nowMs: number): readonly BreakerView[] {
    return this.#watch.views(nowMs);
  }

  replicas(): readonly ReplicaView[] {
    return [ownReplica(this.#settings.recloser, this.nowMs())];
  }

  events(): readonly EventView[] {
    return this.#watch.journal.newest(EVENTS_SHOWN);
  }

  eventsAfter(id: string, most: number): readonly EventView[] {
    return this.#watch.journal.after(id, most);
  }

  audit(): readonly EventView[] {
    return this.#watch.journal.overrides;
  }

  async history(
    key: string,
  ): Promise<{ readonly points: readonly SamplePoint[]; readonly events: readonly EventView[] }> {
    return { points: this.#watch.points(key), events: this.#watch.journal.newest(EVENTS_SHOWN, key) };
  }

  /** What may be known of how the dashboard is set up: nothing that is secret. */
  config(): { readonly allowActions: boolean; readonly needsToken: boolean } {
    const { allowActions, tokens } = this.#settings;
    return { allowActions, needsToken: tokens.viewer !== null || tokens.operator !== null };
  }

  actor(request: Request): string | null {
    return this.#settings.actor(request);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#watch.close();
    this.feed.close();
  }

  #happened(event: EventView): void {
    const breaker = "key" in event ? this.#watch.breaker(event.key) : null;
    this.feed.happened(event, breaker === null ? null : this.view(breaker));
  }

  #tick(): void {
    const nowMs = this.nowMs();
    if (nowMs - this.#sampledMs >= SAMPLE_MS) {
      this.#sampledMs = nowMs;
      this.#watch.takeSamples(nowMs);
    } else this.#watch.look();
    this.feed.tick();
  }
}
