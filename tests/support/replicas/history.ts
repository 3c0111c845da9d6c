/** What all replicas of a test have written down, in one order. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Entry } from "./entries.ts";
import { JournalReader } from "./journal.ts";
import { machineMs } from "./machine-time.ts";

const LOOK_MS = 10;

export type EntryOf<W extends Entry["what"]> = Extract<Entry, { readonly what: W }>;

type Look<T> = T | undefined | null | false;

export class History {
  readonly #readers: JournalReader[] = [];
  #entries: Entry[] = [];

  follow(path: string): void {
    this.#readers.push(new JournalReader(path));
  }

  /** All there is by now. */
  get entries(): readonly Entry[] {
    const fresh = this.#readers.flatMap((reader) => reader.next());
    if (fresh.length > 0) this.#entries = [...this.#entries, ...fresh].toSorted((a, b) => a.at - b.at);
    return this.#entries;
  }

  /** What concerns one record, and what concerns none. */
  about(key: string): Entry[] {
    return this.entries.filter((entry) => !("key" in entry) || entry.key === key);
  }

  of<W extends Entry["what"]>(key: string, what: W): EntryOf<W>[] {
    return this.about(key).filter((entry): entry is EntryOf<W> => entry.what === what);
  }

  /** Waits until something is true of what was written. @throws Error saying what did not happen */
  async until<T>(what: string, withinMs: number, look: () => Look<T> | Promise<Look<T>>): Promise<T> {
    const deadline = machineMs() + withinMs;
    for (;;) {
      const found = await look();
      if (found !== undefined && found !== null && found !== false) return found;
      if (machineMs() > deadline) throw new Error(`in ${withinMs} ms it did not happen that ${what}`);
      await sleep(LOOK_MS);
    }
  }
}
