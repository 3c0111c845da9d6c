/** Names of models with `*` for any text, on the left of a map or in a list. */

export function matchesGlob(glob: string, name: string): boolean {
  if (!glob.includes("*")) return glob === name;
  const [first = "", ...rest] = glob.split("*");
  const last = rest.pop() ?? "";
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  const until = name.length - last.length;
  let from = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, from);
    if (found < 0 || found + part.length > until) return false;
    from = found + part.length;
  }
  return from <= until;
}

/** The target's own name: of the exact entry, else of the first glob that fits, else the caller's. */
export function modelAt(models: Readonly<Record<string, string>>, asked: string): string {
  if (Object.hasOwn(models, asked)) return models[asked] as string;
  const glob = Object.keys(models).find((one) => matchesGlob(one, asked));
  return glob === undefined ? asked : (models[glob] as string);
}
