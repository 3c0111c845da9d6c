/** Compares a value with a JSON schema: as much of one as openapi.json uses. For its test. */

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** @returns what is wrong, each with its place; nothing when all is well */
export function faults(
  value: unknown,
  schema: Schema,
  named: Readonly<Record<string, Schema>>,
  place = "",
): readonly string[] {
  if (schema.$ref !== undefined) return faults(value, named[schema.$ref.split("/").at(-1) ?? ""] ?? {}, named, place);
  const ways = schema.oneOf ?? schema.anyOf;
  if (ways !== undefined) {
    const all = ways.map((way) => faults(value, way, named, place));
    return all.some((one) => one.length === 0) ? [] : [`${place} is none of them: ${all.flat().join("; ")}`];
  }
  const found = typeFault(value, schema, place);
  if (found !== null) return [found];
  if (Array.isArray(value))
    return value.flatMap((one, at) => faults(one, schema.items ?? {}, named, `${place}[${at}]`));
  return typeof value === "object" && value !== null ? objectFaults(value, schema, named, place) : [];
}

function objectFaults(
  value: object,
  { properties = {}, required = [], additionalProperties = true }: Schema,
  named: Readonly<Record<string, Schema>>,
  place: string,
): readonly string[] {
  const missing = required.filter((name) => !(name in value)).map((name) => `${place}.${name} is missing`);
  const others = Object.entries(value).flatMap(([name, one]) => {
    const own = properties[name] ?? (typeof additionalProperties === "object" ? additionalProperties : null);
    if (own !== null) return faults(one, own, named, `${place}.${name}`);
    return additionalProperties === false ? [`${place}.${name} is not in the schema`] : [];
  });
  return [...missing, ...others];
}

function typeFault(value: unknown, schema: Schema, place: string): string | null {
  const { type } = schema;
  const is = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  const types = typeof type === "string" ? [type] : (type ?? [is]);
  const fits = types.some((one) => one === is || (one === "integer" && Number.isInteger(value)));
  if (!fits) return `${place} is ${is}, not ${types.join(" or ")}`;
  if (schema.const !== undefined && schema.const !== value) return `${place} is not ${schema.const}`;
  return schema.enum !== undefined && !schema.enum.includes(value) ? `${place} is ${String(value)}` : null;
}
