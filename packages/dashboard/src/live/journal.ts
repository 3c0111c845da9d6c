/** What happened, newest last, as far back as a fixed number of entries goes. */
import type { EventView } from "../views/wire.ts";

const EVENTS_MOST = 1_000;
const OVERRIDES_MOST = 500;

type Unnumbered<T> = T extends unknown ? Omit<T, "id"> : never;

/** An entry that has no number yet. */
export type NewEvent = Unnumbered<EventView>;

export class Journal {
  readonly #events: EventView[] = [];
  // Apart: a circuit that flaps all night must not push out who held it.
  readonly #overrides: EventView[] = [];
  #lastMs = 0;
  #lastCount = 0;

  add(event: NewEvent): EventView {
    const ms = Math.max(this.#lastMs, Math.floor(event.atMs));
    this.#lastCount = ms === this.#lastMs ? this.#lastCount + 1 : 0;
    this.#lastMs = ms;
    const numbered = { ...event, id: `${ms}-${this.#lastCount}` } as EventView;
    keep(this.#events, numbered, EVENTS_MOST);
    if (numbered.type === "override") keep(this.#overrides, numbered, OVERRIDES_MOST);
    return numbered;
  }

  /** The newest, oldest first. @param key of one breaker only */
  newest(most: number, key?: string): readonly EventView[] {
    const all = key === undefined ? this.#events : this.#events.filter((event) => "key" in event && event.key === key);
    return all.slice(-most);
  }

  /** Those after one of them. @param id as an entry has it */
  after(id: string, most: number): readonly EventView[] {
    const first = this.#events.findIndex((event) => isAfter(event.id, id));
    return first < 0 ? [] : this.#events.slice(first, first + most);
  }

  /** Who acted, newest last. */
  get overrides(): readonly EventView[] {
    return this.#overrides;
  }
}

function isAfter(a: string, b: string): boolean {
  const [aMs = 0, aCount = 0] = a.split("-").map(Number);
  const [bMs = 0, bCount = 0] = b.split("-").map(Number);
  return aMs > bMs || (aMs === bMs && aCount > bCount);
}

function keep(list: EventView[], event: EventView, most: number): void {
  list.push(event);
  if (list.length > most) list.splice(0, list.length - most);
}
