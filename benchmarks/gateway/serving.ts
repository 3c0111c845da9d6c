/** A server under measurement, in a process of its own that ends with this one. */
import { type ChildProcess, spawn } from "node:child_process";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { ended } from "../../tests/support/servers/server-process.ts";

const STARTS_WITHIN_MS = 60_000;

export interface Serving {
  readonly origin: string;
  readonly pid: number;
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/** Resolves when it takes connections. @param command the program and its arguments */
export async function serving(
  command: readonly string[],
  port: number,
  { env = process.env, ipc = false }: { readonly env?: NodeJS.ProcessEnv; readonly ipc?: boolean } = {},
): Promise<Serving> {
  const child = spawn("setpriv", ["--pdeathsig", "KILL", ...command], {
    env,
    stdio: ["ignore", "ignore", "pipe", ...(ipc ? (["ipc"] as const) : [])],
  });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)));
  const untilMs = Date.now() + STARTS_WITHIN_MS;
  while (!(await takesConnections(port))) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > untilMs) {
      await ended(child);
      throw new Error(`${command.join(" ")} did not start: ${said}`);
    }
    await sleep(50);
  }
  return { origin: `http://127.0.0.1:${port}`, pid: child.pid as number, child, stop: () => ended(child) };
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
