/** Where the key of each target came from: never the key. */
import { withoutDefaults } from "./interpolate.ts";
import { placeText } from "./issue.ts";
import type { LoadedConfig } from "./load.ts";
import { pathKey } from "./path.ts";

/** By target: `OPENAI_API_KEY`, or the place in the file. A target without a key of its own is not among them. */
export function keySourcesOf({ checked, originals, layers }: LoadedConfig): ReadonlyMap<string, string> {
  const sources = new Map<string, string>();
  for (const [name, { key, auth }] of Object.entries(checked.targets ?? {})) {
    const isObject = typeof auth === "object";
    if (key === undefined && !isObject) continue;
    const path = ["targets", name, ...(isObject ? ["auth", auth.kind === "bearer" ? "token" : "value"] : ["key"])];
    const origin = layers.originOf(path);
    const original = originals.get(pathKey(path));
    if (original !== undefined) sources.set(name, withoutDefaults(original));
    else if (origin !== null) sources.set(name, placeText(origin));
  }
  return sources;
}
