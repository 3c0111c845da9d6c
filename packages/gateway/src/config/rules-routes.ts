/** What must hold of each route, and between routes and targets. */
import type { CheckedRoute } from "./checked-file.ts";
import type { CompletedTarget } from "./completed-target.ts";
import type { Broken } from "./rules.ts";
import { oneOfNames } from "./rules-access.ts";
import type { Sections } from "./sections.ts";

export function routeRules({ routes, targets }: Sections): Broken[] {
  const names = new Set<string>();
  return routes.flatMap((route, at) => {
    if (route === null) return [];
    const base = ["routes", at];
    const isTaken = names.has(route.name);
    names.add(route.name);
    return [
      ...(isTaken ? [{ path: [...base, "name"], expected: "each name once" }] : []),
      ...targetNames(route, base, [...targets.keys()]),
      ...formats(route, base, targets),
      ...weights(route, base),
      ...callerRules(route, base, targets),
    ];
  });
}

type Base = readonly (string | number)[];
type Targets = Sections["targets"];

/** The targets of a route with their place, as far as they are there. */
function* targetsOf(route: CheckedRoute, targets: Targets): Generator<{ index: number; target: CompletedTarget }> {
  for (const [index, entry] of route.targets.entries()) {
    const target = targets.get(nameOf(entry));
    if (target !== undefined && target !== null) yield { index, target };
  }
}

function nameOf(entry: CheckedRoute["targets"][number]): string {
  return typeof entry === "string" ? entry : entry.target;
}

function placeOf(route: CheckedRoute, base: Base, index: number): Base {
  return typeof route.targets[index] === "string" ? [...base, "targets", index] : [...base, "targets", index, "target"];
}

function targetNames(route: CheckedRoute, base: Base, names: readonly string[]): Broken[] {
  const seen = new Set<string>();
  return route.targets.flatMap((entry, index) => {
    const name = nameOf(entry);
    const path = placeOf(route, base, index);
    if (seen.has(name)) return [{ path, expected: "each target once" }];
    seen.add(name);
    return names.includes(name) ? [] : [{ path, expected: oneOfNames("a target", name, names) }];
  });
}

// Nothing is translated from one wire format into another.
function formats(route: CheckedRoute, base: Base, targets: Targets): Broken[] {
  const known = [...targetsOf(route, targets)].filter(({ target }) => target.format !== null);
  const format = route.format ?? known[0]?.target.format;
  return known
    .filter(({ target }) => target.format !== format)
    .map(({ index, target }) => ({
      path: placeOf(route, base, index),
      expected: `a target of format ${format}, since a route has one`,
      received: `${target.name} of format ${target.format}`,
    }));
}

function weights(route: CheckedRoute, base: Base): Broken[] {
  if (route.choice === "weighted") return [];
  return route.targets.flatMap((entry, index) =>
    typeof entry === "string" || entry.weight === undefined
      ? []
      : [
          {
            path: [...base, "targets", index, "weight"],
            expected: "choice: weighted beside the targets, or no weight",
          },
        ],
  );
}

// A caller's key is one provider's: it must reach no other.
function callerRules(route: CheckedRoute, base: Base, targets: Targets): Broken[] {
  const known = [...targetsOf(route, targets)];
  if (!known.some(({ target }) => target.auth?.kind === "caller")) return [];
  const [first] = known;
  return known
    .filter(({ target }) => target.auth?.kind !== "caller" || originOf(target) !== originOf(first?.target))
    .map(({ index, target }) => ({
      path: placeOf(route, base, index),
      expected: "a target with auth: caller at the address of the first one: a caller's key is for one provider",
      received: target.name,
    }));
}

function originOf(target: CompletedTarget | undefined): string {
  return URL.canParse(target?.baseUrl ?? "") ? new URL(target?.baseUrl ?? "").origin : "";
}
