/** How the provider's options, faults and schedules are checked: every refusal names the field, in code and over HTTP. */
import { InvalidOptionError } from "../../errors.ts";

/** Throws `InvalidOptionError` unless `value` is fit for the option of that name. */
export type Check = (value: unknown, option: string) => void;
export type Fields = Readonly<Record<string, unknown>>;

export function refuse(option: string, expected: string, received: unknown): never {
  throw new InvalidOptionError(option, expected, received);
}

export function optional(check: Check): Check {
  return (value, option) => {
    if (value !== undefined) check(value, option);
  };
}

export function numberBetween(least: number, most: number, unit: string): Check {
  const expected =
    most === Infinity ? `a finite number of ${unit} ≥ ${least}` : `a number of ${unit} from ${least} to ${most}`;
  return (value, option) => {
    if (typeof value !== "number" || !Number.isFinite(value) || value < least || value > most)
      refuse(option, expected, value);
  };
}

export function integerBetween(least: number, most: number, unit: string): Check {
  const expected =
    most === Infinity ? `a whole number of ${unit} ≥ ${least}` : `a whole number of ${unit} from ${least} to ${most}`;
  return (value, option) => {
    if (!Number.isSafeInteger(value) || (value as number) < least || (value as number) > most)
      refuse(option, expected, value);
  };
}

export function oneOf(...allowed: readonly (string | number | boolean)[]): Check {
  return (value, option) => {
    if (!allowed.includes(value as string))
      refuse(option, `one of ${allowed.map((each) => JSON.stringify(each)).join(", ")}`, value);
  };
}

export const milliseconds: Check = numberBetween(0, Infinity, "milliseconds");
export const truth: Check = oneOf(true, false);

/** `value` as an object of known fields; an unknown one is refused by its name, for a typing error would else do nothing. */
export function fieldsOf(value: unknown, option: string, checks: Readonly<Record<string, Check>>): Fields {
  const fields = objectOf(value, option);
  for (const name of Object.keys(fields)) {
    if (!Object.hasOwn(checks, name))
      refuse(inside(option, name), `no such field (known: ${Object.keys(checks).join(", ")})`, fields[name]);
  }
  for (const [name, check] of Object.entries(checks)) check(fields[name], inside(option, name));
  return fields;
}

export function objectOf(value: unknown, option: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    refuse(option === "" ? "options" : option, "an object", value);
  return value as Fields;
}

function inside(option: string, name: string): string {
  return option === "" ? name : `${option}.${name}`;
}
