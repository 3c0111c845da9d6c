/** A question before something is done to several breakers. */
import { createInterface } from "node:readline/promises";
import type { Shell } from "../shell.ts";

/** Null: there is nobody to ask. No answer is no. */
export async function confirmed(
  { stdin, stderr }: Shell,
  question: string,
  signal: AbortSignal,
): Promise<boolean | null> {
  if (stdin?.isTTY !== true || !stderr.isTTY) return null;
  const asked = createInterface({ input: stdin, output: stderr });
  // The interface takes Ctrl-C for itself, and Ctrl-D ends it without an answer.
  asked.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  const ended = new Promise<string>((resolve) => asked.once("close", () => resolve("")));
  try {
    const answer = await Promise.race([asked.question(`${question} [y/N] `, { signal }), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    asked.close();
  }
}
