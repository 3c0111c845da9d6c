/** The invariants of the whole system (docs: verification), as checks over the history of a run. */
import { noCallerMeetsTheStore, noCallWaitsForTheStore, nothingIsLeft } from "./checks/callers.ts";
import { countersAreRight } from "./checks/counters.ts";
import { anOpenCircuitStopsCalls } from "./checks/dead-provider.ts";
import { everyTransitionIsTold } from "./checks/events.ts";
import { callersDoNotTrip, noTripWithoutEvidence } from "./checks/evidence.ts";
import { theFleetRecovers, viewsAgree } from "./checks/fleet.ts";
import { onlyTheNewestLeaseMovesHalfOpen, oneProbeAtATime } from "./checks/half-open.ts";
import type { Check } from "./checks/violation.ts";
import type { History } from "./history.ts";

const CHECKS = {
  "I1 only the newest lease moves a half-open circuit": onlyTheNewestLeaseMovesHalfOpen,
  "I2 no caller meets the store": noCallerMeetsTheStore,
  "I3 no call waits for the store": noCallWaitsForTheStore,
  "I4 one probe at a time": oneProbeAtATime,
  "I5 the fleet recovers": theFleetRecovers,
  "I6 an open circuit stops calls": anOpenCircuitStopsCalls,
  "I7 no trip without evidence": noTripWithoutEvidence,
  "I8 views agree": viewsAgree,
  "I9 counters are right": countersAreRight,
  "I10 nothing is left": nothingIsLeft,
  "I11 callers do not trip": callersDoNotTrip,
  "I12 every transition is told": everyTransitionIsTold,
} as const satisfies Record<string, Check>;

export type Invariant = keyof typeof CHECKS;

export interface Violation {
  readonly invariant: Invariant;
  readonly atMs: number;
  readonly what: string;
}

/** Everything that a run violates, in the order of the invariants. */
export function violationsOf(history: History): readonly Violation[] {
  return (Object.entries(CHECKS) as [Invariant, Check][]).flatMap(([invariant, check]) =>
    check(history).map(({ atMs, what }) => ({ invariant, atMs, what })),
  );
}
