/** The built `recloser serve` in a process of its own: what signals do, and what several processes do, shows nowhere else. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { BIN } from "./cli.ts";

// Nothing of the machine that the tests run on.
const NO_KEYS = {
  OPENAI_API_KEY: "",
  ANTHROPIC_API_KEY: "",
  GEMINI_API_KEY: "",
  OPENAI_BASE_URL: "",
  OTEL_EXPORTER_OTLP_ENDPOINT: "",
};

export type Line = Readonly<Record<string, unknown>> & { readonly event: string };

export interface ServeProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly url: string;
  readonly adminUrl: string;
  /** Of its log so far. */
  lines(event: string): readonly Line[];
  /** Resolves with the log's line of that event, the first one or a later one. */
  logged(event: string, count?: number): Promise<Line>;
  /** Stdout so far. */
  printed(): string;
  /** Stderr so far. */
  said(): string;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** Writes another configuration where it reads its own. */
  rewrite(config: object): void;
}

/**
 * Ended with the running test.
 *
 * @param config as a file has it; ports that are not given are free ones
 * @param env further variables
 */
export async function serveProcess(config: object, env: Readonly<Record<string, string>> = {}): Promise<ServeProcess> {
  return startServeProcess(config, (child) => onTestFinished(() => void child.kill("SIGKILL")), env);
}

/** The same for several tests: whoever starts it ends it. */
export async function startServeProcess(
  config: object,
  started: (child: ChildProcess) => void = () => {},
  env: Readonly<Record<string, string>> = {},
): Promise<ServeProcess> {
  const file = join(mkdtempSync(join(tmpdir(), "recloser-serve-")), "recloser.json");
  const rewrite = (next: object): void =>
    writeFileSync(file, JSON.stringify({ listen: { port: 0 }, admin: { port: 0 }, ...next }));
  rewrite(config);
  const child = spawn(process.execPath, [BIN, "serve", "--config", file], {
    env: { ...process.env, ...NO_KEYS, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Also where it never comes to listen: no test may leave it behind.
  started(child);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal }));
  });
  const lines = (event: string): Line[] =>
    stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line)
      .filter((line) => line.event === event);
  const isOwn = ({ worker }: Line): boolean => worker === undefined;
  const logged = (event: string, count = 1): Promise<Line> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const line = lines(event)[count - 1];
        if (line === undefined) return;
        child.stdout.off("data", look);
        resolve(line);
      };
      child.stdout.on("data", look);
      void ended.then(() => reject(new Error(`it ended without ${event}: ${stdout}${stderr}`)));
      look();
    });
  await new Promise<void>((resolve, reject) => {
    const look = (): void => void (lines("listening").some(isOwn) && resolve());
    child.stdout.on("data", look);
    void ended.then(() => reject(new Error(`it did not start: ${stdout}${stderr}`)));
  });
  const { url, adminUrl } = lines("listening").find(isOwn) as unknown as { url: string; adminUrl: string };
  const end = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  return {
    child,
    url,
    adminUrl,
    lines,
    logged,
    printed: () => stdout,
    said: () => stderr,
    ended,
    rewrite,
    [Symbol.asyncDispose]: end,
  };
}

/** A target of a file that is at a test's own server. */
export function ownTarget(baseUrl: string, other: object = {}): object {
  return { provider: "openai", key: "secret-of-the-target", baseUrl, allowPrivate: true, ...other };
}
