/** Runs a module in a process of its own: whether it ends by itself can be seen nowhere else. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
// Less than a test's time, and than any wait that a child must not sit out.
const LONGEST_MS = 25_000;

/**
 * The exit code (null if it had to be killed) and the lines it printed. Imports resolve from the repository's root.
 *
 * @param environment beside this process's own
 */
export function runChild(
  source: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; out: string[] }> {
  const args = ["--import", "tsx", "--conditions=recloser-source", "--input-type=module", "--eval", source];
  return new Promise((resolve) => {
    const options = { cwd: ROOT, timeout: LONGEST_MS, env: { ...process.env, ...environment } };
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : null;
      resolve({ code, out: `${stdout}${stderr}`.split("\n").filter((line) => line !== "") });
    });
  });
}
