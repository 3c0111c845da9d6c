/** The store's password: from a file, else from the environment or the URL. */
import { readFile } from "node:fs/promises";
import { CommandFailure } from "../../command-failure.ts";
import { EXIT } from "../../exit-code.ts";
import type { StoreSettings } from "./options.ts";

/** Null: none is given. @throws CommandFailure for a file that cannot be read */
export async function passwordOf({
  password,
  passwordFile,
}: Pick<StoreSettings, "password" | "passwordFile">): Promise<string | null> {
  if (passwordFile === null) return password;
  try {
    return (await readFile(passwordFile, "utf8")).replace(/\r?\n$/, "");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandFailure(
      EXIT.usage,
      `--password-file: ${JSON.stringify(passwordFile)} cannot be read (${code ?? "unknown"})`,
    );
  }
}
