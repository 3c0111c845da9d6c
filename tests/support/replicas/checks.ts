/** What a fleet promises, as checks over what its replicas wrote down of one record. */
import { anOpenViewAdmitsNothing, noCallFailsForTheStore, noCallWaitsForTheStore } from "./checks/calls.ts";
import type { Check, Promised } from "./checks/finding.ts";
import {
  aDenialChangesNothing,
  oneLeaseAtATime,
  oneProbeOnTheWire,
  onlyTheNewestLeaseCounts,
} from "./checks/leases.ts";
import { aTripStopsTheFleet, oneMakerForEachTransition } from "./checks/transitions.ts";
import { theRecordGoesForward, viewsGoForward } from "./checks/views.ts";
import type { Entry } from "./entries.ts";

const CHECKS = {
  "one lease at a time": oneLeaseAtATime,
  "only the newest lease counts": onlyTheNewestLeaseCounts,
  "a denial changes nothing": aDenialChangesNothing,
  "one probe on the wire": oneProbeOnTheWire,
  "the record goes forward": theRecordGoesForward,
  "views go forward": viewsGoForward,
  "one maker for each transition": oneMakerForEachTransition,
  "a trip stops the fleet": aTripStopsTheFleet,
  "an open view admits nothing": anOpenViewAdmitsNothing,
  "no call fails for the store": noCallFailsForTheStore,
  "no call waits for the store": noCallWaitsForTheStore,
} as const satisfies Record<string, Check>;

export type Invariant = keyof typeof CHECKS;

// The poll with its jitter, the two commands it takes, and what a busy machine adds.
const STALE_MS = 1_200 + 2 * 200 + 200;

/** Everything that a history breaks, each as a line. @param entries of one record, in order */
export function violationsIn(entries: readonly Entry[], promised: Partial<Promised> = {}): string[] {
  return Object.entries(CHECKS).flatMap(([promise, check]) =>
    check(entries, { staleMs: STALE_MS, ...promised }).map(
      ({ at, what }) => `${promise}: ${what} (at ${at.toFixed(1)})`,
    ),
  );
}
