/** Text from outside, such as the name of a model, on its way to a terminal, a log or a label. */

const MOST_CHARS = 200;
// C0 and C1 controls, line separators of Unicode, and what turns the direction of a line.
// oxlint-disable-next-line no-control-regex
const RISKY = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Bounded, on one line, and without anything that a terminal obeys. */
export function shownText(text: string): string {
  const short = text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}…` : text;
  return short.replaceAll(RISKY, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
