/** What happened in the fleet, in the order it happened, and what it shows: who tripped, how much later the others knew. */
import { type Display, milliseconds, seconds } from "../../terminal/display.ts";
import type { FromReplica, Mode, ReplicaName, Turned } from "./messages.ts";

export interface FleetEvent {
  /** Milliseconds since the start. */
  readonly atMs: number;
  readonly source: ReplicaName | "provider" | "redis";
  readonly kind: "fault" | "healed" | "stopped" | "continued" | "transition" | "store" | "probe" | "gone";
  /** The replica's state from here on; null where it says nothing of it. */
  readonly shows: Display | null;
  readonly text: string;
  /** More for programs. */
  readonly facts: Readonly<Record<string, string | number | null>>;
}

/** A change of the shared circuit: who made it, and how long after its cause each other replica knew. */
export interface SharedChange {
  readonly to: Turned["to"];
  readonly reason: Turned["reason"];
  readonly by: ReplicaName;
  readonly atMs: number;
  readonly lagsMs: Partial<Record<ReplicaName, number>>;
}

interface Change extends SharedChange {
  readonly generation: number;
  /** Since the start. */
  readonly causedAtMs: number;
}

interface Untold {
  readonly atMs: number;
  readonly tell: () => void;
}

// What one process tells may be here before what another one tells, though it happened later.
const SETTLES_IN_MS = 150;

export class FleetJournal {
  readonly events: FleetEvent[] = [];
  readonly changes: SharedChange[] = [];
  /** How long each replica took to go on by itself after a stop, and to share again after a continuation. */
  readonly wentLocalMs: number[] = [];
  readonly sharedAgainMs: number[] = [];
  onEvent: (event: FleetEvent) => void = () => {};
  readonly #startMs: number;
  readonly #changes: Change[] = [];
  readonly #untold: Untold[] = [];
  #stoppedAtMs: number | null = null;
  #continuedAtMs: number | null = null;

  /** @param startMs of `machineClock` */
  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  provider(fails: boolean, nowMs: number): void {
    const text = fails ? "goes down: it answers every call with 503" : "is well again";
    this.#later(nowMs, () => this.#add(nowMs, "provider", fails ? "fault" : "healed", null, text));
  }

  redis(stops: boolean, nowMs: number): void {
    if (stops) this.#stoppedAtMs = nowMs;
    else this.#continuedAtMs = nowMs;
    const text = stops ? "stops: connections stay, and nothing answers" : "goes on";
    this.#later(nowMs, () => this.#add(nowMs, "redis", stops ? "stopped" : "continued", null, text));
  }

  gone(name: ReplicaName, nowMs: number): void {
    const text = "has ended, and nobody had asked it to";
    this.#later(nowMs, () => this.#add(nowMs, name, "gone", null, text));
  }

  replica(name: ReplicaName, message: FromReplica): void {
    switch (message.type) {
      case "ready":
      case "standing":
        return;
      case "probe": {
        const text = "sends a call to the provider as the probe";
        return this.#later(message.atMs, () => this.#add(message.atMs, name, "probe", "half-open", text));
      }
      case "store":
        return this.#later(message.atMs, () => this.#store(name, message.mode, message.error, message.atMs));
      case "transition":
        return this.#hear(name, message);
    }
  }

