/** `recloser init`: writes a configuration that `recloser config validate` takes, and says what to do next. */
import { open } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { CommandFailure } from "../command-failure.ts";
import { EXIT } from "../exit-code.ts";
import type { Shell } from "../shell.ts";
import { UsageError } from "../usage-error.ts";
import type { InitGiven } from "./command.ts";
import { template, variablesIn } from "./template.ts";
import { type Ask, type Wishes, wishesOf } from "./wishes.ts";

/** @throws CommandFailure, or UsageError for an option that the configuration would not take */
export async function init(shell: Shell, file: string, given: InitGiven): Promise<void> {
  if (!/\.ya?ml$/.test(file)) throw new UsageError("[file]", "a name that ends with .yaml", file);
  const wishes = await asked(shell, given);
  if (wishes === null) throw new CommandFailure(EXIT.cancelled, "nothing was written");
  const text = template(wishes, file);
  await check(text, file, shell.env);
  await write(file, text, given.force === true);
  shell.stdout.write(`${file}\n`);
  shell.stderr.write(`recloser: written; ${nextStep(text, file, shell.env)}\n`);
}

async function asked(shell: Shell, given: InitGiven): Promise<Wishes | null> {
  const { stdin, stderr } = shell;
  if (given.yes === true || stdin?.isTTY !== true || !stderr.isTTY) return wishesOf(shell, given, null);
  const lines = createInterface({ input: stdin, output: stderr });
  // The interface takes Ctrl-C for itself, and Ctrl-D ends it without an answer.
  lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  const ended = new Promise<null>((resolve) => lines.once("close", () => resolve(null)));
  const ask: Ask = (question) => lines.question(question);
  try {
    return await Promise.race([wishesOf(shell, given, ask), ended]);
  } finally {
    lines.close();
  }
}

// By the gateway's own check, with every variable that it names set to something.
async function check(text: string, file: string, env: Shell["env"]): Promise<void> {
  const { ConfigError, loadConfig } = await import("@recloser/gateway/config");
  const filled = Object.fromEntries(variablesIn(text).map((name) => [name, env[name] || PLACEHOLDER]));
  try {
    loadConfig({ file: { name: file, bytes: new TextEncoder().encode(text) }, env: filled });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [issue] = error.issues;
    throw new UsageError(OPTIONS[issue?.path.join(".") ?? ""] ?? "init", issue?.expected ?? "", issue?.received ?? "");
  }
}

// A store's, where a store's is needed.
const PLACEHOLDER = "redis://placeholder:6379";

const OPTIONS: Readonly<Record<string, string>> = {
  "store.url": "--store",
  "store.namespace": "--namespace",
  "listen.port": "--port",
  "admin.port": "--admin-port",
};

async function write(file: string, text: string, force: boolean): Promise<void> {
  try {
    const handle = await open(file, force ? "w" : "wx");
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST")
      throw new CommandFailure(EXIT.failed, `${file} is there already, and is left as it is: --force overwrites it`);
    throw new CommandFailure(EXIT.failed, `${file} cannot be written (${code ?? "unknown"})`);
  }
}

function nextStep(text: string, file: string, env: Shell["env"]): string {
  const missing = variablesIn(text).filter((name) => (env[name] ?? "") === "");
  const first = missing.length === 0 ? "" : `set ${missing.join(", ")}, then `;
  return `${first}recloser config validate ${file} && recloser serve --config ${file}`;
}
