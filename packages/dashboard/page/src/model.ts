/** What the page knows. Parts of it say when they have changed. */
import type { DemoNow, DemoView } from "../../src/views/demo.ts";
import type { Away, BreakerView, Delta, EventView, ReplicaView, Role, Snapshot } from "../../src/views/wire.ts";
import { ServerClock } from "./server-clock.ts";

export type Connection =
  | { readonly is: "connecting" }
  | { readonly is: "live" }
  /** Since when nothing was heard, by this page's own clock. */
  | { readonly is: "stale"; readonly sinceMs: number }
  | { readonly is: "token-needed"; readonly wasWrong: boolean };

const EVENTS_MOST = 500;
const SECONDS_MOST = 60;

export class Model {
  readonly clock: ServerClock = new ServerClock();
  breakers: ReadonlyMap<string, BreakerView> = new Map();
  replicas: readonly ReplicaView[] = [];
  events: readonly EventView[] = [];
  role: Role = "viewer";
  storeAway: Away | null = null;
  historyAway: Away | null = null;
  demo: DemoView | null = null;
  connection: Connection = { is: "connecting" };
  /** What a screen reader is to say. */
  said = "";
  readonly #listeners = new Set<() => void>();
  #isTelling = false;

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  snapshot({ atMs, breakers, replicas, events, role, storeAway, historyAway, demo }: Snapshot): void {
    this.clock.forget();
    this.clock.heard(atMs);
    this.breakers = new Map(breakers.map((view) => [view.key, view]));
    this.replicas = replicas;
    this.events = events;
    this.role = role;
    this.storeAway = storeAway;
    this.historyAway = historyAway;
    this.demo = demo;
    this.#tell();
  }

  delta({ atMs, changed, removed, replicas, storeAway, historyAway, demo }: Delta): void {
    this.clock.heard(atMs);
    const all = new Map(this.breakers);
    for (const view of changed) all.set(view.key, view);
    for (const key of removed) all.delete(key);
    this.breakers = all;
    if (replicas !== null) this.replicas = replicas;
    this.storeAway = storeAway;
    this.historyAway = historyAway;
    if (demo !== null && this.demo !== null) this.demo = goneOn(this.demo, demo);
    this.#tell();
  }

  /** As it is after a switch was turned from here. */
  demonstrated(demo: DemoView): void {
    this.demo = demo;
    this.#tell();
  }

  happened(atMs: number, event: EventView, breaker: BreakerView | null, words: string | null): void {
    this.clock.heard(atMs);
    this.events = [...this.events.filter(({ id }) => id !== event.id), event].slice(-EVENTS_MOST);
    if (breaker !== null) this.breakers = new Map(this.breakers).set(breaker.key, breaker);
    if (words !== null) this.said = words;
    this.#tell();
  }

  connected(connection: Connection): void {
    if (connection.is === this.connection.is && connection.is !== "token-needed") return;
    this.connection = connection;
    this.#tell();
  }

  // Several changes of one turn are one for whoever looks.
  #tell(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    queueMicrotask(() => {
      this.#isTelling = false;
      for (const listener of this.#listeners) listener();
    });
  }
}

function goneOn(demo: DemoView, now: DemoNow): DemoView {
  const lastMs = demo.past.at(-1)?.atMs ?? 0;
  const news = now.recent.filter(({ atMs }) => atMs > lastMs);
  return { ...demo, now, past: [...demo.past, ...news].slice(-SECONDS_MOST) };
}
