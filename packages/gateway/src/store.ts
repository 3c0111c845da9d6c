/** Where circuits are kept, as the configuration's URL says. */
import { createRecloser, InvalidOptionError, type Recloser, type Store } from "recloser";
import { postgresStore } from "recloser/postgres";
import { redisStore } from "recloser/redis";
import { policiesOf } from "./backed-policies.ts";
import type { GatewayConfig } from "./config/config.ts";

/** A replica, with the policies of the configuration. */
export function recloserOf(config: GatewayConfig): Recloser {
  const { breaker, store } = config;
  const shared = storeOf(store.url);
  return createRecloser({
    defaults: breaker,
    policies: policiesOf(config),
    namespace: store.namespace,
    ...(shared === null ? {} : { store: shared }),
  });
}

/** Null: in this process only. @throws InvalidOptionError for a store that there is none of */
function storeOf(url: string): Store | null {
  if (url.startsWith("memory:")) return null;
  if (/^rediss?:/.test(url)) return redisStore({ url });
  if (/^postgres(ql)?:/.test(url)) return postgresStore({ connectionString: url });
  throw new InvalidOptionError(
    "store.url",
    '"memory:", "redis://…", "rediss://…" or "postgres://…"',
    new URL(url).protocol,
  );
}
