import {
  admits,
  type Area,
  calls,
  cooldownEnds,
  ends,
  passes,
  rejects,
  scenario,
  stateIs,
  status,
  SUCCESS,
  tries,
  trips,
} from "../scenario.ts";

const MANY = Array.from({ length: 40 }, (_, index) => `slow ${index}`);

export const windows: Area = {
  name: "Windows",
  scenarios: [
    scenario("window.trips", "Opens when enough calls of the window failed", [
      stateIs("closed"),
      trips(),
      stateIs("open"),
      rejects("next"),
    ]),
    scenario("window.minimum", "Stays closed below the minimum of calls", [calls(3, status(503)), stateIs("closed")]),
    scenario("window.rate", "Stays closed below the failure rate", [
      calls(8, SUCCESS),
      calls(4, status(503)),
      stateIs("closed"),
      admits("next"),
    ]),
    scenario("window.slides", "Counts over the edge of any fixed period", [
      passes(9_500),
      calls(2, status(503)),
      passes(800),
      calls(2, status(503)),
      stateIs("open"),
    ]),
    scenario("window.idle", "Forgets what is older than the window, after an idle time too", [
      calls(3, status(503)),
      passes(60_000),
      calls(1, status(503)),
      stateIs("closed"),
    ]),
    scenario("window.cold-start", "A few fast failures among many slow calls under way do not open it", [
      MANY.map((call) => admits(call)),
      tries(5, status(503)),
      stateIs("closed"),
    ]),
    scenario(
      "window.fresh",
      "A circuit that has closed begins with an empty window",
      [trips(), cooldownEnds, calls(1, SUCCESS), calls(1, status(503)), stateIs("closed")],
      { windowMs: 30_000 },
    ),
    scenario(
      "window.rejections",
      "Calls that were refused do not hide a relapse",
      [
        trips(),
        Array.from({ length: 40 }, () => rejects("refused")),
        cooldownEnds,
        calls(1, SUCCESS),
        tries(4, status(503)),
        stateIs("open"),
      ],
      { windowMs: 30_000 },
    ),
    scenario(
      "window.slow",
      "Opens when enough calls were slow, though they succeeded",
      [Array.from({ length: 4 }, () => [admits("slow"), passes(3_000), ends("slow", SUCCESS)]).flat(), stateIs("open")],
      { needs: ["slow calls"], windowMs: 30_000, slowCall: { afterMs: 2_000, rate: 0.5 } },
    ),
  ],
};
