/** A page of the documentation as data: its sections, and their tables. */
import { readFileSync } from "node:fs";

export interface Section {
  /** The heading's text, without backticks. */
  readonly heading: string;
  readonly text: string;
  /** Each table as its rows, each row as its cells by column name. */
  readonly tables: readonly (readonly Readonly<Record<string, string>>[])[];
}

/** The sections of a page under `docs/`, by their headings of any level. */
export function sectionsOf(page: string): readonly Section[] {
  const markdown = readFileSync(new URL(`../../docs/${page}`, import.meta.url), "utf8").replaceAll(
    /^```[^]*?^```/gm,
    "",
  );
  return markdown.split(/^#{1,6} +/m).map((part) => {
    const [heading = "", ...lines] = part.split("\n");
    return { heading: plain(heading), text: lines.join("\n"), tables: tablesIn(lines) };
  });
}

/** The one section of that heading. */
export function sectionOf(page: string, heading: string): Section {
  const found = sectionsOf(page).filter((section) => section.heading === heading);
  if (found.length !== 1) throw new Error(`${page} has ${found.length} sections "${heading}"`);
  return found[0] as Section;
}

/** The rows of the section's table that has a column of that name. */
export function rowsOf(section: Section, column: string): readonly Readonly<Record<string, string>>[] {
  const found = section.tables.find((rows) => rows[0] !== undefined && column in rows[0]);
  if (found === undefined) throw new Error(`"${section.heading}" has no table with a column ${column}`);
  return found;
}

/** One column of that table, without backticks and links. */
export function columnOf(section: Section, column: string): string[] {
  return rowsOf(section, column).map((row) => plain(row[column] ?? ""));
}

/** A cell's text: no backticks, no link, no escaped pipe. */
export function plain(cell: string): string {
  return cell
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll("\\|", "|")
    .replaceAll("`", "")
    .trim();
}

function tablesIn(lines: readonly string[]): Readonly<Record<string, string>>[][] {
  const tables: Record<string, string>[][] = [];
  for (let at = 1; at < lines.length; at++) {
    if (!/^\|[ :|-]+\|$/.test(lines[at] as string)) continue;
    const names = cellsOf(lines[at - 1] as string).map(plain);
    const rows: Record<string, string>[] = [];
    for (at++; lines[at]?.startsWith("|"); at++) {
      const cells = cellsOf(lines[at] as string);
      rows.push(Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ""])));
    }
    tables.push(rows);
  }
  return tables;
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, line.lastIndexOf("|"))
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}
