/** Notices that virtual time does not move on, and says what keeps it. */
import type { ScheduledEvent } from "./event-heap.ts";

// Of a runaway this many more events are looked at to say what it consists of.
const LOOK_AT = 1_000;
const NAMED_AT_MOST = 3;

export class RunawayGuard {
  readonly #mostPerMs: number;
  #sinceMs = -1;
  #count = 0;
  #seen: Map<string, number> | null = null;

  constructor(mostPerMs: number) {
    this.#mostPerMs = mostPerMs;
  }

  /** Counts an event that is about to run. @throws Error when too many ran within one virtual millisecond */
  count(event: ScheduledEvent, nowMs: number): void {
    if (nowMs >= this.#sinceMs + 1) {
      this.#sinceMs = nowMs;
      this.#count = 0;
      this.#seen = null;
    }
    if (++this.#count > this.#mostPerMs) this.#look(event, nowMs);
  }

  #look(event: ScheduledEvent, nowMs: number): void {
    this.#seen ??= new Map();
    const name = nameOf(event);
    this.#seen.set(name, (this.#seen.get(name) ?? 0) + 1);
    if (this.#count <= this.#mostPerMs + LOOK_AT) return;
    const most = [...this.#seen].toSorted(([, one], [, other]) => other - one).slice(0, NAMED_AT_MOST);
    const what = most.map(([source, times]) => `${times} × ${source}`).join("; ");
    throw new Error(
      `simulation: more than ${this.#mostPerMs} events within one virtual millisecond at ${nowMs} ms (maxEventsPerMs). Of the last ${LOOK_AT}: ${what}`,
    );
  }
}

function nameOf({ owner, run }: ScheduledEvent): string {
  const source = String(run).replaceAll(/\s+/g, " ").slice(0, 80);
  return `${owner?.name ?? "environment"}: ${run?.name === "" ? source : `${run?.name} ${source}`}`;
}
