/** Every scenario on every library, and what of it is not explained. */
import { cockatiel } from "./contenders/cockatiel.ts";
import { opossum } from "./contenders/opossum.ts";
import { recloser } from "./contenders/recloser.ts";
import type { Library } from "./contender.ts";
import { REASONS } from "./differences.ts";
import { play, type Verdict } from "./play.ts";
import type { Area, Scenario } from "./scenario.ts";
import { AREAS } from "./scenarios/index.ts";

export const LIBRARIES: readonly Library[] = [recloser, opossum, cockatiel];

export interface Line {
  readonly scenario: Scenario;
  /** By the library's name. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

export interface Scores {
  readonly areas: readonly { readonly area: Area; readonly lines: readonly Line[] }[];
}

/** One after another: virtual time belongs to the process. */
export async function playAll(libraries: readonly Library[] = LIBRARIES): Promise<Scores> {
  const areas: Scores["areas"][number][] = [];
  for (const area of AREAS) {
    const lines: Line[] = [];
    for (const scenario of area.scenarios) {
      const verdicts = new Map<string, Verdict>();
      for (const library of libraries) verdicts.set(library.name, await play(library, scenario));
      lines.push({ scenario, verdicts });
    }
    areas.push({ area, lines });
  }
  return { areas };
}

export function linesOf(scores: Scores): readonly Line[] {
  return scores.areas.flatMap(({ lines }) => lines);
}

/** Differences without a reason, and reasons without a difference, as sentences. */
export function unexplained(scores: Scores, reasons: typeof REASONS = REASONS): readonly string[] {
  const found: string[] = [];
  for (const [library, byScenario] of Object.entries(reasons)) {
    const left = new Set(Object.keys(byScenario));
    for (const { scenario, verdicts } of linesOf(scores)) {
      const verdict = verdicts.get(library);
      const hasReason = left.delete(scenario.id);
      if (verdict?.result === "differs" && !hasReason) found.push(`${library}, ${scenario.id}: ${verdict.seen}`);
      if (verdict !== undefined && verdict.result !== "differs" && hasReason)
        found.push(
          `${library}, ${scenario.id}: a reason is given, but it ${verdict.result === "passes" ? "passes" : "is not claimed"}`,
        );
    }
    for (const id of left) found.push(`${library}, ${id}: a reason is given for a scenario that is not there`);
  }
  return found;
}
