/** The tables of docs/reference/gateway-config.md: every field of the file, and every setting with its variable and flag. */
import { fileJsonSchema, forms, type JsonSchema } from "./json-schema.ts";
import { settingsOfSchema } from "./settings.ts";

export type Table = readonly (readonly string[])[];

/** By section of the file, and `settings`. */
export function referenceTables(): Readonly<Record<string, Table>> {
  const sections = Object.entries(fileJsonSchema().properties ?? {});
  const grouped: Record<string, string[][]> = {};
  for (const [name, schema] of sections) {
    const group = SINGLE.has(name) ? "top" : name;
    (grouped[group] ??= []).push(...rowsOf(name, schema));
  }
  const head = ["Field", "Type", "Default", "Meaning"];
  const settings = settingsOfSchema().map(({ path, flag, variable }) => [code(path), code(flag), code(variable)]);
  return {
    ...Object.fromEntries(Object.entries(grouped).map(([group, rows]) => [group, [head, ...rows]])),
    settings: [["Field", "Flag", "Variable"], ...settings],
  };
}

// Fields without fields of their own share a table.
const SINGLE: ReadonlySet<string> = new Set(["$schema", "workers", "drain", "log"]);

function rowsOf(path: string, schema: JsonSchema): string[][] {
  const all = forms(schema);
  const row = [code(path), typeText(all), defaultText(schema), (schema.description ?? "").replaceAll("|", "\\|")];
  const below = all.flatMap((form) => [
    ...Object.entries(form.properties ?? {}).flatMap(([name, inner]) => rowsOf(`${path}.${name}`, inner)),
    ...(typeof form.additionalProperties === "object" ? entriesOf(`${path}.<name>`, form.additionalProperties) : []),
    ...(form.items === undefined ? [] : entriesOf(`${path}[]`, form.items)),
  ]);
  // The forms of an object may share a field, such as the kind of an auth.
  const unique = new Map<string, string[]>();
  for (const [field = "", type = "", ...rest] of below) {
    const types = new Set([...(unique.get(field)?.[1]?.split(" \\| ") ?? []), type]);
    unique.set(field, [field, [...types].join(" \\| "), ...rest]);
  }
  return [row, ...unique.values()];
}

/** What lies in a list or under names of the user's own has no row unless it has fields. */
function entriesOf(path: string, schema: JsonSchema): string[][] {
  return path.startsWith("policies.") ? [] : rowsOf(path, schema).slice(1);
}

function typeText(all: readonly JsonSchema[]): string {
  const names = new Set(all.flatMap(typeNames));
  // Said once at the top of the page: either may be a number.
  const plain = names.has("duration") ? "number" : names.has("size") ? "whole number" : null;
  if (plain !== null) names.delete(plain);
  return [...names].join(" \\| ");
}

function typeNames(form: JsonSchema): string[] {
  if (form.const !== undefined) return [code(JSON.stringify(form.const))];
  if (form.enum !== undefined) return form.enum.map((value) => code(JSON.stringify(value)));
  if (form.pattern?.includes("(?:ms|s|m|h)") === true) return ["duration"];
  if (form.pattern?.includes("(?:KiB|MiB)") === true) return ["size"];
  if (form.type === "array") return [`list of ${form.items === undefined ? "anything" : typeText(forms(form.items))}`];
  if (form.type === "object") return [typeof form.additionalProperties === "object" ? "object by name" : "object"];
  return [TYPE_NAMES[form.type ?? ""] ?? form.type ?? "anything"];
}

const TYPE_NAMES: Readonly<Record<string, string>> = { integer: "whole number", string: "text" };

function defaultText({ default: value }: JsonSchema): string {
  if (value === undefined) return "";
  const isFilled = typeof value === "object" && value !== null && !Array.isArray(value);
  return isFilled && Object.keys(value).length === 0 ? "" : code(JSON.stringify(value));
}

function code(text: string): string {
  return `\`${text}\``;
}
