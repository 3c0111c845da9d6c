/** What only Redis can say of itself: eviction, cluster, and what the user may. */
import type { Redis } from "ioredis";
import { printable, shortened } from "../terminal/printable.ts";
import { within } from "../verbs/within.ts";
import { failure, type Finding, warning, well } from "./finding.ts";

type Ask = (command: string, ...args: string[]) => Promise<unknown>;

const SLOTS = 16_384;

/** @param limitMs of each question */
export async function redisChecks(client: Redis, namespace: string, limitMs: number): Promise<Finding[]> {
  const ask: Ask = (command, ...args) =>
    within(limitMs, client.call(command, ...args), () => new Error("it did not answer"));
  return [
    await orUnseen("eviction", "info", () => evictionCheck(ask)),
    await orUnseen("cluster", "info, +cluster", () => clusterCheck(ask)),
    await rightsCheck(ask, namespace),
  ];
}

// A user with no more rights than needed may not look at the server, which is well.
async function orUnseen(check: string, rights: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    const said = shortened(printable(error instanceof Error ? error.message : String(error)), 120);
    return warning(
      check,
      `not looked at: ${said}`,
      "this user may not ask the server",
      `ask as one who may (+${rights})`,
    );
  }
}

async function evictionCheck(ask: Ask): Promise<Finding> {
  const memory = fieldsOf(await ask("INFO", "memory"));
  const policy = memory.get("maxmemory_policy") ?? "unknown";
  const limit = Number(memory.get("maxmemory") ?? 0);
  if (limit === 0) return well("eviction", "none: it has no memory limit");
  if (policy === "noeviction") return well("eviction", `none at ${memory.get("maxmemory_human") ?? limit}: noeviction`);
  return failure(
    "eviction",
    `${policy} at ${memory.get("maxmemory_human") ?? limit}`,
    "a full server throws circuits away: open ones close, holds end, for every replica",
    "redis-cli CONFIG SET maxmemory-policy noeviction, and the same in redis.conf; or a Redis of its own",
  );
}

async function clusterCheck(ask: Ask): Promise<Finding> {
  if (fieldsOf(await ask("INFO", "cluster")).get("cluster_enabled") !== "1")
    return well("cluster", "none: a single server");
  const info = fieldsOf(await ask("CLUSTER", "INFO"));
  const [state, served] = [info.get("cluster_state") ?? "unknown", Number(info.get("cluster_slots_ok") ?? 0)];
  if (state === "ok" && served === SLOTS) return well("cluster", `ok, all ${SLOTS} slots are served`);
  return failure(
    "cluster",
    `state ${state}, ${served} of ${SLOTS} slots are served`,
    "a namespace lives in one slot: where that is not served, its replicas share nothing",
    "redis-cli --cluster check host:port, and --cluster fix",
  );
}

// DRYRUN (Redis 7) says what a user may without doing it.
async function rightsCheck(ask: Ask, namespace: string): Promise<Finding> {
  const key = `rc1:{${namespace}}:doctor`;
  const tries: readonly (readonly string[])[] = [
    ["EVALSHA", "0".repeat(40), "1", key],
    ["HSET", key, "f", "v"],
    ["PEXPIRE", key, "1"],
    ["ZADD", key, "1", "m"],
    ["PUBLISH", key, "m"],
  ];
  try {
    const user = String(await ask("ACL", "WHOAMI"));
    const answers = await Promise.all(tries.map((command) => ask("ACL", "DRYRUN", user, ...command)));
    const refused = tries.flatMap(([command = ""], at) => (answers[at] === "OK" ? [] : [command.toLowerCase()]));
    if (refused.length === 0) return well("rights", `user ${printable(user)} may read, write and publish`);
    return rightsMissing(`user ${printable(user)} may not ${refused.join(", ")} on ${key}`);
  } catch {
    return well("rights", "this user may read; what it may write only an administrator can ask (ACL DRYRUN)");
  }
}

function rightsMissing(text: string): Finding {
  return failure(
    "rights",
    text,
    "a replica as this user shares nothing, and goes on alone",
    "ACL SETUSER as in docs/guide/redis.md, “The user”",
  );
}

function fieldsOf(info: unknown): ReadonlyMap<string, string> {
  return new Map(
    String(info)
      .split("\r\n")
      .filter((line) => line.includes(":"))
      .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)] as const),
  );
}
