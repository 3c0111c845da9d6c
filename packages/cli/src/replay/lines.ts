/** The lines of a file, of stdin or of what was packed with gzip, with how far they are. Never more than one chunk in memory. */
import { createReadStream, type ReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { EXIT } from "../exit-code.ts";
import { CommandFailure } from "../command-failure.ts";

// Longer than this no log's line is; it is cut, and then told as a bad one.
const LONGEST_LINE = 1_048_576;

export interface Lines {
  /** In batches: one at a time they would cost a promise each. */
  batches(): AsyncGenerator<readonly string[]>;
  /** 0 to 1; null where nobody knows how much there is. */
  readonly share: number | null;
}

/** @param name a file's, or `-` @throws CommandFailure for a file that cannot be read */
export async function linesOf(name: string, stdin: Readable): Promise<Lines> {
  if (name === "-") return new LineReader(name, stdin, null, false);
  try {
    const file = await open(name);
    const { size } = await file.stat();
    await file.close();
    return new LineReader(name, createReadStream(name), size, name.endsWith(".gz"));
  } catch (error) {
    throw unreadable(name, error);
  }
}

class LineReader implements Lines {
  readonly #name: string;
  readonly #source: Readable;
  readonly #size: number | null;
  readonly #isPacked: boolean;

  constructor(name: string, source: Readable, size: number | null, isPacked: boolean) {
    this.#name = name;
    this.#source = source;
    this.#size = size;
    this.#isPacked = isPacked;
  }

  get share(): number | null {
    return this.#size === null || this.#size === 0 ? null : (this.#source as ReadStream).bytesRead / this.#size;
  }

  async *batches(): AsyncGenerator<readonly string[]> {
    const source = this.#source;
    const text = this.#isPacked ? source.pipe(createGunzip()) : source;
    // A pipe does not pass errors on.
    if (text !== source) source.once("error", (error) => text.destroy(error));
    text.setEncoding("utf8");
    let rest = "";
    try {
      for await (const chunk of text) {
        const lines = (rest + String(chunk)).split("\n");
        rest = lines.pop() ?? "";
        if (rest.length > LONGEST_LINE) rest = rest.slice(0, LONGEST_LINE);
        yield lines;
      }
    } catch (error) {
      throw unreadable(this.#name, error);
    } finally {
      source.destroy();
    }
    if (rest !== "") yield [rest];
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a directory",
  EACCES: "it may not be read by this user",
  Z_DATA_ERROR: "it is not packed with gzip, or damaged",
  Z_BUF_ERROR: "it is packed with gzip, and its end is missing",
};

function unreadable(name: string, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error as Error;
  return new CommandFailure(EXIT.failed, `${name}: ${WORDS[code] ?? `it cannot be read (${code})`}`);
}
