/** A policy that is tried on recorded calls: the library's breakers on the log's clock, and what they would have done. */
import { type Clock, createRecloser, type Permit, type PolicyOptions, type Recloser } from "recloser";
import { seededRandom } from "recloser/testing";
import type { ChosenPolicies } from "../tuning/policy-choice.ts";
import { merged } from "../tuning/policy-choice.ts";
import type { RecordedCall } from "./recorded-call.ts";

export interface Outage {
  readonly key: string;
  readonly fromMs: number;
  /** Null: it was open when the log ended. */
  toMs: number | null;
  readonly reason: string;
}

export interface Tally {
  /** Calls that it would not have let through. */
  rejected: number;
  /** Of these, the ones that had failed: calls saved. */
  saved: number;
  /** How long those had taken. */
  savedMs: number;
  /** Of the rejected, the ones that had succeeded. */
  falselyRejected: number;
  /** Calls on their way that it would have given up when it tripped, and of these the ones that had succeeded. */
  givenUp: number;
  falselyGivenUp: number;
  /** What waiting that would have saved. */
  givenUpMs: number;
  /** How often a circuit would have opened, and of these with more than half of the calls rejected by it well. */
  trips: number;
  openMs: number;
}

export class Candidate {
  readonly name: string;
  readonly tally: Tally = {
    ...{ rejected: 0, saved: 0, savedMs: 0, falselyRejected: 0, givenUp: 0, falselyGivenUp: 0, givenUpMs: 0 },
    ...{ trips: 0, openMs: 0 },
  };
  /** The first ones; of all there is a count. */
  readonly outages: Outage[] = [];
  readonly #recloser: Recloser;
  readonly #clock: Clock;
  readonly #breakers = new Map<string, Tried>();
  readonly #over: PolicyOptions;

  constructor(name: string, { defaults, policies, over }: ChosenPolicies, clock: Clock, seed: number) {
    this.name = name;
    this.#clock = clock;
    this.#over = asTried(over, merged(defaults, over));
    const shaped = Object.entries(policies).map(([key, policy]) => [key, asTried(policy, policy)] as const);
    this.#recloser = createRecloser({
      ...{ clock, random: seededRandom(seed), replicaId: "replay", maxBreakers: MOST_KEYS },
      ...{ defaults: asTried(defaults, defaults), policies: Object.fromEntries(shaped) },
    });
    this.#recloser.on("transition", ({ key, from, to, reason }) => this.#changed(key, from, to, reason));
  }

  /** @returns null: it would have been rejected */
  begin({ key, kind, startMs, endMs }: RecordedCall): Permit | null {
    const permit = this.#tried(key).breaker.tryAcquire();
    if (permit !== null) return permit;
    const { tally } = this;
    tally.rejected++;
    if (kind === "success") tally.falselyRejected++;
    else if (!IS_NOBODYS.has(kind)) {
      tally.saved++;
      tally.savedMs += endMs - startMs;
    }
    return null;
  }

  /** Called when the call has shown itself well, or at its end. */
  end(permit: Permit, call: RecordedCall): void {
    const { key, kind, startMs, endMs } = call;
    const tried = this.#tried(key);
    if (permit.kind === "call") {
      const givenUpMs = givenUpAt(tried, call);
      if (givenUpMs !== null) {
        this.tally.givenUp++;
        if (kind === "success") this.tally.falselyGivenUp++;
        else this.tally.givenUpMs += endMs - givenUpMs;
        return permit.ignore();
      }
      if (kind === "success") tried.failingSinceMs = Infinity;
      else if (!IS_NOBODYS.has(kind)) tried.failingSinceMs = Math.min(tried.failingSinceMs, this.#clock.now());
    }
    if (kind === "success") permit.success({ durationMs: endMs - startMs });
    else permit.failure(new RecordedFailure(kind));
  }

  /** The log is over. */
  finish(): void {
    const nowMs = this.#clock.now();
    for (const { openedAtMs } of this.#breakers.values())
      if (openedAtMs !== null) this.tally.openMs += nowMs - openedAtMs;
  }

  async close(): Promise<void> {
    await this.#recloser.close();
  }

  #tried(key: string): Tried {
    let tried = this.#breakers.get(key);
    if (tried === undefined) {
      const breaker = this.#recloser.breaker(key, this.#over);
      const { onTrip, silenceMs } = breaker.snapshot().policy;
      const quietMs = onTrip === "let-run" ? null : silenceMs === false ? Infinity : silenceMs;
      tried = { breaker, quietMs, trip: null, failingSinceMs: Infinity, openedAtMs: null };
      this.#breakers.set(key, tried);
    }
    return tried;
  }

  #changed(key: string, from: string, to: string, reason: string): void {
    const tried = this.#tried(key);
    const nowMs = this.#clock.now();
    const { tally, outages } = this;
    if (from === "closed" && to === "open") {
      tally.trips++;
      tried.trip = { atMs: nowMs, failingSinceMs: tried.failingSinceMs };
      tried.openedAtMs = nowMs;
      if (outages.length < MOST_TOLD) outages.push({ key, fromMs: nowMs, toMs: null, reason });
    } else if (to === "closed" && tried.openedAtMs !== null) {
      tally.openMs += nowMs - tried.openedAtMs;
      const outage = outages.findLast((one) => one.key === key && one.fromMs === tried.openedAtMs);
      if (outage !== undefined) outage.toMs = nowMs;
      tried.openedAtMs = null;
    }
  }
}

interface Tried {
  readonly breaker: ReturnType<Recloser["breaker"]>;
  /** How long a call may be silent when it trips; null: it gives up none. */
  readonly quietMs: number | null;
  /** The last one. */
  trip: { readonly atMs: number; readonly failingSinceMs: number } | null;
  /** When the first call failed since one succeeded. */
  failingSinceMs: number;
  openedAtMs: number | null;
}

// As the library does with calls that have shown nothing: at a trip those that began since calls fail, the others when they
// have been silent for long enough. A permit is not told of it, so it is worked out here.
function givenUpAt({ trip, quietMs }: Tried, { startMs, shownMs }: RecordedCall): number | null {
  if (trip === null || quietMs === null || startMs >= trip.atMs) return null;
  const atMs = startMs >= trip.failingSinceMs ? trip.atMs : Math.max(trip.atMs, startMs + quietMs);
  return atMs < shownMs ? atMs : null;
}

export const MOST_TOLD = 1_000;
export const MOST_KEYS = 10_000;
const IS_NOBODYS: ReadonlySet<string> = new Set(["caller-error", "content-filtered", "cancelled"]);

class RecordedFailure extends Error {
  readonly kind: Exclude<RecordedCall["kind"], "success">;

  constructor(kind: Exclude<RecordedCall["kind"], "success">) {
    super(kind);
    this.kind = kind;
  }
}

// Off or observing it would do nothing; outcomes are as recorded; and nobody renews a lease here, so it lasts as long as a
// probe may take: what renewing comes to.
function asTried(policy: PolicyOptions, whole: PolicyOptions): PolicyOptions {
  const { mode: _mode, probeWith: _probeWith, ...kept } = policy;
  const lease = whole.probe?.timeout ?? whole.timeouts?.total ?? "30s";
  return {
    ...kept,
    probe: { ...kept.probe, lease },
    classify: ({ error }) => (error instanceof RecordedFailure ? error.kind : undefined),
  };
}
