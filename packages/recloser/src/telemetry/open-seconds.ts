/** How long circuits have not been closed, counted up to each look. */
import type { RecordSnapshot } from "../snapshot.ts";
import type { CircuitState } from "../state.ts";

export class OpenSeconds {
  readonly #sinceMs = new Map<string, number>();
  readonly #count: (record: string, seconds: number) => void;

  constructor(count: (record: string, seconds: number) => void) {
    this.#count = count;
  }

  changed(record: string, to: CircuitState, atMs: number): void {
    if (to !== "closed") {
      if (!this.#sinceMs.has(record)) this.#sinceMs.set(record, atMs);
      return;
    }
    this.#upTo(record, atMs);
    this.#sinceMs.delete(record);
  }

  /** What was open before anybody listened is seen here too. */
  look({ name, state }: Pick<RecordSnapshot, "name" | "state">, nowMs: number): void {
    this.changed(name, state, nowMs);
    if (state !== "closed") this.#upTo(name, nowMs);
  }

  #upTo(record: string, atMs: number): void {
    const sinceMs = this.#sinceMs.get(record);
    if (sinceMs === undefined || atMs <= sinceMs) return;
    this.#count(record, (atMs - sinceMs) / 1_000);
    this.#sinceMs.set(record, atMs);
  }
}
