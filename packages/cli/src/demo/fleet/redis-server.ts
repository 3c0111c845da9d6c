/** The Redis of the demo: a server of the user's, reached through a relay, or one that is started for it. */
import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { machineClock } from "../clock.ts";
import { openRelay } from "./relay.ts";

const SERVERS = ["redis-server", "valkey-server", "redis-server.exe"];
const STARTS_WITHIN_MS = 10_000;

export interface RedisServer extends AsyncDisposable {
  /** For the replicas. */
  readonly url: string;
  /** For people: what it is, without a password. */
  readonly says: string;
  readonly pid: number | null;
  /** Stops it without a word: connections stay, and nothing answers. Null where that cannot be done. */
  readonly halt: { stop(): void; continue(): void } | null;
}

/** There is no Redis to be had; the message says what to do. */
export class NoRedisError extends Error {
  override readonly name = "NoRedisError";
}

/** A server of the user's. It is left alone: what stops is the demo's own way to it. */
export async function redisAt(url: string): Promise<RedisServer> {
  const parsed = new URL(url);
  const says = `${parsed.protocol}//${parsed.host}`;
  if (parsed.protocol === "rediss:") {
    // A certificate is for the server's own name, so nobody can stand between.
    return { url, says, pid: null, halt: null, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const relay = await openRelay(parsed.hostname.replace(/^\[|\]$/g, ""), Number(parsed.port || 6_379));
  parsed.hostname = "127.0.0.1";
  parsed.port = String(relay.port);
  const halt = { stop: relay.stop, continue: relay.continue };
  return { url: parsed.href, says, pid: null, halt, [Symbol.asyncDispose]: relay.close };
}

/** Starts one from the path: in memory, on loopback, on a free port. @throws NoRedisError when there is none */
export async function startRedis(path: string, howToName: string): Promise<RedisServer> {
  const binary = onPath(SERVERS, path);
  if (binary === null)
    throw new NoRedisError(
      `there is no Redis to share by: neither redis-server nor valkey-server is on the PATH.
Install one (apt install redis-server, brew install valkey, …), or name one that runs:
  ${howToName} --redis=redis://localhost:6379   (or REDIS_URL=redis://…)`,
    );
  const port = await freePort();
  const child = await listening(binary, port, path);
  const pid = child.pid as number;
  return {
    url: `redis://127.0.0.1:${port}`,
    says: `${binary} on port ${port}`,
    pid,
    halt: { stop: () => void child.kill("SIGSTOP"), continue: () => void child.kill("SIGCONT") },
    [Symbol.asyncDispose]: () => ended(child),
  };
}

async function listening(binary: string, port: number, path: string): Promise<ChildProcess> {
  const config = { port: String(port), bind: "127.0.0.1", save: "", appendonly: "no", daemonize: "no", logfile: "" };
  const args = Object.entries(config).flatMap(([name, value]) => [`--${name}`, value]);
  // Linux can end it with the demo, even one that is killed and has no replica left; elsewhere the replicas do.
  const setpriv = process.platform === "linux" ? onPath(["setpriv"], path) : null;
  const command = setpriv ?? binary;
  const words = setpriv === null ? args : ["--pdeathsig", "KILL", binary, ...args];
  // In a group of its own, or a terminal's Ctrl-C would end it before the replicas.
  const child = spawn(command, words, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  let said = "";
  let hasFailed = false;
  child.once("error", (error) => {
    hasFailed = true;
    said = error.message;
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (bytes: Buffer) => (said += bytes.toString()));
  const untilMs = machineClock.now() + STARTS_WITHIN_MS;
  while (!said.includes("Ready to accept connections")) {
    if (hasFailed || child.exitCode !== null || machineClock.now() > untilMs) {
      await ended(child);
      throw new NoRedisError(`${binary} did not start: ${said.slice(-300).trim()}`);
    }
    await machineClock.sleep(5);
  }
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await exit;
}

function onPath(names: readonly string[], path: string): string | null {
  for (const folder of path.split(delimiter).filter((each) => each !== ""))
    for (const name of names)
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {} // the next one
  return null;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
