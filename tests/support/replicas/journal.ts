/** Where a process writes its entries: a file, written at once, so that what a killed process saw is not lost with it. */
import { openSync, readSync, writeSync } from "node:fs";
import type { Entry } from "./entries.ts";
import { machineMs } from "./machine-time.ts";

// Of a union, each member without some fields.
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

export type News = Without<Entry, "at" | "replica">;

export class Journal {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, "a");
  }

  write(replica: string, news: News, at = machineMs()): void {
    writeSync(this.#file, `${JSON.stringify({ at, replica, ...news })}\n`);
  }
}

/** Reads a journal that is still being written, from where it had come to. */
export class JournalReader {
  readonly #file: number;
  readonly #block = Buffer.alloc(1 << 16);
  #rest = Buffer.alloc(0);

  constructor(path: string) {
    this.#file = openSync(path, "a+");
  }

  next(): Entry[] {
    const entries: Entry[] = [];
    for (;;) {
      const length = readSync(this.#file, this.#block, 0, this.#block.length, null);
      if (length === 0) return entries;
      const all = Buffer.concat([this.#rest, this.#block.subarray(0, length)]);
      const end = all.lastIndexOf("\n") + 1;
      this.#rest = Buffer.from(all.subarray(end));
      for (const line of all.toString("utf8", 0, end).split("\n"))
        if (line !== "") entries.push(JSON.parse(line) as Entry);
    }
  }
}
