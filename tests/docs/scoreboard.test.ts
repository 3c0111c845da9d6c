/** docs/reference/scoreboard.md says what the scenarios show, and every difference has its reason. */
import { beforeAll, describe, expect, it } from "vitest";
import { pageOf, unformatted } from "../conformance/page.ts";
import type { Library } from "../conformance/contender.ts";
import { LIBRARIES, linesOf, playAll, type Scores, unexplained } from "../conformance/scoreboard.ts";

describe("the scoreboard", () => {
  let scores: Scores;
  beforeAll(async () => {
    scores = await playAll();
  });

  it("has recloser pass every scenario but the one whose reason is given", () => {
    const others = linesOf(scores).filter(({ verdicts }) => verdicts.get("recloser")?.result !== "passes");
    expect(others.map(({ scenario }) => scenario.id)).toEqual(["store.trip-under-way"]);
  });

  it("gives a reason for every difference, and none for what is no difference", () => {
    expect(unexplained(scores)).toEqual([]);
  });

  it("is on its page as it was played", () => {
    const { is, wanted } = pageOf(scores);
    expect(unformatted(is)).toBe(unformatted(wanted));
  });

  it("names each scenario once", () => {
    const ids = linesOf(scores).map(({ scenario }) => scenario.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("finds a reason that is missing, and one that is not needed", () => {
    const found = unexplained(scores, { recloser: { "window.trips": "none" }, opossum: { "no.scenario": "none" } });
    expect(found).toContain("recloser, window.trips: a reason is given, but it passes");
    expect(found).toContain("opossum, no.scenario: a reason is given for a scenario that is not there");
    expect(found.some((sentence) => sentence.startsWith("opossum, late.success: the circuit: expected"))).toBe(true);
  });

  it("would see a breaker that never opens", async () => {
    const [ours] = LIBRARIES;
    const neverOpens: Library = { ...(ours as Library), open: () => withoutEvidence((ours as Library).open()) };
    const verdicts = linesOf(await playAll([neverOpens])).map((line) => line.verdicts.get("recloser")?.result);
    expect(verdicts.filter((result) => result === "differs").length).toBeGreaterThan(verdicts.length / 3);
  });
});

/** The same breaker, with a failure rate that nothing reaches. */
function withoutEvidence(contender: ReturnType<Library["open"]>): ReturnType<Library["open"]> {
  const create = contender.create.bind(contender);
  contender.create = (setup) => create({ ...setup, minimumCalls: 1_000_000 });
  return contender;
}
