/** Flags over environment over file: one tree, and where each value of it is from. */
import { type FoundTarget } from "./environment-targets.ts";
import { fromText } from "./from-text.ts";
import type { Environment } from "./interpolate.ts";
import type { Place } from "./issue.ts";
import { type Path, pathKey, valueAt } from "./path.ts";
import type { Source } from "./read-source.ts";
import { pathOf, type Setting } from "./settings.ts";

/** A flag as it was given. */
export interface GivenFlag {
  /** `--port` */
  readonly flag: string;
  /** `listen.port` */
  readonly path: string;
  readonly value: string;
}

export class Layers {
  readonly tree: Record<string, unknown>;
  readonly #file: { readonly value: unknown; readonly source: Source } | null;
  readonly #set = new Map<string, Place>();

  /** @param value the file's, with its variables put in */
  constructor(file: { readonly value: unknown; readonly source: Source } | null) {
    this.#file = file;
    this.tree = structuredClone((file?.value ?? {}) as Record<string, unknown>);
  }

  /** Variables that are set and not empty. */
  addEnvironment(env: Environment, settings: readonly Setting[]): void {
    const given = settings.flatMap((setting) => {
      const value = env[setting.variable] ?? "";
      const place: Place = { kind: "environment", variable: setting.variable };
      return value === "" ? [] : [{ path: pathOf(setting), value, place }];
    });
    for (const { path, value, place } of deepestFirst(given)) this.#put(path, fromText(value, path), place);
  }

  addFlags(flags: readonly GivenFlag[]): void {
    const given = flags.map(({ flag, path, value }) => ({
      path: path.split("."),
      value,
      place: { kind: "flag", flag } as const,
    }));
    for (const { path, value, place } of deepestFirst(given)) this.#put(path, fromText(value, path), place);
  }

  addTargets(targets: readonly FoundTarget[]): void {
    for (const { name, target, variables } of targets)
      for (const [field, value] of Object.entries(target)) {
        const variable = variables[field] ?? variables["key"] ?? name;
        this.#put(["targets", name, field], value, { kind: "environment", variable });
      }
  }

  /** A section of another kind of variable. */
  addSection(section: string, value: unknown, variable: string): void {
    this.#put([section], value, { kind: "environment", variable });
  }

  /** What nobody wrote, and is there all the same. */
  addDefault(section: string, name: string, value: unknown): void {
    const inside = this.tree[section] ?? {};
    this.tree[section] = { ...inside, [name]: value };
  }

  /** Where the value of a path is from; null: it is a default. */
  originOf(path: Path): Place | null {
    for (let length = path.length; length > 0; length--) {
      const set = this.#set.get(pathKey(path.slice(0, length)));
      if (set !== undefined) return set;
    }
    return this.#file !== null && valueAt(this.#file.value, path) !== undefined
      ? this.#file.source.placeOf(path)
      : null;
  }

  /** Where to look when the value of a path is wrong, or missing. */
  placeOf(path: Path, of: "value" | "key" = "value"): Place | null {
    for (let length = path.length; length > 0; length--) {
      const at = path.slice(0, length);
      const set = this.#set.get(pathKey(at)) ?? this.#below(at);
      if (set !== undefined) return set;
      if (this.#file !== null && valueAt(this.#file.value, at) !== undefined)
        return this.#file.source.placeOf(path, of);
    }
    return this.#file?.source.placeOf([]) ?? null;
  }

  // A target of the environment lacks a field: what there is of it is from there.
  #below(path: Path): Place | undefined {
    if (path.length < 2) return undefined;
    const start = pathKey(path).slice(0, -1);
    for (const [key, place] of this.#set) if (key.startsWith(`${start},`)) return place;
    return undefined;
  }

  #put(path: Path, value: unknown, place: Place): void {
    let inner: Record<string | number, unknown> = this.tree;
    for (const part of path.slice(0, -1)) {
      const next = Object.hasOwn(inner, part) ? inner[part] : undefined;
      // `admin: false` below, a port for it above: the port's layer decides.
      const isTree = typeof next === "object" && next !== null && !Array.isArray(next);
      inner = (isTree ? next : (inner[part] = {})) as Record<string, unknown>;
    }
    inner[path.at(-1) as string] = value;
    this.#set.set(pathKey(path), place);
  }
}

// In one layer `admin: false` wins over its port.
function deepestFirst<T extends { readonly path: Path }>(given: readonly T[]): T[] {
  return given.toSorted((a, b) => b.path.length - a.path.length);
}
