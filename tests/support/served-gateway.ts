/** `recloser serve` in a process of its own: what a user starts, from source or, with RECLOSER_TEST_BUILT=1, as built. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { ended } from "./servers/server-process.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const COMMAND =
  process.env["RECLOSER_TEST_BUILT"] === "1"
    ? ["packages/cli/dist/bin.js"]
    : ["--conditions=recloser-source", "--import", "tsx", "packages/cli/src/bin.ts"];
// Nothing of the machine that the tests run on.
const NO_SETTINGS = Object.fromEntries(
  Object.keys(process.env).flatMap((name) => (OURS(name) ? [[name, undefined]] : [])),
);

function OURS(name: string): boolean {
  return /^RECLOSER_|^OTEL_|_API_KEY$|_BASE_URL$/.test(name);
}

export interface ServedGateway extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly url: string;
  readonly pid: number;
  /** All that it has said to people. */
  said(): string;
  signal(signal: NodeJS.Signals): void;
  /** Ends it in the middle of whatever it does. */
  kill(): Promise<void>;
  /** Ends it as an operator does, and gives its exit code. */
  stop(): Promise<number | null>;
}

/**
 * Started and listening.
 *
 * @param config as in a user's file, which JSON is
 * @param flags further ones of the command
 */
export async function startServed(config: object, flags: readonly string[] = []): Promise<ServedGateway> {
  const folder = mkdtempSync(join(tmpdir(), "recloser-served-"));
  const file = join(folder, "recloser.json");
  writeFileSync(file, JSON.stringify({ listen: { port: 0 }, admin: { port: 0 }, log: { level: "silent" }, ...config }));
  // It ends with its parent, whatever becomes of that.
  const args = ["--pdeathsig", "KILL", process.execPath, ...COMMAND, "serve", "--json", "--config", file, ...flags];
  const child = spawn("setpriv", args, {
    cwd: ROOT,
    env: { ...process.env, ...NO_SETTINGS },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const url = await listening(child, () => said);
  rmSync(folder, { recursive: true });
  const kill = (): Promise<void> => ended(child);
  return {
    url,
    pid: child.pid as number,
    said: () => said,
    signal: (signal) => void child.kill(signal),
    kill,
    async stop() {
      const code = new Promise<number | null>((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      return code;
    },
    [Symbol.asyncDispose]: kill,
  };
}

/** The same, ended when the running test is over. */
export async function servedGateway(config: object, flags: readonly string[] = []): Promise<ServedGateway> {
  const served = await startServed(config, flags);
  onTestFinished(() => served.kill());
  return served;
}

function listening(child: ChildProcess, said: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      const url = /"url":"([^"]+)"/.exec(out)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once("exit", (code) => reject(new Error(`the gateway ended with ${code} before it listened: ${said()}`)));
  });
}
