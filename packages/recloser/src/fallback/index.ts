/**
 * What to do instead of passing an error on: the last good answer, an explicit message, or to wait.
 *
 * @example
 * import { createBreaker } from "recloser";
 * import { staleIfError } from "recloser/fallback";
 *
 * const breaker = createBreaker({ name: "search", timeouts: { total: "2s" } });
 * const answers = staleIfError<string, string[]>({ store: new Map(), ttl: "1h" });
 * const { value, stale } = await answers.execute(breaker, "query", async () => ["a hit"]);
 */
export { staleIfError } from "./stale-if-error.ts";
export type { Answer, FreshAnswer, StaleAnswer, StaleIfError } from "./stale-if-error.ts";
export type { StaleIfErrorOptions } from "./stale-options.ts";
export type { AnswerStore, CacheFault, CacheFaultKind } from "./answer-store.ts";
export { executeWhenClosed } from "./execute-when-closed.ts";
export type { ExecuteWhenClosedOptions } from "./execute-when-closed.ts";
export { waitUntilClosed } from "./wait-until-closed.ts";
export type { WaitOptions } from "./wait-until-closed.ts";
export { problemResponse } from "./problem.ts";
export type { ProblemOptions } from "./problem.ts";
