/** I5 and I8: the fleet comes back, and agrees. */
import { type Facts, NO_RECORD, overrideNow } from "../../../packages/recloser/src/state.ts";
import type { FinalView, History, ViewSample } from "../history.ts";
import { has, LOSSES } from "../plan.ts";
import type { Finding } from "./violation.ts";

/**
 * I5: never stuck. For every plan: within the bound that its policy gives, all replicas are closed and reach the store,
 * and for three seconds on end nobody is rejected and every replica answers calls, which says that the ramp is over.
 */
export function theFleetRecovers({ recoveredMs, boundMs, healedMs, stuck }: History): readonly Finding[] {
  if (recoveredMs !== null) return [];
  return [{ atMs: boundMs, what: `${stuck ?? "nothing is known"}, ${boundMs - healedMs} ms after all was well` }];
}

/**
 * I8: one truth. For every plan that recovered: when nothing has happened for two polls every view is the store's record,
 * in incarnation, version, generation, circuit and override. And in plans in which the store loses nothing: no view ever
 * runs backwards within an incarnation.
 */
export function viewsAgree(history: History): readonly Finding[] {
  const found: Finding[] = [];
  if (history.plan.store === "shared" && history.recoveredMs !== null)
    for (const view of history.views) {
      const record = history.record.get(view.record) ?? NO_RECORD;
      const differs = difference(view, record, history.storeMsAtQuiet);
      if (differs !== null)
        found.push({
          atMs: history.quietMs,
          what: `r${view.replica} and the store differ on ${view.record}: ${differs}`,
        });
    }
  return [...found, ...(has(history.plan, ...LOSSES) ? [] : backwards(history))];
}

function difference({ view, isConnected }: FinalView, record: Facts, storeMs: number): string | null {
  if (view === null) return "there is no view";
  if (!isConnected) return "it does not reach the store";
  for (const field of ["incarnation", "version", "generation"] as const)
    if (view[field] !== record[field]) return `${field} ${view[field]} ≠ ${record[field]}`;
  if (view.circuit.is !== record.circuit.is) return `${view.circuit.is} ≠ ${record.circuit.is}`;
  const hasOverride = view.override !== null;
  return hasOverride === (overrideNow(record, storeMs) !== null) ? null : "the override";
}

function backwards({ samples }: History): readonly Finding[] {
  const last = new Map<string, ViewSample>();
  const found: Finding[] = [];
  for (const sample of samples) {
    const at = `${sample.replica} ${sample.life} ${sample.record}`;
    const before = last.get(at);
    last.set(at, sample);
    if (before === undefined || before.facts.incarnation !== sample.facts.incarnation) continue;
    if (sample.facts.version < before.facts.version) {
      const what = `r${sample.replica} went from version ${before.facts.version} of ${sample.record} back to ${sample.facts.version}`;
      found.push({ atMs: sample.atMs, what });
    }
  }
  return found;
}
