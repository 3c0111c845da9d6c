/** What every test server needs as a process: a free port, a start that is waited for, an end that is certain. */
import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const STARTS_WITHIN_MS = 20_000;

/**
 * Starts a server that ends with its parent, and waits until it says that it is ready.
 *
 * @param command the program and its arguments
 * @param ready what it prints when it is
 * @throws with the end of what it printed, when it ended or took too long
 */
export async function started(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  ready: string,
  who: { readonly uid: number; readonly gid: number } | null = null,
): Promise<ChildProcess> {
  const identity = who === null ? [] : [`--reuid=${who.uid}`, `--regid=${who.gid}`, "--clear-groups"];
  const args = ["--pdeathsig", "KILL", ...identity, ...command];
  const child = spawn("setpriv", args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const deadlineMs = Date.now() + STARTS_WITHIN_MS;
  while (!said.includes(ready)) {
    if (child.exitCode !== null || Date.now() > deadlineMs) {
      child.kill("SIGKILL");
      throw new Error(`${command.slice(0, 1).join()} did not start: ${said.slice(-500)}`);
    }
    await sleep(5);
  }
  return child;
}

/** Ends it at once, and waits for its end. */
export async function ended(child: ChildProcess, signal: "SIGKILL" | "SIGQUIT" | "SIGINT" = "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  if (signal !== "SIGKILL") child.kill("SIGCONT"); // one that was paused would never hear it
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

/** The first of these programs on the path; null: none. */
export function onPath(...names: readonly string[]): string | null {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter))
    for (const name of names) if (isExecutable(join(folder, name))) return join(folder, name);
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `LD_LIBRARY_PATH` with these folders before what is there. */
export function withLibraries(libraries: string): NodeJS.ProcessEnv {
  const path = [libraries, process.env["LD_LIBRARY_PATH"]].filter(Boolean).join(delimiter);
  return path === "" ? process.env : { ...process.env, LD_LIBRARY_PATH: path };
}
