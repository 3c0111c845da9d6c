// Makes what follows from the schema of the gateway's configuration, and is committed:
//   packages/gateway/config.schema.json                      for editors
//   packages/gateway/src/config/settings.generated.ts        the settings with their flags and variables
//   docs/reference/gateway-config.md                         its tables, between the marks
//
//   npm run config:schema         writes them
//   npm run config:schema:check   fails if they are not what the schema makes (CI)
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publishedJsonSchema } from "../packages/gateway/src/config/json-schema.ts";
import { referenceTables } from "../packages/gateway/src/config/reference.ts";
import { settingsOfSchema } from "../packages/gateway/src/config/settings.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = join(root, "docs/reference/gateway-config.md");

const made = new Map([
  ["packages/gateway/config.schema.json", `${JSON.stringify(publishedJsonSchema(), null, 2)}\n`],
  ["packages/gateway/src/config/settings.generated.ts", settingsModule()],
  ["docs/reference/gateway-config.md", pageWithTables(readFileSync(page, "utf8"))],
]);

const stale = [...made].filter(([file, text]) => present(file) !== text).map(([file]) => file);
if (process.argv.includes("--write")) {
  for (const file of stale) writeFileSync(join(root, file), made.get(file) ?? "");
  console.log(stale.length === 0 ? "nothing to write" : `wrote ${stale.join(", ")}`);
} else if (stale.length > 0) {
  console.log(`not what the schema makes: ${stale.join(", ")}; npm run config:schema`);
  process.exitCode = 1;
} else console.log("the gateway's schema, settings and reference agree");

function settingsModule(): string {
  return `// Made by scripts/gateway-config.ts from the schema of the configuration. Do not edit.
import type { Setting } from "./settings.ts";

export const SETTINGS: readonly Setting[] = [
${settingsOfSchema()
  .map((setting) => `  ${JSON.stringify(setting)},`)
  .join("\n")}
];
`;
}

function pageWithTables(text: string): string {
  const tables = referenceTables();
  return text.replaceAll(
    /(<!-- table: ([\w-]+) -->\n)[^]*?(<!-- end -->)/g,
    (_, start: string, name: string, end: string) => {
      const rows = tables[name];
      if (rows === undefined)
        throw new Error(`the page asks for a table ${name}; there are ${Object.keys(tables).join(", ")}`);
      return `${start}\n${tableText(rows)}\n\n${end}`;
    },
  );
}

// In columns of equal width, as the formatter has them.
function tableText(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body.map(line)].join("\n");
}

function present(file: string): string | null {
  try {
    return readFileSync(join(root, file), "utf8");
  } catch {
    return null;
  }
}
