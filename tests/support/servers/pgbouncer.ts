/** PgBouncer in transaction mode before a test's PostgreSQL: a server's connection is lent for one transaction. */
import { chmodSync, chownSync, cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { librariesIn, unpacked } from "./debian-packages.ts";
import type { PostgresServer } from "./postgres.ts";
import { ended, freePort, onPath, started, withLibraries } from "./server-process.ts";

const PACKAGES = ["pgbouncer", "libevent-2.1-7", "libc-ares2"];
// It refuses to run as root.
const NOBODY = { uid: 65_534, gid: 65_534 };
const ROOT = process.getuid?.() === 0;

export interface Pooler extends AsyncDisposable {
  readonly url: string;
}

/** From `RECLOSER_PGBOUNCER_BIN`, the path, or Debian's package. @param servers connections to the server, lent in turn */
export async function startPgbouncer(server: PostgresServer, servers = 3): Promise<Pooler> {
  const port = await freePort();
  // Nobody can read what lies in root's home, so all that is needed is put where all may.
  const folder = mkdtempSync(join(tmpdir(), "recloser-pgbouncer-"));
  chmodSync(folder, 0o755);
  const { path, libraries } = await binaryIn(folder);
  const config = join(folder, "pgbouncer.ini");
  writeFileSync(
    config,
    `[databases]
* = host=127.0.0.1 port=${server.port} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${servers}
ignore_startup_parameters = extra_float_digits
`,
  );
  if (ROOT) chownSync(folder, NOBODY.uid, NOBODY.gid);
  const env = withLibraries(libraries);
  const child = await started([path, config], env, "process up", ROOT ? NOBODY : null);
  return {
    // Its database and user are the server's; with `auth_type = any` the user is named for all.
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async [Symbol.asyncDispose]() {
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function binaryIn(folder: string): Promise<{ path: string; libraries: string }> {
  const own = process.env["RECLOSER_PGBOUNCER_BIN"] ?? onPath("pgbouncer");
  if (own !== null && own !== undefined) return { path: own, libraries: "" };
  const package_ = await unpacked("pgbouncer", PACKAGES);
  const path = join(folder, "pgbouncer");
  cpSync(join(package_, "usr/sbin/pgbouncer"), path);
  for (const from of librariesIn(package_).split(":"))
    for (const name of readdirSync(from).filter((each) => each.includes(".so")))
      cpSync(join(from, name), join(folder, basename(name)), { dereference: true });
  return { path, libraries: folder };
}
