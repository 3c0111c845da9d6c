/** wrk, the load generator: Debian's, unpacked where the machine has none. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { librariesIn, unpacked } from "../../tests/support/servers/debian-packages.ts";
import { onPath, withLibraries } from "../../tests/support/servers/server-process.ts";

const SCRIPT = fileURLToPath(new URL("load.lua", import.meta.url));

export interface Load {
  readonly url: string;
  /** One JSON body a line; sent in turn. */
  readonly bodies: string;
  readonly headers: readonly string[];
  readonly connections: number;
  readonly durationMs: number;
}

/** What wrk saw. Microseconds; latencies as wrk corrects them for what a stalled connection did not send meanwhile. */
export interface Seen {
  readonly requests: number;
  readonly durationUs: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly bytes: number;
  /** Answers of 400 and above. */
  readonly refused: number;
  /** Connections that could not be made, broke, or were silent for too long. */
  readonly broken: number;
}

export class Wrk {
  readonly #path: string;
  readonly #libraries: string;
  readonly version: string;

  private constructor(path: string, libraries: string, version: string) {
    this.#path = path;
    this.#libraries = libraries;
    this.version = version;
  }

  static async find(): Promise<Wrk> {
    const own = onPath("wrk");
    const folder = own === null ? await unpacked("wrk", ["wrk", "libluajit2-5.1-2"]) : null;
    const path = folder === null ? (own as string) : join(folder, "usr/bin/wrk");
    const libraries = folder === null ? "" : librariesIn(folder);
    // It says its version with its help, and ends with 1.
    const help = await promisify(execFile)(path, ["-v"], { env: withLibraries(libraries) }).catch(
      (error: unknown) => error as { readonly stdout: string },
    );
    return new Wrk(path, libraries, /^wrk (?:debian\/)?(\S+)/.exec(help.stdout)?.[1] ?? "unknown");
  }

  /** One thread of wrk: it saturates any gateway, and leaves the rest of two cores to it. */
  async load({ url, bodies, headers, connections, durationMs }: Load): Promise<Seen> {
    // wrk counts in whole seconds.
    const seconds = Math.max(1, Math.round(durationMs / 1_000));
    const shape = ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "30s"];
    const { stdout } = await promisify(execFile)(this.#path, [...shape, "-s", SCRIPT, url, "--", bodies, ...headers], {
      env: withLibraries(this.#libraries),
    });
    const result = /^result (\{.*\})$/m.exec(stdout)?.[1];
    if (result === undefined) throw new Error(`wrk said nothing of its result: ${stdout.slice(-300)}`);
    return JSON.parse(result) as Seen;
  }
}
