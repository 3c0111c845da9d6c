/** The settings that have an environment variable and a flag: everything with one place in the file, read from the schema. */
import { fileJsonSchema, forms, type JsonSchema } from "./json-schema.ts";
import type { Path } from "./path.ts";

export interface Setting {
  /** `timeouts.firstToken` */
  readonly path: string;
  /** `--timeouts-first-token`: the path's own words, or a short name. */
  readonly flag: string;
  /** `RECLOSER_TIMEOUTS_FIRST_TOKEN` */
  readonly variable: string;
  readonly description: string;
  /** As JSON; absent: none of its own. */
  readonly default?: string;
  /** Whether it is true or false and nothing else: as a flag it needs no value. */
  readonly isTruth: boolean;
}

/** Those that are typed often. */
const SHORT: Readonly<Record<string, string>> = {
  "listen.host": "host",
  "listen.port": "port",
  "store.url": "store",
  "store.namespace": "namespace",
};

/** In the order of the schema. Lists, and what has names of the user's own (targets, routes), have their place in the file only. */
export function settingsOfSchema(): Setting[] {
  return [...leaves(fileJsonSchema(), [])].map(({ path, schema }) => {
    const dotted = path.join(".");
    const words = SHORT[dotted] ?? dotted.replaceAll(/\.|(?=[A-Z])/g, "-").toLowerCase();
    return {
      path: dotted,
      flag: `--${words}`,
      variable: `RECLOSER_${words.replaceAll("-", "_").toUpperCase()}`,
      description: schema.description ?? "",
      isTruth: forms(schema).every(({ type }) => type === "boolean"),
      ...(schema.default === undefined || typeof schema.default === "object"
        ? {}
        : { default: JSON.stringify(schema.default) }),
    };
  });
}

function* leaves(
  schema: JsonSchema,
  path: readonly string[],
): Generator<{ path: readonly string[]; schema: JsonSchema }> {
  const all = forms(schema);
  // `admin: false`, or a rule that false switches off; beside the fields of the object it may be instead.
  if (path.length > 0 && all.some(isPlain)) yield { path, schema };
  for (const { properties = {} } of all)
    for (const [name, inner] of Object.entries(properties))
      if (name !== "$schema") yield* leaves(inner, [...path, name]);
}

function isPlain({ type }: JsonSchema): boolean {
  return type !== undefined && type !== "object" && type !== "array";
}

export function pathOf({ path }: Pick<Setting, "path">): Path {
  return path.split(".");
}
