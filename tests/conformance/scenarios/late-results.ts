import {
  admits,
  type Area,
  calls,
  cooldownEnds,
  ends,
  scenario,
  stateIs,
  status,
  SUCCESS,
  trips,
} from "../scenario.ts";

const LATE = ["late 1", "late 2", "late 3", "late 4"];
const down = status(503);

export const lateResults: Area = {
  name: "Late results",
  scenarios: [
    scenario("late.success", "A success of a call from before the trip does not close the circuit", [
      admits("late"),
      trips(),
      cooldownEnds,
      ends("late", SUCCESS),
      stateIs("open", "half-open"),
    ]),
    scenario("late.failure-open", "A failure from before the trip does not make the cooldown longer", [
      admits("late"),
      trips(),
      ends("late", down),
      cooldownEnds,
      admits("probe"),
    ]),
    scenario("late.failure-waiting", "A failure from before the trip does not take the place of the probe", [
      admits("late"),
      trips(),
      cooldownEnds,
      ends("late", down),
      admits("probe"),
    ]),
    scenario("late.failure-probing", "A failure from before the trip does not undo a probe that succeeds", [
      admits("late"),
      trips(),
      cooldownEnds,
      admits("probe"),
      ends("late", down),
      ends("probe", SUCCESS),
      stateIs("closed"),
    ]),
    scenario(
      "late.after-closing",
      "Failures from before the trip do not open the circuit that has recovered",
      [
        LATE.map((call) => admits(call)),
        trips(),
        cooldownEnds,
        calls(1, SUCCESS),
        LATE.map((call) => ends(call, down)),
        stateIs("closed"),
      ],
      { failureRate: 0.4 },
    ),
  ],
};
