/** The application as it is started for real, three times, on one Redis. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const START = fileURLToPath(new URL("../../examples/nl2sql/src/start.ts", import.meta.url));
const STARTS_WITHIN_MS = 90_000;

export interface Replica {
  readonly url: string;
  close(): Promise<void>;
}

export async function startReplica(providerUrl: string, redisUrl: string): Promise<Replica> {
  const env = {
    ...process.env,
    PORT: "0",
    OPENAI_API_KEY: "none",
    OPENAI_BASE_URL: providerUrl,
    MODEL: "simulated-large",
    REDIS_URL: redisUrl,
    DATABASE_URL: "",
  };
  // However this process ends, no replica outlives it.
  const node = ["--pdeathsig", "KILL", process.execPath, "--conditions=recloser-source", "--import", "tsx", START];
  const child = spawn("setpriv", node, {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    return { url: await urlOf(child), close: () => ended(child) };
  } catch (error) {
    await ended(child);
    throw error;
  }
}

function urlOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const timer = setTimeout(() => reject(new Error(`a replica did not start: ${said}`)), STARTS_WITHIN_MS);
    child.once("exit", () => reject(new Error(`a replica ended: ${said}`)));
    child.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const url = /open\s+(http:\S+)\n/.exec(said)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await exit;
  clearTimeout(timer);
}
