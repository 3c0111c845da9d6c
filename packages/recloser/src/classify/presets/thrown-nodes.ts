import type { ClassifyInput } from "../../outcome.ts";
import { get } from "../safe.ts";
import { verdictOfOwnCode, verdictOfSignal } from "../signal.ts";
import { unwrap } from "../thrown.ts";

/**
 * What was thrown and what it wraps, nearest first. Nothing where the built-in rules must decide: nothing was thrown, the
 * caller had aborted (a driver then words the cancel as a failure), or an inner breaker of ours refused.
 */
export function thrownNodes(input: ClassifyInput): readonly unknown[] {
  const error = get(input, "error");
  if (error === undefined || error === null || verdictOfSignal(get(input, "signal")) !== undefined) return [];
  const nodes = unwrap(error);
  return nodes.some(isOurs) ? [] : nodes;
}

/** Ours, or the answer that another breaker of ours gave over HTTP, as axios and ofetch keep it. */
function isOurs(node: unknown): boolean {
  return [node, get(node, "data"), get(get(node, "response"), "data")].some(
    (at) => verdictOfOwnCode(get(at, "code")) !== undefined,
  );
}
