/** Reads the gateway's configuration for a command, and says what is wrong with it. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { GivenFlag, LoadedConfig } from "@recloser/gateway/config";
import { EXIT } from "../exit-code.ts";
import type { Shell } from "../shell.ts";

/** Where `recloser init` writes it. */
export const USUAL_FILE = "recloser.yaml";

export interface Wanted {
  /** Undefined: no file. */
  readonly file: string | undefined;
  readonly flags: readonly GivenFlag[];
}

/** A fault that can be shown: of the configuration, or of the file it should be in. */
export class UnusableConfigError extends Error {
  override readonly name = "UnusableConfigError";
  /** With the path of each field, for programs; empty where there is no file to speak of. */
  readonly issues: readonly {
    readonly path: string;
    readonly expected: string;
    readonly received: string;
    readonly place: string | null;
  }[];

  constructor(message: string, issues: UnusableConfigError["issues"] = []) {
    super(message);
    this.issues = issues;
  }
}

/** @throws UnusableConfigError */
export async function load({ env }: Pick<Shell, "env">, { file: name, flags }: Wanted): Promise<LoadedConfig> {
  const { ConfigError, loadConfig, pathText, placeText } = await import("@recloser/gateway/config");
  const file = name === undefined ? null : { name, bytes: await bytesOf(name) };
  try {
    return loadConfig({ file, env, flags });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const faults = error.issues.length + error.left;
    const head = `the configuration has ${faults === 1 ? "a fault" : `${faults} faults`}`;
    throw new UnusableConfigError(
      `${head}:\n${error.message.replaceAll(/^/gm, "  ")}`,
      error.issues.map(({ path, expected, received, place }) => ({
        path: pathText(path),
        expected,
        received,
        place: place === null ? null : placeText(place),
      })),
    );
  }
}

/** For commands that end where the configuration is wrong. @returns null: told, and the exit code is set */
export async function loadOrTell(shell: Shell, wanted: Wanted): Promise<LoadedConfig | null> {
  try {
    const loaded = await load(shell, wanted);
    if (wanted.file === undefined && existsSync(USUAL_FILE))
      shell.stderr.write(`recloser: ${USUAL_FILE} is here, and is not read: --config ${USUAL_FILE}\n`);
    for (const notice of loaded.notices) shell.stderr.write(`recloser: ${notice}\n`);
    return loaded;
  } catch (error) {
    if (!(error instanceof UnusableConfigError)) throw error;
    shell.stderr.write(`recloser: ${error.message}\n`);
    shell.exitWith(EXIT.failed);
    return null;
  }
}

async function bytesOf(name: string): Promise<Uint8Array> {
  try {
    return await readFile(name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UnusableConfigError(`${name}: ${READING[code ?? ""] ?? `it cannot be read (${code ?? "unknown"})`}`);
  }
}

const READING: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a directory",
  EACCES: "it may not be read by this user",
};
