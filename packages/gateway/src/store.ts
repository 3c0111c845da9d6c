/** Where circuits are kept, as the configuration's URL says. */
import { InvalidOptionError, type Store } from "recloser";
import { postgresStore } from "recloser/postgres";
import { redisStore } from "recloser/redis";

/** Null: in this process only. @throws InvalidOptionError for a store that there is none of */
export function storeOf(url: string): Store | null {
  if (url.startsWith("memory:")) return null;
  if (/^rediss?:/.test(url)) return redisStore({ url });
  if (/^postgres(ql)?:/.test(url)) return postgresStore({ connectionString: url });
  throw new InvalidOptionError(
    "store.url",
    '"memory:", "redis://…", "rediss://…" or "postgres://…"',
    new URL(url).protocol,
  );
}
