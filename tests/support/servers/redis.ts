/** A real Redis server for a test: found or fetched, on a free port, ended with its test and never outliving it. */
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { librariesIn, unpacked } from "./debian-packages.ts";
import { ended, freePort, onPath, started, withLibraries } from "./server-process.ts";

export { freePort } from "./server-process.ts";

// redis-check-rdb is the server's binary: it looks at the name it was started by.
const PACKAGES = ["redis-tools", "libjemalloc2", "liblzf1"];

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Stops it without a word, as a hung machine: connections stay, nothing answers. */
  pause(): void;
  resume(): void;
  /** Ends it at once. */
  kill(): Promise<void>;
  /** Starts it again on its port, empty. */
  restart(): Promise<void>;
}

export interface Binary {
  readonly path: string;
  readonly libraries: string;
}

let found: Promise<Binary> | null = null;

/**
 * Whether tests that need Redis can run. With `CI=true` a server that cannot be had is an error; on a laptop one line says
 * that they are skipped.
 */
export async function hasRedis(): Promise<boolean> {
  try {
    await (found ??= findBinary());
    return true;
  } catch (error) {
    if (process.env["CI"] === "true") throw error;
    console.log(`tests with Redis are skipped: ${String(error)}`);
    return false;
  }
}

/** Started, and ended when the running test (or suite, by its own `after`) is over. @param options of redis.conf, by name */
export async function redisServer(options: Readonly<Record<string, string>> = {}): Promise<RedisServer> {
  const server = await startRedis(options);
  onTestFinished(() => server.kill());
  return server;
}

export async function startRedis(
  options: Readonly<Record<string, string>> = {},
  which: Promise<Binary> = (found ??= findBinary()),
): Promise<RedisServer> {
  const binary = await which;
  const port = options["port"] === undefined ? await freePort() : Number(options["port"]);
  // What a server writes at its end, or when it is told to, must not be there at the next start.
  const dir = mkdtempSync(join(tmpdir(), "recloser-redis-"));
  const withDir = { dir, ...options };
  let child = await start(binary, port, withDir);
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return child.pid as number;
    },
    pause: () => void child.kill("SIGSTOP"),
    resume: () => void child.kill("SIGCONT"),
    async kill() {
      await ended(child);
      rmSync(dir, { recursive: true, force: true });
    },
    async restart() {
      await ended(child);
      rmSync(dir, { recursive: true, force: true });
      mkdirSync(dir);
      child = await start(binary, port, withDir);
    },
  };
}

/** What a process needs in its environment to find a server on its path. */
export async function redisOnPath(): Promise<{ readonly PATH: string; readonly LD_LIBRARY_PATH: string }> {
  const { path, libraries } = await (found ??= findBinary());
  const joined = (...folders: (string | undefined)[]): string => folders.filter(Boolean).join(delimiter);
  return {
    PATH: joined(dirname(path), process.env["PATH"]),
    LD_LIBRARY_PATH: joined(libraries, process.env["LD_LIBRARY_PATH"]),
  };
}

/** A Sentinel by its own file, which it writes to. */
export async function startSentinelProcess(file: string): Promise<ChildProcess> {
  const { path, libraries } = await (found ??= findBinary());
  return started([path, file, "--sentinel"], withLibraries(libraries), "+monitor");
}

function start(
  { path, libraries }: Binary,
  port: number,
  options: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const config = Object.entries({
    port: String(port),
    bind: "127.0.0.1",
    save: "",
    appendonly: "no",
    daemonize: "no",
    logfile: "",
    ...options,
  }).flatMap(([name, value]) => [`--${name}`, value]);
  return started([path, ...config], withLibraries(libraries), "Ready to accept connections");
}

async function findBinary(): Promise<Binary> {
  const named = process.env["RECLOSER_REDIS_SERVER"] ?? onPath("redis-server", "valkey-server");
  if (named !== null) return { path: named, libraries: "" };
  const folder = await unpacked("redis-server", PACKAGES, (place) =>
    symlinkSync("usr/bin/redis-check-rdb", join(place, "redis-server")),
  );
  return { path: join(folder, "redis-server"), libraries: librariesIn(folder) };
}
