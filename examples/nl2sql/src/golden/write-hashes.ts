/** Writes what the golden questions give on the seeded shop: `npm run golden -w @recloser/example-nl2sql`. */
import { writeFile } from "node:fs/promises";
import { generateShop } from "../data/generate.ts";
import { openSqlite, sqliteSnapshot } from "../database/sqlite.ts";
import { guarded } from "../guard/guard.ts";
import { loadParser } from "../guard/parse.ts";
import { GOLDEN } from "./questions.ts";
import { resultHash } from "./result-hash.ts";

await loadParser();
const database = await openSqlite(await sqliteSnapshot(generateShop()));
const catalog = await database.catalog();
const hashes: Record<string, string> = {};
for (const { question, sql } of GOLDEN)
  hashes[question] = resultHash(await database.run(guarded(sql, catalog, database.dialect).sql));
await database.close();
await writeFile(new URL("./hashes.json", import.meta.url), `${JSON.stringify(hashes, null, 2)}\n`);
