/** Lines of text with tones, measured before they are coloured, so that nothing is ever cut inside an escape code. */
import type { Display } from "./display.ts";
import { beginning, columnsOf } from "./printable.ts";

export type Tone = Display | "strong" | "dim" | "bad";
export type Span = string | readonly [text: string, tone: Tone];
export type Line = readonly Span[];

// The terminal's own 16 colours follow its theme, light or dark. Closed is blue, not green: red and green look alike to
// one man in twelve.
const CODES: Readonly<Record<Tone, string>> = {
  strong: "1",
  dim: "2",
  bad: "31",
  closed: "94",
  "half-open": "33",
  open: "91",
  held: "95",
};

/** In columns. */
export function widthOf(line: Line): number {
  return line.reduce((sum, span) => sum + columnsOf(textOf(span)), 0);
}

/** The line as text, at most `width` columns of it. */
export function paint(line: Line, width: number, colour: boolean): string {
  let left = width;
  let text = "";
  for (const span of line) {
    const shown = beginning(textOf(span), left);
    left -= columnsOf(shown);
    if (shown === "") continue;
    text += colour && typeof span !== "string" ? `\u001B[${CODES[span[1]]}m${shown}\u001B[0m` : shown;
  }
  return colour ? text : text.trimEnd();
}

/** `left` and `right` at the two ends of `width`; when they do not fit, `left` is cut. */
export function justify(left: Line, right: Line, width: number): Line {
  const room = width - widthOf(right);
  const gap = room - widthOf(left);
  return gap > 0 ? [...left, " ".repeat(gap), ...right] : [...clip(left, Math.max(0, room - 1)), " ", ...right];
}

/** The first `width` columns, with an ellipsis when something is lost. */
export function clip(line: Line, width: number): Line {
  if (widthOf(line) <= width) return line;
  const clipped: Span[] = [];
  let left = width - 1;
  for (const span of line) {
    const shown = beginning(textOf(span), left);
    left -= columnsOf(shown);
    if (shown !== "") clipped.push(typeof span === "string" ? shown : [shown, span[1]]);
  }
  return width > 0 ? [...clipped, "…"] : [];
}

/** Words over lines of at most `width` columns. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function textOf(span: Span): string {
  return typeof span === "string" ? span : span[0];
}
