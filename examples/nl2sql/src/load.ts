/**
 * `npm run ask:load`: puts the shop into the PostgreSQL database of `DATABASE_URL`, whose user owns it and may make roles, and makes
 * the role that the application reads it by. Tables of the shop that are there already are dropped.
 */
import { randomBytes } from "node:crypto";
import { generateShop } from "./data/generate.ts";
import { loadPostgres } from "./data/load-postgres.ts";
import { settingsIn } from "./settings.ts";

const ROLE = "nl2sql_reader";

const { DATABASE_URL: url } = settingsIn(process.env);
if (url === undefined) throw new Error("DATABASE_URL: expected the URL of a PostgreSQL database");
const password = randomBytes(18).toString("base64url");
await loadPostgres(url, generateShop(), { role: ROLE, password });
const reader = Object.assign(new URL(url), { username: ROLE, password });
console.log(`the shop is loaded. Start the application with:\nDATABASE_URL=${reader.href} npm run ask`);
