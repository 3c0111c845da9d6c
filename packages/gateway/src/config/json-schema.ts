/** The schema of the file as JSON Schema: for editors, for the reference, and for what asks what may stand where. */
import * as z from "zod";
import { file } from "./file-schema.ts";
import type { Path } from "./path.ts";

export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
}

let made: JsonSchema | undefined;

/** What may stand in a file, before variables are put in. */
export function fileJsonSchema(): JsonSchema {
  made ??= z.toJSONSchema(file, { io: "input" }) as JsonSchema;
  return made;
}

/** The same with what an editor needs: a name, and `${VARIABLE}` wherever a number or a truth value may stand. */
export function publishedJsonSchema(): Record<string, unknown> {
  const published = z.toJSONSchema(file, {
    io: "input",
    override: ({ jsonSchema }) => allowReference(jsonSchema),
  });
  const { $schema, ...rest } = published;
  return {
    $schema,
    title: "Recloser gateway",
    description: "The configuration of `recloser serve`.",
    ...rest,
  };
}

const REFERENCE = { type: "string", pattern: "^\\$\\{[A-Za-z_]\\w*(:-[^}]*)?\\}$" } as const;

// A text already may; what has a pattern of its own would refuse a reference.
function allowReference(schema: Record<string, unknown>): void {
  const isText = schema["type"] === "string" && (schema["pattern"] ?? schema["enum"] ?? schema["const"]) !== undefined;
  if (!isText && !["number", "integer", "boolean"].includes(String(schema["type"]))) return;
  const { description, default: fallback, ...own } = schema;
  for (const name of Object.keys(schema)) delete schema[name];
  if (description !== undefined) schema["description"] = description;
  if (fallback !== undefined) schema["default"] = fallback;
  schema["anyOf"] = [own, REFERENCE];
}

/** Every schema that may hold at a path: more than one where a value has several forms. */
export function schemasAt(path: Path, from: JsonSchema = fileJsonSchema()): JsonSchema[] {
  return path.reduce<JsonSchema[]>((schemas, part) => schemas.flatMap((schema) => within(schema, part)), forms(from));
}

function within(schema: JsonSchema, part: string | number): JsonSchema[] {
  if (typeof part === "number") return schema.items === undefined ? [] : forms(schema.items);
  const { properties, additionalProperties: others } = schema;
  if (properties !== undefined && Object.hasOwn(properties, part)) return forms(properties[part] as JsonSchema);
  return typeof others === "object" ? forms(others) : [];
}

/** The forms a value may have, unions resolved. */
export function forms(schema: JsonSchema): JsonSchema[] {
  const { anyOf, oneOf } = schema;
  const own = anyOf ?? oneOf;
  return own === undefined ? [schema] : own.flatMap(forms);
}

/** The names that an object at a path may have; null where any name is right. */
export function namesAt(path: Path): readonly string[] {
  return schemasAt(path).flatMap(({ properties }) => Object.keys(properties ?? {}));
}
