/** A real Redis server for a test: found or fetched, on a free port, ended with its test and never outliving it. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";

const run = promisify(execFile);
const CACHE = fileURLToPath(new URL("../../../.cache/redis-server", import.meta.url));
// redis-check-rdb is the server's binary: it looks at the name it was started by.
const PACKAGES = ["redis-tools", "libjemalloc2", "liblzf1"];
const STARTS_WITHIN_MS = 10_000;

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

interface Binary {
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

export async function startRedis(options: Readonly<Record<string, string>> = {}): Promise<RedisServer> {
  const binary = await (found ??= findBinary());
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

async function start(
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
  const env = {
    ...process.env,
    LD_LIBRARY_PATH: [libraries, process.env["LD_LIBRARY_PATH"]].filter(Boolean).join(delimiter),
  };
  const child = spawn("setpriv", ["--pdeathsig", "KILL", path, ...config], { env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const deadlineMs = Date.now() + STARTS_WITHIN_MS;
  while (!said.includes("Ready to accept connections")) {
    if (child.exitCode !== null || Date.now() > deadlineMs) {
      child.kill("SIGKILL");
      throw new Error(`redis-server did not start on port ${port}: ${said.slice(-500)}`);
    }
    await sleep(5);
  }
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await exit;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function findBinary(): Promise<Binary> {
  const named = process.env["RECLOSER_REDIS_SERVER"];
  if (named !== undefined) return { path: named, libraries: "" };
  for (const folder of (process.env["PATH"] ?? "").split(delimiter))
    for (const name of ["redis-server", "valkey-server"])
      if (isExecutable(join(folder, name))) return { path: join(folder, name), libraries: "" };
  if (!existsSync(CACHE)) await fetchPackages();
  return { path: join(CACHE, "redis-server"), libraries: libraryFolder() };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function libraryFolder(): string {
  const folder = join(CACHE, "usr/lib");
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .join(delimiter);
}

// Debian's packages, unpacked without root; made complete beside its place, since several test files may look at once.
async function fetchPackages(): Promise<void> {
  mkdirSync(join(CACHE, ".."), { recursive: true });
  const folder = mkdtempSync(`${CACHE}-`);
  try {
    await run("apt-get", ["download", ...PACKAGES], { cwd: folder }).catch(async () => {
      await run("apt-get", ["update", "-qq"]);
      await run("apt-get", ["download", ...PACKAGES], { cwd: folder });
    });
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".deb")))
      await run("dpkg-deb", ["-x", file, "."], { cwd: folder });
    symlinkSync("usr/bin/redis-check-rdb", join(folder, "redis-server"));
    renameSync(folder, CACHE);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    if (!existsSync(CACHE)) throw error; // another one was faster
  }
}
