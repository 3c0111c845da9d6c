/** A real Valkey 8 for a test, where Redis is what the machine has: from `RECLOSER_VALKEY_SERVER`, the path, or Debian's backports. */
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { librariesIn, unpacked } from "./debian-packages.ts";
import { type Binary, type RedisServer, startRedis } from "./redis.ts";
import { onPath } from "./server-process.ts";

// As with Redis, the server is the tool that checks its files, under another name; valkey-server is only a link.
const PACKAGES = ["valkey-tools", "libjemalloc2", "liblzf1"];

let found: Promise<Binary> | null = null;

export function startValkey(): Promise<RedisServer> {
  return startRedis({}, (found ??= findBinary()));
}

async function findBinary(): Promise<Binary> {
  const named = process.env["RECLOSER_VALKEY_SERVER"] ?? onPath("valkey-server");
  if (named !== null) return { path: named, libraries: "" };
  const link = (place: string): void => symlinkSync("usr/bin/valkey-check-rdb", join(place, "valkey-server"));
  const folder = await unpacked("valkey-server", PACKAGES, link, "bookworm-backports");
  return { path: join(folder, "valkey-server"), libraries: librariesIn(folder) };
}
