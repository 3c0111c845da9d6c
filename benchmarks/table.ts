/** Rows as a table. */

export type Row = readonly string[];

/** For the terminal: columns under a ruled head. */
export function table(head: Row, rows: readonly Row[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => cell(row, column).length)));
  const line = (row: Row): string =>
    widths
      .map((width, column) => cell(row, column).padEnd(width))
      .join("  ")
      .trimEnd();
  return [line(head), widths.map((width) => "─".repeat(width)).join("  "), ...rows.map(line)].join("\n");
}

/** The same as Markdown. */
export function markdown(head: Row, rows: readonly Row[]): string {
  const widths = head.map((title, column) => Math.max(3, title.length, ...rows.map((row) => cell(row, column).length)));
  const line = (row: Row): string =>
    `| ${widths.map((width, column) => cell(row, column).padEnd(width)).join(" | ")} |`;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rows.map(line)].join("\n");
}

function cell(row: Row, column: number): string {
  return row[column] ?? "";
}
