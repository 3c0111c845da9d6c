import { createRecloser, InvalidOptionError } from "recloser";
import { describe, expect, test } from "vitest";
import { fileJsonSchema, forms, type JsonSchema, publishedJsonSchema, schemasAt } from "./json-schema.ts";
import { NOT_IN_A_FILE } from "./policy-schema.ts";
import { settingsOfSchema } from "./settings.ts";
import { SETTINGS } from "./settings.generated.ts";

/** Every field of the file by its path. */
function fieldsOf(schema: JsonSchema, path: readonly string[] = []): [string, JsonSchema][] {
  return forms(schema).flatMap(({ properties = {}, additionalProperties, items }) => [
    ...Object.entries(properties).flatMap(([name, inner]): [string, JsonSchema][] => [
      [[...path, name].join("."), inner],
      ...fieldsOf(inner, [...path, name]),
    ]),
    ...(typeof additionalProperties === "object" ? fieldsOf(additionalProperties, [...path, "*"]) : []),
    ...(items === undefined ? [] : fieldsOf(items, [...path, "[]"])),
  ]);
}

const FIELDS = fieldsOf(fileJsonSchema());

describe("the published schema", () => {
  test("describes every field, in a sentence", () => {
    const without = FIELDS.filter(([, { description = "" }]) => !/^\S.*[.A-Za-z]$/s.test(description));
    expect(without.map(([path]) => path)).toEqual([]);
    expect(FIELDS.length).toBeGreaterThan(100);
  });

  test("has the default of every field, in itself or in words, unless it is required or nothing is the default", () => {
    const needNone = /Default|Required|Needed|Instead|\$schema|Set on each|where it is, in breaker keys/i;
    const required = new Set(
      ["key", "auth", "auth.kind", "auth.token", "auth.name", "auth.value"].map((field) => `targets.*.${field}`),
    );
    const without = FIELDS.filter(
      ([path, { default: fallback, description = "" }]) =>
        fallback === undefined && !needNone.test(description) && !required.has(path) && !isRequired(path),
    );
    // Sections of the policy and time limits of a target: without them, what stands above them holds.
    expect(
      without.map(([path]) => path).filter((path) => !/^(breaker|policies|targets\.\*\.timeouts)\./.test(path)),
    ).toEqual(["$schema"]);
  });

  test("lets a variable stand where a number or a truth value may", () => {
    const { properties } = publishedJsonSchema() as { properties: Record<string, JsonSchema> };
    const [listen] = forms(properties["listen"] ?? {});
    const kinds = forms(listen?.properties?.["port"] ?? {}).map(({ type }) => type);
    expect(kinds).toEqual(["integer", "string"]);
  });

  test("knows no field that is not its own", () => {
    const open = FIELDS.filter(([, schema]) =>
      forms(schema).some(
        ({ properties, additionalProperties }) => properties !== undefined && additionalProperties !== false,
      ),
    );
    expect(open.map(([path]) => path)).toEqual([]);
  });
});

function isRequired(path: string): boolean {
  const parts = path.split(".").map((part) => (part === "[]" ? 0 : part));
  return schemasAt(parts.slice(0, -1)).some(({ required = [] }) => required.includes(String(parts.at(-1))));
}

describe("the policy in the schema is the library's", () => {
  const known = (make: () => unknown): string[] => {
    try {
      make();
    } catch (error) {
      // What has no fields says what it is instead.
      if (InvalidOptionError.is(error)) return /known here: (.*)/.exec(error.expected)?.[1]?.split(", ") ?? [];
    }
    return [];
  };
  const policy = schemasAt(["breaker"]).flatMap(({ properties }) => Object.entries(properties ?? {}));

  test("option by option", () => {
    const options = known(() => createRecloser({ defaults: { "no such option": 1 } as never }));
    const inFile = options.filter((option) => !Object.hasOwn(NOT_IN_A_FILE, option));
    expect(policy.map(([name]) => name)).toEqual(inFile);
  });

  test.each(policy.map(([name]) => name))("%s field by field", (name) => {
    const inSchema = schemasAt(["breaker", name]).flatMap(({ properties }) => Object.keys(properties ?? {}));
    const inLibrary = known(() => createRecloser({ defaults: { [name]: { "no such field": 1 } } }));
    expect(inSchema).toEqual(inLibrary);
  });
});

describe("the settings", () => {
  test("are those of the schema", () => expect(SETTINGS).toEqual(settingsOfSchema()));

  test("have a flag and a variable each", () => {
    for (const names of [SETTINGS.map(({ flag }) => flag), SETTINGS.map(({ variable }) => variable)])
      expect(new Set(names).size).toBe(SETTINGS.length);
    for (const { flag, variable } of SETTINGS) {
      expect(flag).toMatch(/^--[a-z]+(-[a-z0-9]+)*$/);
      expect(variable).toMatch(/^RECLOSER_[A-Z0-9_]+$/);
    }
  });

  test("are all that has one place in the file and is no list", () => {
    const paths = FIELDS.filter(
      ([path, schema]) =>
        !path.includes("*") &&
        !path.includes("[]") &&
        path !== "$schema" &&
        forms(schema).some(({ type }) => type !== "object" && type !== "array" && type !== undefined),
    ).map(([path]) => path);
    expect(SETTINGS.map(({ path }) => path)).toEqual([...new Set(paths)]);
  });
});
