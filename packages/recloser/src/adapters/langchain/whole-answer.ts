/** What a model that does not stream has answered: whether that is an answer at all. */
import { get } from "../../classify/safe.ts";
import { StreamTruncatedError } from "../../errors.ts";
import { FailedAnswer } from "../../failed-answer.ts";
import { outcomeOf, type Outcome } from "../../outcome.ts";
import { BrokenAnswer, ofUnreadable } from "./broken-answer.ts";
import { ChunkInspector } from "./chunk-inspector.ts";

// Of a provider that answers, in words that are no JSON.
const NOBODYS_FAULT: Outcome = Object.freeze(outcomeOf("unknown", { track: "none" }));

/**
 * @throws BrokenAnswer for a body that cannot be read
 * @throws FailedAnswer with the error, where that says nothing of the provider
 */
export async function answerOf(answer: unknown, options: unknown): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof SyntaxError) || get(options, "response_format") === undefined) throw ofUnreadable(error);
    // With a schema the model's own words are parsed in there too, and those are not the provider's fault.
    throw new FailedAnswer(NOBODYS_FAULT, error);
  }
}

/**
 * @param hasStreamed whether it has read a stream itself (`streaming: true`), whose missing end shows only here
 * @throws BrokenAnswer
 */
export function assertWhole(answer: unknown, hasStreamed: boolean, key: string): void {
  const generations = get(answer, "generations");
  if (!Array.isArray(generations)) return;
  const flat: readonly unknown[] = generations.flat();
  // Of an error inside a 200, or a page, nothing is left but this.
  if (flat.length === 0) throw new BrokenAnswer(() => answer);
  if (!hasStreamed || !flat.some(isCut)) return;
  throw new BrokenAnswer(() => {
    throw new StreamTruncatedError(key);
  });
}

function isCut(generation: unknown): boolean {
  const inspector = new ChunkInspector(true);
  inspector.see(generation);
  return inspector.end() === "cut";
}
