/** A server that lets this process not in, or lacks the schema: a fault of configuration that no waiting mends. */
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

/** Warns of it once: the library goes on without the store, which would look like a store that is down. */
export function warnOfRefusal(error: unknown, schema: string): void {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    const { code } = inner as Error & { readonly code?: unknown };
    const advice = typeof code === "string" ? WHAT_TO_DO[code] : undefined;
    if (advice === undefined) continue;
    warnOnce(
      "RECLOSER_STORE_ACCESS",
      `postgres ${schema} ${String(code)}`,
      `PostgreSQL refuses this process (${inner.message.slice(0, 200)}): its circuits are not shared until that is mended; ${advice}`,
    );
    return;
  }
}
