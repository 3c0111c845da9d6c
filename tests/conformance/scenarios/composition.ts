import {
  admits,
  answersFor,
  type Area,
  callIs,
  ends,
  passes,
  scenario,
  stateIs,
  status,
  SUCCESS,
  trips,
} from "../scenario.ts";

const refusedForRoom = Array.from({ length: 10 }, (_, index) => ({
  do: "admit" as const,
  call: `no room ${index}`,
  admission: {},
  expect: "rejected" as const,
}));

export const composition: Area = {
  name: "Composition",
  scenarios: [
    scenario(
      "with.fallback",
      "A fallback answers while the circuit is open",
      [trips(), stateIs("open"), answersFor("next")],
      { hasFallback: true },
    ),
    scenario(
      "with.fallback-error",
      "A fallback does not answer for an error of the caller",
      [admits("bad request"), ends("bad request", status(400), "failed")],
      { hasFallback: true, declaresCallerErrors: true },
    ),
    scenario(
      "with.timeout",
      "A time limit answers a call that hangs",
      [admits("hanging"), passes(9_500), callIs("hanging", "running"), passes(1_000), callIs("hanging", "failed")],
      { timeoutMs: 10_000 },
    ),
    scenario(
      "with.capacity",
      "Calls refused for want of room are no failures of the provider",
      [admits("first"), admits("second"), refusedForRoom, stateIs("closed"), ends("first", SUCCESS), admits("third")],
      { capacity: 2 },
    ),
  ],
};
