/** Whether what a provider gave is an answer to give again. */
import { hasError, isFiltered } from "../classify/answer.ts";

// As the AI SDK says it of a result, whatever the provider's word was.
const NO_ANSWER: ReadonlySet<unknown> = new Set(["content-filter", "error"]);

/** False for what says of itself that it was filtered, refused or failed, in the words of any provider that is known here. */
export function isWorthKeeping(answer: unknown): boolean {
  if (typeof answer !== "object" || answer === null) return true;
  if (isFiltered(answer) || hasError(answer)) return false;
  const { finishReason } = answer as { finishReason?: unknown };
  const unified: unknown = (finishReason as { unified?: unknown } | null | undefined)?.unified;
  return !NO_ANSWER.has(finishReason) && !NO_ANSWER.has(unified);
}
