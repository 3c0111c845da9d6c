/** Which breakers a name on the command line means: one by its name or the beginning of it, several by a glob. */
import { CommandFailure } from "../command-failure.ts";
import { EXIT } from "../exit-code.ts";
import { printable } from "../terminal/printable.ts";

const MOST_SUGGESTED = 5;
// The comparison is quadratic.
const LONGEST_COMPARED = 200;

export function isGlob(pattern: string): boolean {
  return pattern.includes("*");
}

/**
 * The names that are meant, at least one. A name as it was shown, with escapes, is understood too.
 *
 * @param absence why one may not be there, as its source says it
 * @throws CommandFailure when there is none, or a beginning fits several
 */
export function namesMeant(pattern: string, names: readonly string[], absence: string): readonly string[] {
  if (names.includes(pattern)) return [pattern];
  const found = isGlob(pattern)
    ? names.filter((name) => globOf(pattern).test(name))
    : (nonEmpty(names.filter((name) => printable(name) === pattern)) ??
      names.filter((name) => name.startsWith(pattern)));
  if (found.length === 0) throw noSuchBreaker(pattern, names, absence);
  if (found.length > 1 && !isGlob(pattern))
    throw new CommandFailure(
      EXIT.usage,
      `${quoted(pattern)} is the beginning of ${found.length} breakers: ${listed(found)}\nGive more of the name, or ${quoted(`${pattern}*`)} for all of them.`,
    );
  return found;
}

/**
 * Whether a name is meant by one of the patterns (none: all are), now and later: a glob means those that come, too.
 *
 * @throws CommandFailure for a name that there is none of now
 */
export function filterFor(
  patterns: readonly string[],
  names: readonly string[],
  absence: string,
): (name: string) => boolean {
  if (patterns.length === 0) return () => true;
  const globs = patterns.filter(isGlob).map(globOf);
  const whole = new Set(
    patterns.filter((pattern) => !isGlob(pattern)).flatMap((pattern) => namesMeant(pattern, names, absence)),
  );
  return (name) => whole.has(name) || globs.some((glob) => glob.test(name));
}

/** The one name that is meant. @throws CommandFailure */
export function nameMeant(pattern: string, names: readonly string[], absence: string): string {
  const found = namesMeant(pattern, names, absence);
  if (found.length > 1)
    throw new CommandFailure(
      EXIT.usage,
      `${quoted(pattern)} means ${found.length} breakers, where one is to be named: ${listed(found)}`,
    );
  return found[0] as string;
}

export function noSuchBreaker(pattern: string, names: readonly string[], absence: string): CommandFailure {
  const near = nearTo(pattern, names);
  const hint =
    near.length > 0
      ? `Did you mean ${listed(near)}?`
      : names.length === 0
        ? `There is none at all: ${absence}. Is it the right place (--store, --namespace, --server)?`
        : `There are ${names.length} (recloser status): ${absence}.`;
  return new CommandFailure(EXIT.noSuchBreaker, `no breaker ${quoted(pattern)}\n${hint}`);
}

/** In the order in which they are told. */
export function namesOf(records: readonly { readonly name: string }[]): readonly string[] {
  return records.map(({ name }) => name).toSorted();
}

export function quoted(name: string): string {
  return `"${printable(name)}"`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_SUGGESTED).map((name) => printable(name).slice(0, LONGEST_COMPARED));
  return names.length > MOST_SUGGESTED
    ? `${shown.join(", ")} and ${names.length - MOST_SUGGESTED} more`
    : shown.join(", ");
}

function nonEmpty<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list;
}

/** What a glob means, as the library has it: `*` stands for any run of characters. */
export function globOf(pattern: string): RegExp {
  const pieces = pattern.split(/\*+/).map((piece) => piece.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pieces.join("[^]*?")}$`, "u");
}

// A slip of the finger, or a part of the name that was remembered.
function nearTo(pattern: string, names: readonly string[]): readonly string[] {
  const wanted = pattern.toLowerCase();
  if (wanted === "" || wanted.length > LONGEST_COMPARED) return [];
  const most = Math.max(1, Math.floor(wanted.length / 3));
  return names
    .filter((name) => name.length <= LONGEST_COMPARED)
    .map((name) => [name, name.toLowerCase()] as const)
    .map(([name, lower]) => [name, lower.includes(wanted) ? 0 : nearness(wanted, lower)] as const)
    .filter(([, distance]) => distance <= most)
    .toSorted(([, a], [, b]) => a - b)
    .map(([name]) => name);
}

// A beginning may be misspelt as well as the whole, by a letter too few or too many.
function nearness(wanted: string, name: string): number {
  if (name[0] !== wanted[0]) return edits(wanted, name);
  const beginnings = [-1, 0, 1].map((more) => edits(wanted, name.slice(0, wanted.length + more)));
  return Math.min(edits(wanted, name), ...beginnings);
}

function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}
