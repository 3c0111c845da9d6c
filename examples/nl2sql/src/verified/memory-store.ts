/** Pairs in this process, and in a JSON file where one is named. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";
import type { Pair, PairStore } from "./pair.ts";

const FORM = z.array(
  z.strictObject({
    id: z.string(),
    question: z.string(),
    sql: z.string(),
    verified: z.boolean(),
    schemaVersion: z.string(),
  }),
);

/** @param file read at the start and written after each change; null: nothing outlives the process */
export async function memoryPairStore(file: string | null = null): Promise<PairStore> {
  const pairs = new Map<string, Pair>(file === null ? [] : (await read(file)).map((pair) => [pair.id, pair]));
  let writing: Promise<void> = Promise.resolve();
  const save = (): Promise<void> => {
    if (file === null) return Promise.resolve();
    writing = writing.catch(() => {}).then(() => write(file, [...pairs.values()]));
    return writing;
  };
  return {
    all: () => Promise.resolve([...pairs.values()]),
    find: (id) => Promise.resolve(pairs.get(id) ?? null),
    put(pair) {
      pairs.set(pair.id, pair);
      return save();
    },
    remove(id) {
      pairs.delete(id);
      return save();
    },
    close: () => writing.catch(() => {}),
  };
}

async function read(file: string): Promise<readonly Pair[]> {
  try {
    return FORM.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

// Beside and then over it: a process that ends in the middle leaves the old one.
async function write(file: string, pairs: readonly Pair[]): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(pairs, null, 2)}\n`);
  await rename(`${file}.new`, file);
}
