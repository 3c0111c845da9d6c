/** Where circuits are kept, as the configuration's URL says. */
import { setTimeout as sleep } from "node:timers/promises";
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
  if (isOwn(url)) return null;
  if (/^rediss?:/.test(url)) return redisStore({ url });
  if (/^postgres(ql)?:/.test(url)) return postgresStore({ connectionString: url });
  throw new InvalidOptionError(
    "store.url",
    '"memory:", "redis://…", "rediss://…" or "postgres://…"',
    new URL(url).protocol,
  );
}

// A process that has just begun may need longer to load a client and to connect than a store may take to answer later on.
const JOIN_WITHIN_MS = 2_000;
const LOOK_EVERY_MS = 20;

/** Waits until what the fleet knows can be known to the first request; not for ever, since a gateway works without its store. */
export async function joined(recloser: Recloser, url: string): Promise<void> {
  await recloser.ready();
  if (isOwn(url)) return;
  const untilMs = performance.now() + JOIN_WITHIN_MS;
  while (recloser.storeHealth().mode !== "shared" && performance.now() < untilMs) await sleep(LOOK_EVERY_MS);
}

function isOwn(url: string): boolean {
  return url.startsWith("memory:");
}
