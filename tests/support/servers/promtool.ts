/** Prometheus' own checker of metrics and rules, of Debian. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { unpacked } from "./debian-packages.ts";

let found: Promise<string> | null = null;

/** Whether it can be had. With `CI=true` one that cannot is an error. */
export async function hasPromtool(): Promise<boolean> {
  try {
    await (found ??= find());
    return true;
  } catch (error) {
    found = null;
    if (process.env["CI"] === "true") throw error;
    console.log(`tests with promtool are skipped: ${String(error)}`);
    return false;
  }
}

async function find(): Promise<string> {
  return join(await unpacked("prometheus", ["prometheus"]), "usr/bin/promtool");
}

/** Runs it with `input` on stdin. */
export async function promtool(args: readonly string[], input = ""): Promise<{ code: number | null; said: string }> {
  const child = spawn(await (found ??= find()), args, { stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  child.stdout.on("data", (text: Buffer) => (said += text.toString()));
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  child.stdin.end(input);
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, said })));
}
