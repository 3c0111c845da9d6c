// Puts the help of every command into docs/reference/cli.md, between its marks: npm run cli:reference.
// tests/docs/cli.test.ts fails where the page says anything else.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pageWithHelp } from "../tests/support/cli-help.ts";

const page = fileURLToPath(new URL("../docs/reference/cli.md", import.meta.url));
writeFileSync(page, pageWithHelp(readFileSync(page, "utf8")));
