/** What must hold between the values of a configuration, beyond the shape of each. */
import { accessRules } from "./rules-access.ts";
import { alertRules } from "./rules-alerts.ts";
import { routeRules } from "./rules-routes.ts";
import { targetRules } from "./rules-targets.ts";
import { durationOrder } from "./rules-timeouts.ts";
import { isShared, wrongStoreUrl } from "./store-url.ts";
import type { Path } from "./path.ts";
import type { Sections } from "./sections.ts";

export interface Broken {
  readonly path: Path;
  readonly expected: string;
  /** Default: the value of that path. */
  readonly received?: string;
  /** Not to be told where one of these is wrong, since it would only follow from it. */
  readonly unlessWrong?: readonly Path[];
}

/** @param originals by path key: the texts that a variable was put into */
export function brokenRules(sections: Sections, originals: ReadonlyMap<string, string>): Broken[] {
  return [
    ...accessRules(sections),
    ...storeRules(sections),
    ...durationOrder(sections),
    ...targetRules(sections),
    ...routeRules(sections),
    ...alertRules(sections, originals),
  ];
}

function storeRules({ store, workers, policies }: Sections): Broken[] {
  if (store === null) return [];
  const expected = wrongStoreUrl(store.url);
  if (expected !== null) return [{ path: ["store", "url"], expected }];
  if (!isShared(store.url))
    return workers !== null && workers > 1
      ? [{ path: ["workers"], expected: "1, or a store that processes share (store.url: redis://… or postgres://…)" }]
      : [];
  // A window of calls is one process's own, and the library refuses it on a shared store once a breaker is made.
  return policies
    .filter(({ policy }) => isWindowOfCalls(policy))
    .map(({ path }) => ({ path: [...path, "window"], expected: "a duration: { calls } cannot be shared by a store" }));
}

function isWindowOfCalls(policy: unknown): boolean {
  const window = (policy as { window?: unknown } | null | undefined)?.window;
  return typeof window === "object" && window !== null;
}
