/** Everything a dashboard shows, kept going by one timer that keeps no process alive. */
import type { Breaker } from "recloser";
import type { StoredRecord } from "recloser/inspect";
import { Feed } from "./live/feed.ts";
import { SAMPLE_MS } from "./live/samples.ts";
import type { NewEvent } from "./live/journal.ts";
import { policyTold } from "./live/kept-event.ts";
import { Watch } from "./live/watch.ts";
import type { Settings } from "./options.ts";
import { Policies } from "./policy.ts";
import { type Source, sourceOf } from "./source.ts";
import { behindOn } from "./views/behind-on.ts";
import { etagOf } from "./views/breaker-view.ts";
import { ownReplica } from "./views/own-replica.ts";
import type { Demonstration, DemoView } from "./views/demo.ts";
import { shownText } from "./views/shown-text.ts";
import { storedView } from "./views/stored-view.ts";
import type { Away, BreakerView, EventView, ReplicaView, SamplePoint } from "./views/wire.ts";

const TICK_MS = 1_000;
const EVENTS_SHOWN = 300;
// How old what the store told may be: for a page that is open, and while nobody looks.
const FRESH_MS = 2_000;
const UNWATCHED_MS = 15_000;
// A look that fails once, as when the store has just come back, is no news.
const HISTORY_LATE_MS = 3_000;

export class Scene {
  readonly feed: Feed;
  readonly #settings: Settings;
  readonly #source: Source;
  readonly #watch: Watch;
  readonly policies: Policies;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #policyListener: Disposable;
  #sampledMs: number;
  #writing: Promise<void> = Promise.resolve();

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#source = sourceOf(settings);
    const { recloser, ownId, fleet } = this.#source;
    this.policies = new Policies(settings, recloser, fleet);
    this.#sampledMs = settings.clock.now();
    this.#watch = new Watch(
      recloser,
      ownId,
      (key) => fleet?.of(key) ?? null,
      (event) => this.#happened(event),
      (key) => this.policies.modeOf(key),
    );
    // With a history, what was done is read from there, once for the fleet.
    this.#policyListener = recloser.on("policy", (event) => {
      if (fleet === null && !this.policies.isActing) this.learn(policyTold(event, ownId));
    });
    this.feed = new Feed(this);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
    void this.fresh(0);
  }

  /** Takes what was done from here, before it is told by others too. */
  learn(event: NewEvent): void {
    this.#watch.learn(event, false);
  }

  nowMs(): number {
    return this.#settings.clock.now();
  }

  /** Asks the store for what it may know better. Never rejects. */
  async fresh(maxAgeMs: number = FRESH_MS): Promise<void> {
    const { fleet, recloser, isOutside } = this.#source;
    if (fleet === null) return;
    await fleet.refresh(maxAgeMs, (event, isPast) => this.#watch.learn(event, isPast));
    if (isOutside) for (const name of fleet.names) if (isName(name)) recloser.breaker(name);
  }

  breaker(key: string): Breaker | null {
    return this.#watch.breaker(key);
  }

  view(breaker: Breaker): BreakerView {
    return this.#watch.view(breaker, this.nowMs());
  }

  record(breaker: Breaker): StoredRecord {
    const { fleet, isOutside } = this.#source;
    const { mode } = this.view(breaker);
    return storedView(breaker.snapshot(), fleet?.of(breaker.name) ?? null, isOutside, mode);
  }

  /** All breakers, as records of a store are told. */
  records(): readonly { readonly etag: string; readonly record: StoredRecord }[] {
    return [...this.#source.recloser.breakers()].map((breaker) => ({
      etag: etagOf(this.view(breaker)),
      record: this.record(breaker),
    }));
  }

  breakers(nowMs: number): readonly BreakerView[] {
    return this.#watch.views(nowMs);
  }

  replicas(): readonly ReplicaView[] {
    const { fleet, recloser, ownId, isOutside } = this.#source;
    const nowMs = this.nowMs();
    if (fleet === null) {
      const { mode, lastError } = recloser.storeHealth();
      return [ownReplica(recloser, ownId, mode === "shared" || lastError !== null, nowMs)];
    }
    const views = this.breakers(nowMs);
    const told = fleet
      .replicas()
      .map((replica) => ({ ...replica, behindOn: behindOn(replica, fleet.keysOf(replica.id), views) }));
    if (isOutside) return told;
    // What this process is, it need not ask the store, which may be away.
    return [ownReplica(recloser, ownId, true, nowMs), ...told.filter(({ id }) => id !== ownId)];
  }

  /** Null: what is shown is as the store has it, or there is none. */
  storeAway(): Away | null {
    const { fleet, recloser } = this.#source;
    const { mode, sinceMs, lastError } = recloser.storeHealth();
    if (fleet === null || mode === "shared") return null;
    return { sinceMs, error: lastError === null ? null : shownText(lastError.message) };
  }

  /** Null: it is as the store has it; also when the store as a whole is away, or nobody keeps any. */
  historyAway(): Away | null {
    const { fleet, recloser } = this.#source;
    const away = fleet?.historyAway ?? null;
    const { mode, sinceMs } = recloser.storeHealth();
    if (away === null || mode !== "shared" || this.nowMs() - Math.max(away.sinceMs, sinceMs) < HISTORY_LATE_MS)
      return null;
    return { ...away, error: away.error === null ? null : shownText(away.error) };
  }

  get demonstration(): Demonstration | null {
    return this.#settings.demo;
  }

  demo(): DemoView | null {
    return this.#settings.demo?.view() ?? null;
  }

  /** Until what operators did here is written down, or cannot be. */
  written(): Promise<void> {
    return this.#writing;
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

  /** The last quarter of an hour in seconds, the last day in minutes, and what happened. */
  async history(key: string): Promise<{
    readonly points: readonly SamplePoint[];
    readonly minutes: readonly SamplePoint[];
    readonly events: readonly EventView[];
  }> {
    const minutes = (await this.#source.fleet?.minutes(key)) ?? this.#watch.minutes(key);
    const records = this.#watch.breaker(key)?.snapshot().records ?? [];
    const names = new Set([key, ...records.map(({ name }) => name)]);
    return { points: this.#watch.points(key), minutes, events: this.#watch.journal.newest(EVENTS_SHOWN, names) };
  }

  /** What may be known of how the dashboard is set up: nothing that is secret. */
  config(): { readonly allowActions: boolean; readonly needsToken: boolean } {
    const { allowActions, tokens } = this.#settings;
    return { allowActions, needsToken: tokens.viewer !== null || tokens.operator !== null };
  }

  actor(request: Request): string | null {
    return this.#settings.actor(request);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#policyListener[Symbol.dispose]();
    this.#watch.close();
    this.feed.close();
    this.#source.fleet?.close();
    await this.#source.close();
  }

  #happened(event: EventView): void {
    const { fleet, isOutside, ownId } = this.#source;
    // A replica writes down what is done in it; this is none.
    if (isOutside && fleet !== null && event.type === "override" && event.replica === ownId)
      this.#writing = Promise.all([this.#writing, fleet.wrote(ownId, event)]).then(() => {});
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
    void this.fresh(this.feed.isRead ? FRESH_MS : UNWATCHED_MS);
  }
}

// What stands in a store's index may have been put there by anybody.
function isName(name: string): boolean {
  return name !== "" && new TextEncoder().encode(name).length <= 200;
}
