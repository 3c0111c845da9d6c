/** "Did you mean …?" */

/** The name that was most likely meant, or null if none is near. */
export function nearest(name: string, names: Iterable<string>): string | null {
  // No name is that long, and the comparison is quadratic.
  if (name.length > 64) return null;
  const most = Math.max(1, Math.floor(name.length / 3));
  let found: string | null = null;
  let least = most + 1;
  for (const candidate of names) {
    const edits = distance(plain(name), plain(candidate));
    if (edits < least) [found, least] = [candidate, edits];
  }
  return found;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, "");
}

/** Insertions, removals, replacements and swaps of neighbours. */
function distance(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] as number) + Number(from[i - 1] !== to[j - 1]);
      const swapped =
        i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
          ? (before[j - 2] as number) + 1
          : Infinity;
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, replaced, swapped));
    }
    [before, row] = [row, next];
  }
  return row[to.length] as number;
}
