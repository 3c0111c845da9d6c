/** An import resolves from the file it stands in: here to the newest SDKs, which are installed beside this file. */
export function load(name: string): Promise<unknown> {
  return import(name);
}
