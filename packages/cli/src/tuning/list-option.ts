/** An option that is given several values, or several times. */

// Commander hands over what was there before, the default among it.
export function listOf<T>(read: (text: string) => T): (text: string, before: readonly T[] | undefined) => readonly T[] {
  const own = new WeakSet<readonly T[]>();
  return (text, before) => {
    const list = before !== undefined && own.has(before) ? [...before, read(text)] : [read(text)];
    own.add(list);
    return list;
  };
}
