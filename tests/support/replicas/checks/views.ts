/** Nothing runs backwards: neither the store's record, nor what a replica holds for true of it. */
import type { Entry, StoredCircuit } from "../entries.ts";
import { type Finding, only, type Promised } from "./finding.ts";
import { operationsIn } from "./operations.ts";

type Numbers = Pick<StoredCircuit, "incarnation" | "version" | "generation">;

function backwards(before: Numbers | undefined, after: Numbers): string | null {
  if (before === undefined) return null;
  if (after.generation < before.generation && after.incarnation !== 0)
    return `from generation ${before.generation} back to ${after.generation}`;
  if (after.incarnation === before.incarnation && after.version < before.version)
    return `from version ${before.version} back to ${after.version}`;
  return null;
}

/** In the store's order, its versions and generations grow. */
export function theRecordGoesForward(entries: readonly Entry[], { snapshotMs }: Promised): readonly Finding[] {
  let before: Numbers | undefined;
  return operationsIn(entries, snapshotMs).told.flatMap(({ at, circuit }) => {
    const what = backwards(before, circuit);
    before = circuit;
    return what === null ? [] : [{ at, what: `the store went ${what}` }];
  });
}

/** In each replica the view and the transitions it tells of grow. */
export function viewsGoForward(entries: readonly Entry[]): readonly Finding[] {
  const views = new Map<string, Numbers>();
  const told = new Map<string, number>();
  const found: Finding[] = [];
  for (const { at, replica, view } of only(entries, "view")) {
    const what = backwards(views.get(replica), view);
    views.set(replica, view);
    if (what !== null) found.push({ at, what: `the view of ${replica} went ${what}` });
  }
  for (const { at, replica, event } of only(entries, "transition")) {
    if (event.scope !== "shared") continue;
    const before = told.get(replica) ?? 0;
    told.set(replica, event.generation);
    if (event.generation < before)
      found.push({ at, what: `${replica} told of generation ${event.generation} behind ${before}` });
  }
  return found;
}
