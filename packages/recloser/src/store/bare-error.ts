/** What a client library threw, without what it hangs onto it: ioredis adds the command, and AUTH's has the password. */

/** Its name, message, stack and code; nothing else of it may reach `storeHealth()` and a log. */
export function bareError(thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new Error(String(thrown));
  const { name, stack, code, errors } = thrown as Error & { readonly code?: unknown; readonly errors?: unknown };
  const shownCode = typeof code === "string" ? code : name;
  // Where a host has several addresses, Node says nothing but what each of them said.
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const inner = first instanceof Error ? first.message : "";
  const bare = new Error(thrown.message === "" ? inner || shownCode : thrown.message);
  bare.name = name;
  if (stack !== undefined) bare.stack = stack;
  return code === undefined ? bare : Object.assign(bare, { code });
}
