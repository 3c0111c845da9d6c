/** Tells the users of one record what happened to it. */
import { type CircuitStep, circuitSteps, probeWasLost } from "./change.ts";
import type { EventName, RecloserEvents } from "./events.ts";
import type { Learnt } from "./shared-circuit.ts";
import type { OutcomeKind } from "./outcome.ts";
import type { Facts } from "./state.ts";

/** A replica: told of each thing once, however many of its breakers use the record. */
export interface RecordHost {
  readonly replicaId: string;
  tell<K extends EventName>(name: K, event: RecloserEvents[K]): void;
}

/** What is told of a call when it has ended. */
export interface EndedCall {
  readonly isProbe: boolean;
  readonly attempt: number;
  readonly startedAtMs: number;
  /** When it showed the first of an answer; null: it did not before its end. */
  readonly shownAtMs: number | null;
}

/** A breaker that uses a record. */
export interface RecordUser {
  readonly host: RecordHost;
  heard<K extends EventName>(name: K, event: RecloserEvents[K]): void;
  /** A call of its own has ended, and somebody hears of calls. */
  callEnded(call: EndedCall, outcome: OutcomeKind | null): void;
  /** The record opened, or its cooldown was ended by hand: a synthetic probe may be due at its deadline. */
  opened(): void;
}

export class Announcer {
  readonly users: RecordUser[] = [];
  /** On whose behalf the record is being changed right now; changes are synchronous, so there is one at a time. */
  actor: RecordUser | null = null;
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  /**
   * Tells of the steps from one state to another and of a lost lease, if there were any.
   *
   * @param how whose doing it was; `by` null: the acting replica's
   * @param scope whether it is the record's circuit or only that of this process
   */
  changes(
    before: Facts,
    after: Facts,
    how: Learnt,
    leasedAtMs: number,
    nowMs: number,
    scope: "shared" | "local",
  ): void {
    if (how.made !== null && probeWasLost(before, after, nowMs)) this.probe("lost", leasedAtMs, nowMs);
    for (const step of circuitSteps(before, after)) this.#transition(step, after, how, nowMs, scope);
  }

  #transition(
    step: CircuitStep,
    { circuit, generation }: Facts,
    { made, by }: Learnt,
    nowMs: number,
    scope: "shared" | "local",
  ): void {
    const isOwn = made === "all" || made === step.to;
    const opened = step.to === "open" && circuit.is === "tripped";
    this.tell("transition", {
      key: this.#key,
      ...step,
      generation,
      cooldownMs: opened ? circuit.openUntilMs - nowMs : null,
      by: (isOwn ? by : null) ?? this.#me,
      atMs: nowMs,
      origin: isOwn ? "local" : "shared",
      scope,
      evidence: circuit.is === "tripped" ? circuit.evidence : null,
    });
    if (opened) this.opened();
  }

  override(
    action: RecloserEvents["override"]["action"],
    by: string,
    reason: string | null,
    untilMs: number | null,
    atMs: number,
  ): void {
    this.tell("override", { key: this.#key, action, by, reason, untilMs, atMs });
  }

  probe(result: RecloserEvents["probe"]["result"], leasedAtMs: number, atMs: number): void {
    this.tell("probe", { key: this.#key, result, by: this.#me, durationMs: atMs - leasedAtMs, atMs });
  }

  opened(): void {
    for (const user of [...this.users]) user.opened();
  }

  tell<K extends EventName>(name: K, event: RecloserEvents[K]): void {
    const acting = this.actor?.host;
    const hosts = new Set<RecordHost>();
    for (const user of [...this.users]) {
      const told = acting === undefined || user.host === acting ? event : learnt(event);
      user.heard(name, told);
      if (!hosts.has(user.host)) user.host.tell(name, told);
      hosts.add(user.host);
    }
  }

  get #me(): string {
    return (this.actor ?? this.users[0])?.host.replicaId ?? "local";
  }
}

// The same event on a replica that did not make it.
function learnt<E extends object>(event: E): E {
  return "origin" in event ? { ...event, origin: "shared" } : event;
}
