/** Reads a configuration from file, environment and flags, and checks all of it. */
import type { CheckedFile } from "./checked-file.ts";
import type { GatewayConfig } from "./config.ts";
import { isSwitchedOff, otlpOfEnvironment } from "./environment-otlp.ts";
import { type FoundTargets, SIMULATED_TARGET, targetsOf } from "./environment-targets.ts";
import { filledIn } from "./filled-in.ts";
import { file as schema } from "./file-schema.ts";
import { fromText } from "./from-text.ts";
import { type Environment, interpolate } from "./interpolate.ts";
import { ConfigError, type ConfigIssue } from "./issue.ts";
import { type GivenFlag, Layers } from "./layers.ts";
import { type Path, pathKey, valueAt } from "./path.ts";
import { policyFaults } from "./policy-check.ts";
import { NOT_IN_A_FILE } from "./policy-schema.ts";
import { readSource, type Source } from "./read-source.ts";
import { isSecretPath, receivedText } from "./received.ts";
import { brokenRules } from "./rules.ts";
import { resolve } from "./resolve.ts";
import { sectionsOf } from "./sections.ts";
import { SETTINGS } from "./settings.generated.ts";
import { unknownVariables } from "./unknown-variables.ts";
import { foundIn } from "./zod-issues.ts";

export interface LoadOptions {
  /** Its name, whose ending says what it is written in, and what is in it; null: no file. */
  readonly file: { readonly name: string; readonly bytes: Uint8Array } | null;
  readonly env: Environment;
  readonly flags?: readonly GivenFlag[];
}

export interface LoadedConfig {
  readonly config: GatewayConfig;
  /** Processes that share the port. */
  readonly workers: number;
  /** The same in the words of the file, defaults filled in; secrets are in it. */
  readonly checked: CheckedFile;
  /** What texts of the file stood in place of, by path key. */
  readonly originals: ReadonlyMap<string, string>;
  readonly layers: Layers;
  /** What is right and still worth saying. */
  readonly notices: readonly string[];
}

/**
 * @throws ConfigError with every issue there is
 * @example
 * const bytes = await readFile("recloser.yaml");
 * const { config } = loadConfig({ file: { name: "recloser.yaml", bytes }, env: process.env });
 */
export function loadConfig({ file, env, flags = [] }: LoadOptions): LoadedConfig {
  const read = file === null ? null : sourceOf(file);
  const filled = interpolate(read?.value ?? {}, env);
  const layers = new Layers(read === null ? null : { source: read, value: filled.value });
  for (const path of [...filled.originals.keys()].map((key) => JSON.parse(key) as Path)) coerce(layers.tree, path);
  layers.addEnvironment(env, SETTINGS);
  layers.addFlags(flags);
  const found = environmentTargets(layers, env);
  environmentOtlp(layers, env);

  const issues: ConfigIssue[] = [
    ...(read?.issues ?? []),
    ...filled.faults.map((fault) => ({ ...fault, place: layers.placeOf(fault.path) })),
    ...flags.flatMap(secretInFlag),
  ];
  const { success, data } = check(layers, filled.originals, issues);
  if (issues.length > 0 || !success) throw new ConfigError(issues);
  const checked = filledIn(data);
  return {
    config: resolve(checked),
    workers: checked.workers,
    checked,
    originals: filled.originals,
    layers,
    notices: [...found.notices, ...unknownVariables(env, SETTINGS)],
  };
}

function sourceOf({ name, bytes }: { readonly name: string; readonly bytes: Uint8Array }): Source {
  const source = readSource(name, bytes);
  if (!("placeOf" in source)) throw new ConfigError(source);
  const { value } = source;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return source;
  const received = receivedText(value, true);
  throw new ConfigError([{ path: [], expected: "an object", received, place: source.placeOf([]) }]);
}

// Arguments can be read by every process of the machine, and stay in the shell's history.
function secretInFlag({ flag, path, value }: GivenFlag): ConfigIssue[] {
  if (!/\/\/[^/@\s]*@/.test(value)) return [];
  const variable = SETTINGS.find((setting) => setting.flag === flag)?.variable ?? "a variable";
  const expected = `no user and password in an argument, which every process can read: set ${variable}`;
  return [{ path: path.split("."), expected, received: "a URL with some", place: { kind: "flag", flag } }];
}

// A variable is a text where a number may have to stand.
function coerce(tree: unknown, path: Path): void {
  const within = valueAt(tree, path.slice(0, -1)) as Record<string | number, unknown>;
  const name = path.at(-1) as string | number;
  within[name] = fromText(within[name] as string, path);
}

function environmentTargets(layers: Layers, env: Environment): FoundTargets {
  if (layers.tree["targets"] !== undefined) return { targets: [], notices: [] };
  const found = targetsOf(env, valueAt(layers.tree, ["listen", "port"]) ?? 8787);
  layers.addTargets(found.targets);
  layers.addDefault("targets", SIMULATED_TARGET.name, SIMULATED_TARGET.target);
  return found;
}

function environmentOtlp(layers: Layers, env: Environment): void {
  if (isSwitchedOff(env)) return layers.addSection("otlp", false, "OTEL_SDK_DISABLED");
  const said = layers.tree["otlp"] === undefined ? otlpOfEnvironment(env) : null;
  if (said !== null) layers.addSection("otlp", said.otlp, said.variable);
}

function check(
  layers: Layers,
  originals: ReadonlyMap<string, string>,
  issues: ConfigIssue[],
): { success: boolean; data: CheckedFile } {
  const { tree } = layers;
  const told = new Set(issues.map(({ path }) => pathKey(path)));
  const add = (path: Path, expected: string, received?: string, of?: "key"): void => {
    // One fault at a place: the first rule that it breaks is the one to mend.
    if (told.has(pathKey(path))) return;
    told.add(pathKey(path));
    const hidden = isSecretPath(path) || originals.has(pathKey(path));
    const came = received ?? receivedText(valueAt(tree, path), hidden);
    issues.push({ path, expected, received: came, place: layers.placeOf(path, of) });
  };
  const parsed = schema.safeParse(tree);
  for (const { path, expected, isUnknownName } of foundIn(parsed.error?.issues ?? [])) {
    if (isUnknownName) add(path, inFile(path) ?? expected, "an unknown name", "key");
    else if (!isInsideOfPolicy(path)) add(path, expected);
  }
  for (const { path, expected } of policyFaults(tree["breaker"], tree["policies"])) add(path, expected);
  for (const { path, expected, received, unlessWrong = [] } of brokenRules(sectionsOf(tree), originals))
    if (!unlessWrong.some((other) => told.has(pathKey(other)))) add(path, expected, received);
  return { success: parsed.success, data: parsed.data as CheckedFile };
}

// There the library's own check has the word.
function isInsideOfPolicy([section, ...rest]: Path): boolean {
  return (section === "breaker" && rest.length > 0) || (section === "policies" && rest.length > 1);
}

function inFile(path: Path): string | undefined {
  const name = path.at(-1) as string;
  return isInsideOfPolicy(path) && Object.hasOwn(NOT_IN_A_FILE, name) ? NOT_IN_A_FILE[name] : undefined;
}
