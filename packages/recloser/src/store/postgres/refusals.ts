/** A server that lets this process not in, or lacks the schema: a fault of configuration that no waiting mends. */
import { StoreError } from "../../errors.ts";
import { warnOnce } from "../../warn.ts";

const WHAT_TO_DO: Readonly<Record<string, string>> = {
  RC001: "bring both to one version: npx @recloser/cli migrate, or another version of recloser",
  "3F000": "make it: npx @recloser/cli migrate",
  "42883": "make it: npx @recloser/cli migrate",
  "42P01": "make it: npx @recloser/cli migrate",
  "3D000": "make the database, or name another",
  "42501": "grant the role what docs/guide/postgres.md says",
  "28P01": "give it the right password",
  "28000": "let the role in (pg_hba.conf)",
};

// Of its tables and functions alone: a schema made before there was a history, or granted before.
const OF_HISTORY = ["RC001", "42883", "42P01", "42501"];
const MAKE_HISTORY = "bring the schema up to date: npx @recloser/cli migrate --role …";

/** Warns of it once: the library goes on without the store, which would look like a store that is down. */
export function warnOfRefusal(error: unknown, schema: string): void {
  const refusal = refusalIn(error, Object.keys(WHAT_TO_DO));
  if (refusal === null) return;
  const { code, said } = refusal;
  warnOnce(
    "RECLOSER_STORE_ACCESS",
    `postgres ${schema} ${code}`,
    `PostgreSQL refuses this process (${said}): its circuits are not shared until that is mended; ${WHAT_TO_DO[code]}`,
  );
}

/** Warns of it once, and gives the error with what to do: whoever looks at a history has to be told, too. */
export function historyRefusal(error: unknown, schema: string): unknown {
  const refusal = refusalIn(error, OF_HISTORY);
  if (refusal === null) return error;
  const { code, said } = refusal;
  warnOnce(
    "RECLOSER_STORE_HISTORY",
    `postgres ${schema} ${code}`,
    `PostgreSQL keeps no history (${said}): circuits are shared all the same, but no dashboard can tell what happened; ${MAKE_HISTORY}`,
  );
  return new StoreError(`PostgreSQL keeps no history (${said}); ${MAKE_HISTORY}`, { isUnsent: true, cause: error });
}

function refusalIn(error: unknown, codes: readonly string[]): { readonly code: string; readonly said: string } | null {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    const { code } = inner as Error & { readonly code?: unknown };
    if (typeof code === "string" && codes.includes(code)) return { code, said: inner.message.slice(0, 200) };
  }
  return null;
}
