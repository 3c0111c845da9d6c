/** Puts environment variables into the texts of a configuration: `${NAME}`, and `${NAME:-default}`. */
import { type Path, pathKey } from "./path.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Interpolated {
  readonly value: unknown;
  /** What stood in the file, by path, for each text that a variable was put into. */
  readonly originals: ReadonlyMap<string, string>;
  readonly faults: readonly { readonly path: Path; readonly expected: string; readonly received: string }[];
}

/**
 * A variable that is not set, or empty, is a fault unless a default stands beside it: an empty key would be refused by the
 * provider long after the start. `$${` is a plain `${`. Names are left alone.
 */
export function interpolate(tree: unknown, env: Environment): Interpolated {
  const originals = new Map<string, string>();
  const faults: { path: Path; expected: string; received: string }[] = [];
  const visit = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((item, at) => visit(item, [...path, at]));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, visit(inner, [...path, key])]));
    if (typeof value !== "string" || !value.includes("${")) return value;
    const { text, isFilled, wrong } = filled(value, env);
    if (isFilled) originals.set(pathKey(path), value);
    for (const one of wrong) faults.push({ path, ...one });
    return text;
  };
  return { value: visit(tree, []), originals, faults };
}

const REFERENCE = /\$\$\{|\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}|\$\{/g;

function filled(
  text: string,
  env: Environment,
): { text: string; isFilled: boolean; wrong: { expected: string; received: string }[] } {
  const wrong: { expected: string; received: string }[] = [];
  let isFilled = false;
  const made = text.replaceAll(REFERENCE, (whole: string, name: string | undefined, instead: string | undefined) => {
    if (whole === "$${") return "${";
    if (name === undefined) {
      wrong.push({ expected: "${NAME} or ${NAME:-default} ($${ for a plain ${)", received: "another form" });
      return "";
    }
    isFilled = true;
    const value = env[name];
    if (value !== undefined && value !== "") return value;
    if (instead !== undefined) return instead;
    const expected = `the environment variable ${name} (or a default: \${${name}:-…})`;
    wrong.push({ expected, received: value === undefined ? `no ${name} in the environment` : `an empty ${name}` });
    return "";
  });
  return { text: made, isFilled, wrong };
}

/** The text as it stood, without what may be a secret in it: a default. */
export function withoutDefaults(original: string): string {
  return original.replaceAll(REFERENCE, (whole: string, name: string | undefined, instead: string | undefined) =>
    name === undefined || instead === undefined || instead === "" ? whole : `\${${name}:-…}`,
  );
}
