/** Variables that look like settings and are none: a typing error there would otherwise change nothing, silently. */
import type { Environment } from "./interpolate.ts";
import { nearest } from "./nearest.ts";
import type { Setting } from "./settings.ts";

/** A sentence for each variable whose name is near that of a setting. */
export function unknownVariables(env: Environment, settings: readonly Setting[]): string[] {
  const known = new Set(settings.map(({ variable }) => variable));
  return Object.keys(env).flatMap((name) => {
    if (!name.startsWith(PREFIX) || known.has(name)) return [];
    const meant = nearest(
      name.slice(PREFIX.length),
      settings.map(({ variable }) => variable.slice(PREFIX.length)),
    );
    return meant === null ? [] : [`${name} is no setting: did you mean ${PREFIX}${meant}?`];
  });
}

const PREFIX = "RECLOSER_";