  /** Tells what happened long enough ago, in its order. @param nowMs Infinity: all of it */
  look(nowMs: number): void {
    this.#untold.sort((a, b) => a.atMs - b.atMs);
    while ((this.#untold[0]?.atMs ?? Infinity) < nowMs - SETTLES_IN_MS) this.#untold.shift()?.tell();
  }

  #later(atMs: number, tell: () => void): void {
    this.#untold.push({ atMs, tell });
  }

  #hear(name: ReplicaName, turned: Turned): void {
    const { to, reason, generation, scope, origin, atMs, causedAtMs } = turned;
    if (scope === "local") return this.#later(atMs, () => this.#transition(name, turned, aloneText(turned)));
    if (origin === "shared") return this.#later(atMs, () => this.#follow(name, turned));
    const since = { atMs: atMs - this.#startMs, causedAtMs: causedAtMs - this.#startMs };
    const change: Change = { to, reason, by: name, generation, ...since, lagsMs: {} };
    this.changes.push(change);
    this.#changes.push(change);
    this.#later(atMs, () => this.#transition(name, turned, leadText(turned)));
  }

  #follow(name: ReplicaName, turned: Turned): void {
    const { to, generation, atMs } = turned;
    const change = this.#changes.find((each) => each.generation === generation && each.to === to);
    if (change === undefined) return this.#transition(name, turned, `${to}, learnt from Redis`);
    const lagMs = Math.max(0, atMs - this.#startMs - change.causedAtMs);
    change.lagsMs[name] = lagMs;
    this.#transition(name, turned, `${to}, too: ${milliseconds(lagMs)} after ${causeOf(change)}`, { lagMs });
  }

  #store(name: ReplicaName, mode: Mode, error: string | null, atMs: number): void {
    const sinceMs = mode === "local" ? this.#stoppedAtMs : this.#continuedAtMs;
    const lagMs = sinceMs === null ? null : Math.max(0, atMs - sinceMs);
    if (lagMs !== null) (mode === "local" ? this.wentLocalMs : this.sharedAgainMs).push(lagMs);
    const later =
      lagMs === null ? "" : `, ${seconds(lagMs)} ${mode === "local" ? "after it stopped" : "after it went on"}`;
    const text = mode === "local" ? `goes on by itself${later}: ${error ?? "Redis is away"}` : `shares again${later}`;
    this.#add(atMs, name, "store", null, text, { mode, lagMs, error });
  }

  #transition(name: ReplicaName, turned: Turned, text: string, more: Record<string, number> = {}): void {
    const { from, to, reason, origin, scope, generation, cooldownMs, step, evidence, ownFailures, atMs } = turned;
    const facts = { from, to, reason, origin, scope, generation, cooldownMs, step, evidence, ownFailures, ...more };
    this.#add(atMs, name, "transition", to, text, facts);
  }

  #add(
    atMs: number,
    source: FleetEvent["source"],
    kind: FleetEvent["kind"],
    shows: Display | null,
    text: string,
    facts: FleetEvent["facts"] = {},
  ): void {
    const event: FleetEvent = { atMs: atMs - this.#startMs, source, kind, shows, text, facts };
    this.events.push(event);
    this.onEvent(event);
  }
}

function aloneText({ from, to, cooldownMs, step, evidence }: Turned): string {
  switch (to) {
    case "closed":
      return "closes by itself: its own probe succeeded";
    case "half-open":
      return "half-open by itself: its next call is its own probe";
    case "open": {
      const because = from === "half-open" ? "its own probe failed" : (evidence ?? "its evidence is gone");
      return `open by itself for ${seconds(cooldownMs ?? 0)} (step ${step}): ${because}`;
    }
  }
}

function leadText({ from, to, cooldownMs, step, evidence, ownFailures }: Turned): string {
  switch (to) {
    case "closed":
      return "closes the circuit: the probe succeeded";
    case "half-open":
      return "half-open: has claimed the probe";
    case "open": {
      const length = `for ${seconds(cooldownMs ?? 0)} (step ${step})`;
      if (from === "half-open") return `open again ${length}: the probe failed`;
      return `trips, open ${length}: ${evidence ?? "its evidence is gone"}; ${ownFailures} of its own calls had failed`;
    }
  }
}

/** What a change rests on: `A's failure`. */
function causeOf({ by, to, reason }: SharedChange): string {
  if (to === "half-open") return by;
  return reason.startsWith("probe") ? `${by}'s probe` : `${by}'s last failure`;
}
