/** Lines of the log for people: the time, how grave it is, what happened, and the facts. */
import { shownText } from "./shown.ts";

const COLOURS: Readonly<Record<string, string>> = { warn: "\u001b[33m", error: "\u001b[31m", fatal: "\u001b[31m" };
const PLAIN = "\u001b[0m";

/** @param line of JSON, as pino writes it; what is none is left as it is */
export function prettyLine(line: string, hasColour: boolean): string {
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return line;
  }
  const { time, level, msg, event: _event, steps: _steps, evidence: _evidence, ...facts } = fields;
  const colour = hasColour ? COLOURS[String(level)] : undefined;
  const mark = String(level).padEnd(5);
  const shown = Object.entries(facts)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${textOf(value)}`);
  const head = [String(time).slice(11, 23), colour === undefined ? mark : `${colour}${mark}${PLAIN}`];
  return `${[...head, textOf(msg), ...shown].join(" ")}\n`;
}

function textOf(value: unknown): string {
  return shownText(typeof value === "string" ? value : JSON.stringify(value));
}
