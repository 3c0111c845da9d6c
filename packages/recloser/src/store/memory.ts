/** The store of a single process: its records are the machines themselves, so nothing is ever waited for. */
import { isIdle } from "../barrier.ts";
import type { Clock } from "../clock.ts";
import { Machine } from "../machine.ts";
import type { Group } from "../rollup.ts";
import type { RecordUser } from "../announcer.ts";
import type { Policy } from "../policy.ts";
import type { Random } from "../random.ts";
import type { SharedSide } from "../shared-side.ts";
import type { MemoryStore } from "./store.ts";

/** What a new record needs from whoever asks for it first. */
export interface RecordWish {
  readonly name: string;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly random: Random;
  /** The provider (and region) whose models this record is one of; null for any other record. */
  readonly group: string | null;
}

/** What shares records with other processes. */
export interface RecordLink {
  attach(machine: Machine): SharedSide;
  detach(machine: Machine): void;
}

/** The records of one namespace. A record lives while somebody uses it. */
export class RecordBook {
  readonly #link: RecordLink | null;
  readonly #machines = new Map<string, Machine>();
  readonly #groups = new Map<string, Group>();

  /** @param link what shares these records with other processes; without one they are this process's own */
  constructor(link: RecordLink | null = null) {
    this.#link = link;
  }

  /** The machine of a record, made if there is none; `user` is told of what happens to it. */
  take(wish: RecordWish, user: RecordUser): Machine {
    let machine = this.#machines.get(wish.name);
    if (machine === undefined) {
      machine = new Machine(
        wish.name,
        wish.policy,
        wish.clock,
        wish.random,
        wish.group === null ? null : this.#group(wish.group),
      );
      this.#machines.set(wish.name, machine);
      if (this.#link !== null) machine.shared = this.#link.attach(machine);
    }
    machine.announce.users.push(user);
    return machine;
  }

  /** Ends a user's interest; the last one's takes the record along if nothing would be lost with it. */
  giveBack(machine: Machine, user: RecordUser, nowMs: number): void {
    const { users } = machine.announce;
    const at = users.indexOf(user);
    if (at >= 0) users.splice(at, 1);
    if (users.length > 0 || !isIdle(machine, nowMs) || this.#machines.get(machine.name) !== machine) return;
    this.#machines.delete(machine.name);
    this.#link?.detach(machine);
  }

  get size(): number {
    return this.#machines.size;
  }

  #group(name: string): Group {
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = { open: 0 };
      this.#groups.set(name, group);
    }
    return group;
  }
}

const books = new WeakMap<MemoryStore, Map<string, RecordBook>>();

/**
 * A store in this process. Reclosers that are given the same one (and namespace) share their circuits; it survives none
 * of them.
 *
 * @example
 * const store = memoryStore();
 * const a = createRecloser({ store });
 * const b = createRecloser({ store }); // sees a's open circuits
 */
export function memoryStore(): MemoryStore {
  const store: MemoryStore = Object.freeze({ kind: "memory" as const });
  books.set(store, new Map());
  return store;
}

/** The records of a namespace in a memory store, or null when the store is not one of ours. */
export function bookOf(store: MemoryStore, namespace: string): RecordBook | null {
  const namespaces = books.get(store);
  if (namespaces === undefined) return null;
  let book = namespaces.get(namespace);
  if (book === undefined) {
    book = new RecordBook();
    namespaces.set(namespace, book);
  }
  return book;
}
