/** What the page knows. Parts of it say when they have changed. */
import type { Away, BreakerView, Delta, EventView, ReplicaView, Role, Snapshot } from "../../src/views/wire.ts";
import { ServerClock } from "./server-clock.ts";

export type Connection =
  | { readonly is: "connecting" }
  | { readonly is: "live" }
  /** Since when nothing was heard, by this page's own clock. */
  | { readonly is: "stale"; readonly sinceMs: number }
  | { readonly is: "token-needed"; readonly wasWrong: boolean };

const EVENTS_MOST = 500;

export class Model {
  readonly clock: ServerClock = new ServerClock();
  breakers: ReadonlyMap<string, BreakerView> = new Map();
  replicas: readonly ReplicaView[] = [];
  events: readonly EventView[] = [];
  role: Role = "viewer";
  storeAway: Away | null = null;
  historyAway: Away | null = null;
  connection: Connection = { is: "connecting" };
  /** What a screen reader is to say. */
  said = "";
  readonly #listeners = new Set<() => void>();
  #isTelling = false;

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  snapshot({ atMs, breakers, replicas, events, role, storeAway, historyAway }: Snapshot): void {
    this.clock.forget();
    this.clock.heard(atMs);
    this.breakers = new Map(breakers.map((view) => [view.key, view]));
    this.replicas = replicas;
    this.events = events;
    this.role = role;
    this.storeAway = storeAway;
    this.historyAway = historyAway;
    this.#tell();
  }

  delta({ atMs, changed, removed, replicas, storeAway, historyAway }: Delta): void {
    this.clock.heard(atMs);
    const all = new Map(this.breakers);
    for (const view of changed) all.set(view.key, view);
    for (const key of removed) all.delete(key);
    this.breakers = all;
    if (replicas !== null) this.replicas = replicas;
    this.storeAway = storeAway;
    this.historyAway = historyAway;
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
