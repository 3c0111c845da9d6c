/** The models of spec/, and of each the designs it is asked about: ours, which must hold, and broken ones, which must not. */

export interface Case {
  /** The model's file in spec/, without its ending. */
  readonly model: string;
  readonly design: string;
  readonly defines: readonly string[];
  readonly expected: "holds" | "violated";
  /** Some runs have no end: the model's ltl is asked for too. */
  readonly hasLtl: boolean;
}

type Rows = readonly (readonly [design: string, expected: Case["expected"], ...defines: string[]])[];

function asked(model: string, rows: Rows, hasLtl = false): Case[] {
  return rows.map(([design, expected, ...defines]) => ({ model, design, defines, expected, hasLtl }));
}

export const CASES: readonly Case[] = [
  ...asked("probe-lease", [
    ["a random token and the incarnation", "holds"],
    ["a random token alone", "holds", "TOKEN_ALONE"],
    ["no fencing: any verdict decides", "violated", "NO_FENCING"],
    ["the lease is keyed by replica", "violated", "KEYED_BY_REPLICA"],
    ["the token is a counter", "violated", "COUNTER_TOKEN", "NO_FAILOVER"],
    [
      "a counter and the incarnation, store restarted empty",
      "holds",
      "COUNTER_TOKEN",
      "WITH_INCARNATION",
      "NO_FAILOVER",
    ],
    ["a counter and the incarnation, store failed over", "violated", "COUNTER_TOKEN", "WITH_INCARNATION"],
  ]),
  ...asked(
    "probe-progress",
    [
      ["the lease is renewed while the probe runs", "holds"],
      ["a lease shorter than the probe: two at a time", "violated", "NO_RENEWAL"],
      ["a lease shorter than the probe: never closed", "violated", "NO_RENEWAL", "OVERLAP_ALLOWED"],
      ["a lease that never runs out", "violated", "NO_EXPIRY"],
      ["a denied claim extends the lease", "violated", "EXTENDED_BY_DENIAL"],
    ],
    true,
  ),
  ...asked("rejoin", [
    ["outcomes carry their generation; the store is read first", "holds"],
    ["outcomes carry no generation", "violated", "UNTAGGED"],
    ["what waited is reported whole at the return", "violated", "KEPT_WHOLE"],
    ["a report that comes back unsent is always put back", "violated", "PUT_BACK_BLINDLY"],
    ["the replica's own state is written at the return", "violated", "STATE_PUSHED"],
  ]),
  ...asked("cached-view", [
    ["push as a hint, poll as the truth, rule U", "holds"],
    ["every answer is taken", "violated", "ADOPT_ANSWERS"],
    ["every push is taken", "violated", "ADOPT_PUSHES"],
    ["equal versions are the same record", "violated", "EQUAL_BY_VERSION"],
    ["push without a poll", "violated", "PUSH_ONLY"],
    ["the poll reads what the log names, and no more", "violated", "READ_CHANGED_ONLY"],
    ["as ours, but without a call that reports", "violated", "NO_TRAFFIC"],
  ]),
  ...asked("reassert", [
    ["put back, against less history only", "holds"],
    ["put back whatever the store has", "violated", "BLIND"],
    ["versions compared across incarnations", "violated", "ANY_LIFE"],
    ["not put back", "violated", "NOT_PUT_BACK"],
    ["as ours, but a failover loses several changes", "violated", "DEEP"],
  ]),
  ...asked(
    "ramp",
    [
      ["doubled by successes, halved to its start by failures", "holds"],
      ["over as soon as demand is below the limit", "violated", "ENDS_WHEN_UNMET"],
      ["a failure may halve it to nothing", "violated", "NO_FLOOR"],
      ["never over", "violated", "NEVER_OVER"],
      ["silent calls keep their slots", "holds", "SLOTS_KEPT"],
      ["no widening with time", "holds", "NO_WIDENING"],
      ["neither of both", "violated", "SLOTS_KEPT", "NO_WIDENING"],
    ],
    true,
  ),
];
