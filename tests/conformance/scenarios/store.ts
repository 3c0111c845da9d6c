import {
  admits,
  type Area,
  calls,
  cooldownEnds,
  does,
  passes,
  rejects,
  scenario,
  stateIs,
  status,
  trips,
} from "../scenario.ts";

const onA = { replica: "a" } as const;
const onB = { replica: "b" } as const;
const job = { needs: ["shared state"], replicas: true } as const;

export const store: Area = {
  name: "Shared state and its failure",
  scenarios: [
    scenario(
      "store.trip",
      "Enough failures in one replica open the circuit in the others",
      [calls(4, status(503), onA), passes(2_000), rejects("on b", onB)],
      job,
    ),
    scenario(
      "store.trip-under-way",
      "Failures of calls under way together in one replica open the circuit in the others",
      [trips(onA), passes(2_000), rejects("on b", onB)],
      job,
    ),
    scenario(
      "store.sum",
      "Failures of all replicas are counted together",
      [
        calls(2, status(503), onA),
        calls(2, status(503), onB),
        passes(2_000),
        rejects("on a", onA),
        rejects("on b", onB),
      ],
      job,
    ),
    scenario(
      "store.one-probe",
      "One probe runs in the whole fleet",
      [calls(4, status(503), onA), passes(2_000), cooldownEnds, admits("on a", onA), rejects("on b", onB)],
      job,
    ),
    scenario(
      "store.hangs",
      "A store that hangs delays no call",
      [passes(2_000), does("lose the store"), admits("at once", onA), passes(5_000), admits("later", onB)],
      job,
    ),
    scenario(
      "store.protects",
      "Each replica protects itself while the store is away",
      [
        passes(2_000),
        does("lose the store"),
        passes(5_000),
        calls(4, status(503), onA),
        stateIs("open"),
        rejects("next", onA),
        cooldownEnds,
        admits("probe", onA),
      ],
      job,
    ),
    scenario(
      "store.keeps",
      "What is open stays open when the store goes away",
      [
        calls(4, status(503), onA),
        passes(2_000),
        does("lose the store"),
        passes(500),
        rejects("on a", onA),
        rejects("on b", onB),
      ],
      job,
    ),
  ],
};
