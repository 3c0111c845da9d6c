/** What runs have met: so that a simulation that no longer reaches something is noticed. */
import type { History } from "./history.ts";
import { PROVIDER_MODES } from "./plan.ts";

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

const DIES = ["store down", "store hung", "store slow", "store failing", "store flapping", "store wiped", "failover"];
const STRAYS = [
  "pushes lost",
  "clock step",
  "partition",
  "lossy network",
  "replica paused",
  "replica crashed",
  "operator",
];

/** What any thousand schedules must meet. */
export const reached: readonly string[] = [
  ...[...DIES, ...STRAYS].map((kind) => `fault ${kind}`),
  ...PROVIDER_MODES.map((mode) => `provider ${mode}`),
  ...["ok", "tripped", "stale", "expired", "noop"].map((code) => `report: ${code}`),
  ...["probe", "denied", "expired"].map((code) => `claim: ${code}`),
  ...["renewed"].map((code) => `renew: ${code}`),
  ...["passed: passed", "passed: closed", "failed: reopened", "void: void"].map((settled) => `settle ${settled}`),
  ...["hold: changed", "lift: changed", "reset: changed", "override: changed", "clear: changed", "clear: noop"],
  ...["consecutive-failures", "failure-rate", "failure-threshold"].flatMap((reason) => [
    `shared closed → open: ${reason}`,
    `local closed → open: ${reason}`,
  ]),
  ...["shared", "local"].flatMap((scope) => [
    `${scope} open → half-open: claimed`,
    `${scope} half-open → open: probe-failed`,
    `${scope} half-open → closed: probe-passed`,
  ]),
  ...["force-open", "force-closed", "clear", "reset", "probe-now"].map((action) => `override ${action}`),
  ...["open", "open in flight", "probing", "override", "rate-limited", "auth", "ramping", "paced", "concurrency"].map(
    (reason) => `rejected ${reason}`,
  ),
  ...["answered", "rejected", "failed", "timed out", "gave up", "aborted", "mistake"].map((end) => `call ${end}`),
  ...["probe passed", "probe failed", "probe void", "store local", "store shared", "a call waited for its claim"],
];

/** What is met once in a hundred schedules or less: by plans that are kept for it (`seeds/`). */
export const rare: readonly string[] = [
  ...["claim: go", "claim: reopened", "renew: fenced", "reassert: changed", "reassert: noop", "lift: noop"],
  ...["settle failed: fenced", "settle passed: fenced", "settle void: fenced", "settle void: reopened"],
  ...["probe-now: changed", "probe lost", "rejected adaptive"],
  ...["shared half-open → open: probe-lost", "shared half-open → open: probe-void"],
  ...["local half-open → open: probe-void", "shared closed → open: slow-calls", "local closed → open: slow-calls"],
  ...["shared open → closed: reset", "shared half-open → closed: forgotten"],
];

/*
 * What cannot be met, and why:
 * - `report: ignored` and `report: extended`: a replica that knows that the circuit is open counts no call's end any more,
 *   and one that does not is answered `stale`; so the library never lengthens an open period by a hint (T4).
 * - `rollup`: the plans have one model of a provider. `rejected quota-exhausted`: the provider model has no such answer.
 * - `local half-open → open: probe-lost`: a lease that only this process gives out is lost with the process.
 */
