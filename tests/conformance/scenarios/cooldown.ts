import { admits, type Area, calls, cooldownEnds, passes, rejects, scenario, status, trips } from "../scenario.ts";

export const cooldown: Area = {
  name: "Cooldown",
  scenarios: [
    scenario("cooldown.holds", "Refuses every call until the cooldown is over, then makes one", [
      trips(),
      passes(4_000),
      rejects("early"),
      passes(1_500),
      admits("probe"),
    ]),
    scenario(
      "cooldown.grows",
      "Each reopening waits longer than the one before",
      [
        trips(),
        cooldownEnds,
        calls(1, status(503)),
        passes(6_000),
        rejects("too early"),
        passes(5_000),
        admits("probe"),
      ],
      { needs: ["growing cooldown"], cooldownFactor: 2 },
    ),
    scenario(
      "cooldown.hint",
      "Waits as long as the provider asks for in Retry-After",
      [calls(4, status(503, 30)), passes(20_000), rejects("too early"), passes(11_000), admits("probe")],
      { needs: ["retry hints"] },
    ),
    scenario(
      "cooldown.manual",
      "A circuit held open by hand stays open until it is released",
      [
        { do: "control", action: "hold open" },
        passes(60_000),
        rejects("held"),
        { do: "control", action: "release" },
        admits("next"),
      ],
      { needs: ["manual hold"] },
    ),
  ],
};
