/** What the checks of a store stand on. */
import { createPolicy, type Policy, type PolicyOptions } from "../../policy.ts";
import type { ReportCommand, StoreCommand } from "../../store/command.ts";
import type { RecordAddress, SharedStore, StoreAnswer } from "../../store/store.ts";

/** A broken promise of a store. */
export class ContractError extends Error {
  override readonly name = "ContractError";
}

export function must(holds: boolean, promise: string, seen: unknown): asserts holds {
  if (!holds) throw new ContractError(`${promise}; seen: ${JSON.stringify(seen)}`);
}

/** Equal as data: fields in any order, nothing more and nothing less. */
export function same(seen: unknown, expected: unknown, what: string): void {
  const [one, other] = [canonical(seen), canonical(expected)];
  if (one !== other) throw new ContractError(`${what}:\n  seen     ${one}\n  expected ${other}`);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

let names = 0;

/** A record of its own for one check. */
export class Subject {
  readonly store: SharedStore;
  readonly address: RecordAddress;
  readonly policy: Policy;

  constructor(store: SharedStore, namespace: string, policy: PolicyOptions = {}, name = `record ${++names}`) {
    this.store = store;
    this.address = { namespace, name };
    this.policy = createPolicy({ consecutiveFailures: 1, cooldown: { initial: 60_000, jitter: 0 }, ...policy });
  }

  apply(command: StoreCommand, by = "a"): Promise<StoreAnswer> {
    return this.store.apply(this.address, command, this.policy, by);
  }

  /** One failure, of the life and round that are now. */
  async fails(more: Partial<ReportCommand> = {}, by = "a"): Promise<StoreAnswer> {
    const { facts, nowMs } = await this.look();
    return this.apply({ ...failure(nowMs), incarnation: facts.incarnation, generation: facts.generation, ...more }, by);
  }

  async look(): Promise<StoreAnswer> {
    return this.apply({ type: "clear" }); // changes nothing where no override is
  }

  claim(token: string, leaseMs = 10_000, by = "a"): Promise<StoreAnswer> {
    return this.apply({ type: "claim", token, leaseMs, random: 0, notAfterMs: Number.MAX_SAFE_INTEGER }, by);
  }
}

let reports = 0;

export function failure(nowMs: number): ReportCommand {
  return {
    type: "report",
    id: `contract ${++reports} ${nowMs}`,
    incarnation: 0,
    generation: 0,
    cells: [{ ageMs: 0, successes: 0, slow: 0, failures: { timeout: 1 }, young: 0 }],
    lastSuccessAgeMs: null,
    lastSuccessStartedAgoMs: null,
    tail: { failures: 1, ageMs: 0, startedAgoMs: 0, begun: 1, beforeAgoMs: [] },
    retryAfterMs: null,
    notAfterMs: nowMs + 60_000,
    random: 0,
  };
}
