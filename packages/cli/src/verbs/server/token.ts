/** The server's token: from a file or standard input, else from the environment. */
import { readFile } from "node:fs/promises";
import { CommandFailure } from "../../command-failure.ts";
import { EXIT } from "../../exit-code.ts";
import type { Shell } from "../../shell.ts";
import { within } from "../within.ts";
import type { ServerSettings } from "./options.ts";

const STDIN_MS = 30_000;
const MOST_CHARS = 8_192;

/** Null: none is given. @throws CommandFailure for one that cannot be read, or sent */
export async function tokenOf(
  { stdin }: Pick<Shell, "stdin">,
  { token, tokenFile }: Pick<ServerSettings, "token" | "tokenFile">,
): Promise<string | null> {
  const text = tokenFile === null ? token : tokenFile === "-" ? await fromStdin(stdin) : await fromFile(tokenFile);
  const found = text?.trim() ?? "";
  if (tokenFile === null && found === "") return null;
  // What a header cannot take would be told with its value by whoever sends it.
  if (/^[\x21-\x7e]+$/.test(found)) return found;
  throw unusable(
    tokenFile === null ? "RECLOSER_TOKEN" : "--token-file",
    found === "" ? "it is empty" : "it has characters that no token has: expected visible ASCII without spaces",
  );
}

async function fromFile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw unusable("--token-file", `${JSON.stringify(file)} cannot be read (${code ?? "unknown"})`);
  }
}

async function fromStdin(stdin: Shell["stdin"]): Promise<string> {
  if (stdin === undefined || stdin.isTTY)
    throw unusable("--token-file -", "standard input is a terminal, which would show it; give it by a pipe");
  const read = async (): Promise<string> => {
    let text = "";
    for await (const part of stdin.setEncoding("utf8")) {
      text += part as string;
      if (text.length > MOST_CHARS) throw unusable("--token-file -", `it is longer than ${MOST_CHARS} characters`);
    }
    return text;
  };
  return within(STDIN_MS, read(), () => {
    stdin.destroy();
    return unusable("--token-file -", `standard input did not end within ${STDIN_MS / 1_000} s`);
  });
}

function unusable(option: string, why: string): CommandFailure {
  return new CommandFailure(EXIT.usage, `${option}: ${why}`);
}
