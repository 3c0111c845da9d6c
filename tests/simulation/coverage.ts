/** What runs have met: so that a simulation that no longer reaches something is noticed. */
import type { History } from "./history.ts";

export class Coverage {
  readonly #counts = new Map<string, number>();

  /** Counts what a run has met. */
  add(history: History): void {
    const { plan, operations, events, calls } = history;
    for (const { kind } of plan.faults) this.#met(`fault ${kind}`);
    for (const { mode } of plan.provider) this.#met(`provider ${mode}`);
    for (const { command, code } of operations) {
      this.#met(`${command.type}: ${code}`);
      if (command.type === "settle") this.#met(`settle ${command.verdict}: ${code}`);
    }
    for (const record of events) {
      if (record.name === "transition") {
        const { from, to, reason, scope, origin } = record.event;
        this.#met(`${scope} ${from} → ${to}: ${reason}`);
        this.#met(`told as ${origin} of the ${scope} circuit`);
      } else if (record.name === "probe") this.#met(`probe ${record.event.result}`);
      else if (record.name === "override") this.#met(`override ${record.event.action}`);
      else this.#met(`store ${record.event.mode}`);
    }
    for (const { end, reason, inFlight, admittedMs, atMs } of calls) {
      this.#met(`call ${end ?? "without an end"}`);
      if (end === "rejected") this.#met(`rejected ${reason ?? ""}${inFlight ? " in flight" : ""}`);
      if (admittedMs !== null && admittedMs > atMs) this.#met("a call waited for its claim");
    }
  }

  /** How often something was met. */
  of(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  /** Everything that was met, in order of its name. */
  all(): readonly (readonly [what: string, times: number])[] {
    return [...this.#counts].toSorted(([one], [other]) => (one < other ? -1 : 1));
  }

  #met(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }
}
