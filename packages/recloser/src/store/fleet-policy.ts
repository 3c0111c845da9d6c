/**
 * What operators have set for breakers of the whole fleet, option by option: it lies in the store beside the records, and
 * every replica goes by it without a redeploy.
 */

/** One option of a policy, as it was set. Instants are the store's. */
export interface FleetOption {
  /** The breakers it is for: a key or a glob. */
  readonly pattern: string;
  /** `"failureRate"`, `"cooldown.initial"`. */
  readonly option: string;
  /** As in `PolicyOptions`; never a function. */
  readonly value: unknown;
  readonly by: string;
  readonly reason: string;
  readonly atMs: number;
  /** Null: until it is taken back. */
  readonly untilMs: number | null;
}

/** One operator's word on the policy of a key or glob. */
export interface PolicyChange {
  readonly pattern: string;
  /** By option; null takes it back. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Takes back whatever else was set for this pattern. */
  readonly clears: boolean;
  readonly by: string;
  readonly reason: string;
  readonly forMs: number | null;
}

/** What is in force, in any order. */
export interface FleetOptions {
  /** The store's clock when it answered. */
  readonly nowMs: number;
  readonly options: readonly FleetOption[];
}

/**
 * Where a store that can keeps them. A change is one atomic step on the store's clock, and answers with what is in force
 * after it; it is told as a change of the empty name, which no record has. What has run out is in no answer.
 */
export interface StorePolicies {
  read(namespace: string): Promise<FleetOptions>;
  /** Rejects with a `StoreError`, and changes nothing, where there would be more than {@link FLEET_OPTIONS_MOST}. */
  change(namespace: string, change: PolicyChange): Promise<FleetOptions>;
}

/** Each replica reads all of them, and a change goes through all of them. */
export const FLEET_OPTIONS_MOST = 1_000;

/** A change, as every store makes it. @returns null: there would be too many */
export function changedOptions(
  present: readonly FleetOption[],
  { pattern, options, clears, by, reason, forMs }: PolicyChange,
  nowMs: number,
): readonly FleetOption[] | null {
  const untilMs = forMs === null ? null : nowMs + forMs;
  const kept = inForce(present, nowMs).filter(
    (one) => one.pattern !== pattern || !(clears || Object.hasOwn(options, one.option)),
  );
  const set = Object.entries(options).filter(([, value]) => value !== null);
  const after = [
    ...kept,
    ...set.map(([option, value]) => ({ pattern, option, value, by, reason, atMs: nowMs, untilMs })),
  ];
  return after.length > FLEET_OPTIONS_MOST ? null : after;
}

export function inForce(options: readonly FleetOption[], nowMs: number): readonly FleetOption[] {
  return options.filter(({ untilMs }) => untilMs === null || untilMs > nowMs);
}
