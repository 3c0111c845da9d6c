/** The built command in a process of its own, as a user runs it: `npm run test:e2e` builds first. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const BIN: string = fileURLToPath(new URL("../../packages/cli/dist/bin.js", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly firstOutputMs: number;
}
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

const running = new Set<ChildProcess>();
/** For the end of a test: whatever it started and did not end. */
export function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

export function start(args: readonly string[], env: Record<string, string> = {}): Running {
  const { CI: _, NO_COLOR: __, ...inherited } = process.env;
  const startedMs = performance.now();
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { ...inherited, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let stdout = "";
  let stderr = "";
  let firstOutputMs = Infinity;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    firstOutputMs = Math.min(firstOutputMs, performance.now() - startedMs);
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code) => {
      running.delete(child);
      resolve({ code, stdout, stderr, firstOutputMs });
    });
  });
  return { child, ended };
}

export function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return start(args, env).ended;
}

/** Resolves when the process has printed that, now or before. */
export function recorded({ child }: Pick<Running, "child">, on: "stdout" | "stderr"): (text: string) => Promise<void> {
  let all = "";
  const waiting = new Set<() => void>();
  child[on]?.on("data", (more: string) => {
    all += more;
    for (const look of [...waiting]) look();
  });
  return (text) =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${text} did not come: ${all.slice(-500)}`)), 20_000);
      const look = (): void => {
        if (!all.includes(text)) return;
        clearTimeout(late);
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
}
