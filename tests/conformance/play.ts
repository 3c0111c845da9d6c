/** Plays a scenario on a library, up to the first step that went otherwise. */
import type { Contender, Library } from "./contender.ts";
import type { Scenario, Step } from "./scenario.ts";

export type Verdict =
  | { readonly result: "passes" }
  /** The library does not claim to do it. */
  | { readonly result: "not claimed" }
  | { readonly result: "differs"; readonly seen: string };

export async function play(library: Library, scenario: Scenario): Promise<Verdict> {
  if (scenario.needs.some((feature) => library.lacks.includes(feature))) return { result: "not claimed" };
  using contender = library.open();
  contender.create(scenario.setup);
  for (const step of scenario.steps) {
    const seen = await differenceAt(contender, step);
    if (seen !== null) return { result: "differs", seen };
  }
  return { result: "passes" };
}

async function differenceAt(contender: Contender, step: Step): Promise<string | null> {
  switch (step.do) {
    case "advance":
      await contender.advance(step.ms);
      return null;
    case "control":
      await contender.control(step.action);
      return null;
    case "admit": {
      const answer = await contender.admit(step.call, step.admission);
      return step.expect === null ? null : unlike(`call "${step.call}"`, [step.expect], answer);
    }
    case "settle": {
      const answer = await contender.settle(step.call, step.end);
      return step.expect === null ? null : unlike(`call "${step.call}", ended`, [step.expect], answer);
    }
    case "inspect state":
      return unlike("the circuit", step.expect, contender.inspect(step.replica).state);
    case "inspect call":
      return unlike(`call "${step.call}"`, [step.expect], contender.inspect("a").answers.get(step.call) ?? "not begun");
  }
}

function unlike(what: string, expected: readonly string[], seen: string): string | null {
  return expected.includes(seen) ? null : `${what}: expected ${expected.join(" or ")}, was ${seen}`;
}
