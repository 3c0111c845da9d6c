/** What happened, newest last, as far back as a fixed number of entries goes. */
import type { EventView } from "../views/wire.ts";

const EVENTS_MOST = 1_000;
const OVERRIDES_MOST = 500;

type Unnumbered<T> = T extends unknown ? Omit<T, "id"> : never;

/** An entry that has no number yet. */
export type NewEvent = Unnumbered<EventView>;

// Told twice, by two replicas or by one and the store, it is told within so long.
const TWICE_WITHIN_MS = 15_000;

export class Journal {
  readonly #events: EventView[] = [];
  // Apart: a circuit that flaps all night must not push out who held it.
  readonly #overrides: EventView[] = [];
  #lastMs = 0;
  #lastCount = 0;

  /** Takes what happened, in the order of its instants. @returns null: it is known already */
  add(event: NewEvent): EventView | null {
    const list = isOperators(event) ? this.#overrides : this.#events;
    if (isKnown(list, event)) return null;
    const ms = Math.max(this.#lastMs, Math.floor(event.atMs));
    this.#lastCount = ms === this.#lastMs ? this.#lastCount + 1 : 0;
    this.#lastMs = ms;
    const numbered = { ...event, id: `${ms}-${this.#lastCount}` } as EventView;
    insert(this.#events, numbered, EVENTS_MOST);
    if (isOperators(numbered)) insert(this.#overrides, numbered, OVERRIDES_MOST);
    return numbered;
  }

  /** The newest, oldest first. @param names of one breaker's records only */
  newest(most: number, names?: ReadonlySet<string>): readonly EventView[] {
    const all =
      names === undefined ? this.#events : this.#events.filter((event) => "key" in event && names.has(event.key));
    return all.slice(-most);
  }

  /** Those told after one of them, in the order they were told. @param id as an entry has it */
  after(id: string, most: number): readonly EventView[] {
    return this.#events
      .filter((event) => compare(event.id, id) > 0)
      .toSorted((a, b) => compare(a.id, b.id))
      .slice(0, most);
  }

  /** Who acted, newest last. */
  get overrides(): readonly EventView[] {
    return this.#overrides;
  }
}

function isOperators({ type }: { readonly type: EventView["type"] }): boolean {
  return type === "override" || type === "policy";
}

function compare(a: string, b: string): number {
  const [aMs = 0, aCount = 0] = a.split("-").map(Number);
  const [bMs = 0, bCount = 0] = b.split("-").map(Number);
  return aMs - bMs || aCount - bCount;
}

function isKnown(list: readonly EventView[], event: NewEvent): boolean {
  const identity = identityOf(event);
  for (let at = list.length - 1; at >= 0; at--) {
    const other = list[at] as EventView;
    if (other.atMs < event.atMs - TWICE_WITHIN_MS) return false;
    if (other.atMs > event.atMs + TWICE_WITHIN_MS || identityOf(other) !== identity) continue;
    if (!isUndoneBetween(list, other, event)) return true;
  }
  return false;
}

// Released, held and released again within a moment: the second release is another one, and no echo of the first.
function isUndoneBetween(list: readonly EventView[], one: NewEvent, other: NewEvent): boolean {
  const subject = subjectOf(one);
  if (subject === null) return false;
  const [fromMs, toMs] = [Math.min(one.atMs, other.atMs), Math.max(one.atMs, other.atMs)];
  const identity = identityOf(one);
  return list.some(
    (each) => each.atMs > fromMs && each.atMs < toMs && subjectOf(each) === subject && identityOf(each) !== identity,
  );
}

/** What can be done and undone, over and over; null: its events differ by themselves. */
function subjectOf(event: NewEvent): string | null {
  switch (event.type) {
    case "override":
    case "policy":
      return `${event.type} ${event.key}`;
    case "store":
      return `store ${event.replica}`;
    case "transition":
    case "hold":
    case "probe":
      return null;
  }
}

function identityOf(event: NewEvent): string {
  switch (event.type) {
    case "transition": {
      const { key, generation, from, to, scope, replica } = event;
      return `${key} ${generation} ${from} ${to} ${scope === "local" ? replica : ""}`;
    }
    case "hold":
      return `${event.key} ${event.kind} ${Math.round(event.untilMs / 10_000)}`;
    case "override":
      return `${event.key} ${event.action} ${event.by} ${event.reason}`;
    case "probe":
      return `${event.key} probe ${event.result} ${event.by} ${Math.round(event.durationMs)}`;
    case "policy":
      return `${event.key} policy ${event.action} ${JSON.stringify(event.options)} ${event.by} ${event.reason}`;
    case "store":
      return `store ${event.mode} ${event.replica}`;
  }
}

function insert(list: EventView[], event: EventView, most: number): void {
  let at = list.length;
  while (at > 0 && (list[at - 1] as EventView).atMs > event.atMs) at--;
  list.splice(at, 0, event);
  if (list.length > most) list.splice(0, list.length - most);
}
