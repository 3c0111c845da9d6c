/** What replicas tell of the policies of their breakers. Others wrote it: it is looked at before it is believed. */
import type { KeptReplica } from "recloser/history";
import type { FleetOption, GivenPolicy } from "recloser/inspect";

export interface Reported {
  readonly key: string;
  /** Null: of a version that does not tell. */
  readonly given: (GivenPolicy & { readonly fleet: Readonly<Record<string, unknown>> }) | null;
}

export function reportedBy({ report }: KeptReplica): readonly Reported[] {
  const groups: unknown = report.rules;
  if (!Array.isArray(groups)) return [];
  return (groups as (Partial<KeptReplica["report"]["rules"][number]> | null)[]).flatMap((group) => {
    const { keys, given } = group ?? {};
    if (!Array.isArray(keys)) return [];
    const told =
      given === undefined ? null : { code: values(given.code), fleet: values(given.fleet), own: values(given.own) };
    return keys.filter((key) => typeof key === "string").map((key) => ({ key, given: told }));
  });
}

function values(told: unknown): Readonly<Record<string, unknown>> {
  return typeof told === "object" && told !== null ? (told as Record<string, unknown>) : {};
}

export interface OfReplicas {
  /** As the replica has it that told last; null: none has told. */
  readonly given: GivenPolicy | null;
  /** Replicas that have the breaker, and how many of those have another code's policy, or go not by the fleet's. */
  readonly replicas: number;
  readonly differ: number;
  readonly behind: number;
}

/** @param fleet what counts for this breaker now */
export function ofReplicas(
  key: string,
  replicas: readonly KeptReplica[],
  fleet: Readonly<Record<string, FleetOption>>,
): OfReplicas {
  const told = replicas
    .toSorted((a, b) => b.seenMs - a.seenMs)
    .flatMap((replica) => reportedBy(replica).find((reported) => reported.key === key)?.given ?? []);
  const [latest] = told;
  const set = textOf(Object.fromEntries(Object.entries(fleet).map(([option, { value }]) => [option, value])));
  return {
    given: latest ?? null,
    replicas: told.length,
    differ: told.filter(({ code, own }) => textOf([code, own]) !== textOf([latest?.code, latest?.own])).length,
    behind: told.filter((given) => textOf(given.fleet) !== set).length,
  };
}

// Alike whatever the order of the options.
function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
