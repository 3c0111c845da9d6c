/** Failover Bench's sixteen scenarios, each in both ways of passing a stream on. */
import { describe, expect, test } from "vitest";
import { play, playFlap } from "./failoverbench/play.ts";
import { FLAP, SCENARIOS } from "./failoverbench/scenarios.ts";

describe("An assured stream brings the whole answer", () => {
  test.each(SCENARIOS)("$id $title", async (scenario) => {
    expect(await play(scenario, "assured")).toMatchObject({ verdict: "pass" });
  });
});

test("[DONE] alone proves nothing: an assured stream begins anew where no finish reason had come", async () => {
  const tidyCut = { id: "", title: "", model: "tidy-cut", mostAttempts: 1, passthrough: "safe" } as const;
  expect(await play(tidyCut, "assured")).toMatchObject({ verdict: "pass", says: "answered by fb-ok" });
});

describe("A stream that is passed on as it comes is never silently wrong", () => {
  test.each(SCENARIOS)("$id $title", async (scenario) => {
    expect(await play(scenario, "passthrough")).toMatchObject({ verdict: scenario.passthrough });
  });
});

describe.each(["assured", "passthrough"] as const)(`${FLAP.id} ${FLAP.title}`, (stream) => {
  test(`(${stream}) costs the dead provider at most ${FLAP.mostAttempts} attempts a minute, and nobody an answer`, async () => {
    expect(await playFlap(stream)).toMatchObject({ verdict: "pass" });
  });
});
