/** A configuration for people: complete, in the words of the file, with the source of each value and without secrets. */
import { stringify } from "yaml";
import { withoutDefaults } from "./interpolate.ts";
import { type Place, placeText } from "./issue.ts";
import type { LoadedConfig } from "./load.ts";
import { leavesOf, type Path, pathKey, pathText } from "./path.ts";
import { isSecretPath, withoutSecrets } from "./received.ts";

export interface ShownValue {
  /** `timeouts.firstToken` */
  readonly path: string;
  readonly value: unknown;
  /** `default`, or what it was set by: `recloser.yaml:12:5`, `RECLOSER_PORT`, `--port`. */
  readonly source: string;
}

/** Every value in the order of the schema. */
export function shownValues(loaded: LoadedConfig): ShownValue[] {
  return [...leavesOf(loaded.checked)].map(({ path, value }) => ({
    path: pathText(path),
    value: shownValue(loaded, path, value),
    source: sourceText(loaded.layers.originOf(path)),
  }));
}

/** The whole as YAML. */
export function shownText(loaded: LoadedConfig): string {
  return stringify(shownTree(loaded), { lineWidth: 0 });
}

/** The whole as a file would have it. */
export function shownTree(loaded: LoadedConfig): unknown {
  const visit = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((item, at) => visit(item, [...path, at]));
    if (typeof value !== "object" || value === null) return shownValue(loaded, path, value);
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, visit(inner, [...path, name])]));
  };
  return visit(loaded.checked, []);
}

export function sourceText(place: Place | null): string {
  return place === null ? "default" : placeText(place);
}

/**
 * A text that a variable was put into is shown as it was written: it may be a secret wherever it stands. A secret that stands in
 * the file itself is not shown.
 */
function shownValue({ originals, layers }: LoadedConfig, path: Path, value: unknown): unknown {
  if (typeof value !== "string") return isSecretPath(path) && typeof value === "number" ? HIDDEN : value;
  const original = originals.get(pathKey(path));
  const origin = layers.originOf(path);
  if (original !== undefined && origin?.kind === "file") return withoutDefaults(original);
  // `none` or `caller`: what has a secret in it is an object.
  const isChoice = path[2] === "auth" && path.length === 3;
  if (!isSecretPath(path) || isChoice || path[0] === "store") return withoutSecrets(value);
  return origin?.kind === "environment" ? `\${${origin.variable}}` : HIDDEN;
}

const HIDDEN = "(not shown)";
