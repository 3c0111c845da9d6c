/** Who stands between the load and the provider: ours, the least that Node can do, proxies written in C, another gateway. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { librariesIn, unpacked } from "../../tests/support/servers/debian-packages.ts";
import { freePort, onPath, withLibraries } from "../../tests/support/servers/server-process.ts";
import { type Serving, serving } from "./serving.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SERVERS = join(ROOT, "benchmarks/dist/gateway/servers");
const PEERS = join(ROOT, "benchmarks/gateway/peers");

export const DIRECT = "direct";
export const BARE = "bare pass-through";
export const OURS = "recloser";
export const PORTKEY = "portkey";

export interface Contender {
  readonly name: string;
  /** What a reader of the figures must know of it. */
  readonly about: string;
  /** @throws where it is not to be had */
  readonly prepare: () => Promise<Prepared>;
}

export interface Prepared {
  readonly version: string;
  /** What its callers must send beside the body. */
  readonly headers: (upstream: string) => readonly string[];
  readonly start: (upstream: string, folder: string) => Promise<Serving>;
}

const noHeaders = (): readonly string[] => [];

export async function startUpstream(): Promise<Serving> {
  const port = await freePort();
  return serving([process.execPath, join(SERVERS, "upstream.js"), String(port)], port);
}

/** @param flags of Node */
export async function startOurs(
  upstream: string,
  folder: string,
  { flags = [], ipc = false }: { readonly flags?: readonly string[]; readonly ipc?: boolean } = {},
): Promise<Serving> {
  const port = await freePort();
  const file = join(folder, `recloser-${port}.json`);
  const target = { provider: "openai", baseUrl: `${upstream}/v1`, key: "sk-of-the-provider", allowPrivate: true };
  writeFileSync(file, JSON.stringify({ listen: { port }, admin: false, targets: { provider: target } }));
  const bin = join(ROOT, "packages/cli/dist/bin.js");
  return serving([process.execPath, ...flags, bin, "serve", "--config", file], port, { ipc });
}

/** @param flags of Node */
export async function startBare(
  upstream: string,
  { flags = [], ipc = false }: { readonly flags?: readonly string[]; readonly ipc?: boolean } = {},
): Promise<Serving> {
  const port = await freePort();
  const command = [process.execPath, ...flags, join(SERVERS, "pass-through.js"), String(port), upstream];
  return serving(command, port, { ipc });
}

export const CONTENDERS: readonly Contender[] = [
  {
    name: BARE,
    about:
      "node:http in front and undici behind, as the gateway has them, and nothing between: what the two libraries cost.",
    prepare: () =>
      Promise.resolve({
        version: `undici ${versionIn(join(ROOT, "packages/gateway"), "undici")}`,
        headers: noHeaders,
        start: (upstream) => startBare(upstream),
      }),
  },
  {
    name: OURS,
    about:
      "`recloser serve` with one target and every default: the breaker, its deadlines, checks of request and answer.",
    prepare: () => Promise.resolve({ version: "this checkout", headers: noHeaders, start: startOurs }),
  },
  {
    name: "nginx",
    about: "one worker, keep-alive to the provider, no buffering of the answer.",
    prepare: prepareNginx,
  },
  { name: "haproxy", about: "one thread, `http-reuse always`.", prepare: prepareHaproxy },
  {
    name: PORTKEY,
    about:
      "`@portkey-ai/gateway`, headless and in production mode, with the versions of hono and its Node server that its users pin. It has no breaker.",
    prepare: preparePortkey,
  },
];

async function prepareNginx(): Promise<Prepared> {
  const path = onPath("nginx") ?? join(await unpacked("nginx", ["nginx"]), "usr/sbin/nginx");
  return {
    version: versionSaid(path, "-v", /nginx\/(\S+)/),
    headers: noHeaders,
    start: async (upstream, folder) => {
      const port = await freePort();
      const place = join(folder, `nginx-${port}`);
      mkdirSync(place);
      writeFileSync(join(place, "nginx.conf"), nginxConfig(port, new URL(upstream).host, place));
      return serving([path, "-p", place, "-c", join(place, "nginx.conf"), "-e", join(place, "error.log")], port);
    },
  };
}

function nginxConfig(port: number, upstream: string, place: string): string {
  const folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${place}/${name};`,
  );
  return `
daemon off;
master_process off;
pid ${place}/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  ${folders.join("\n  ")}
  keepalive_requests 10000000;
  upstream provider { server ${upstream}; keepalive 128; keepalive_requests 10000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://provider;
      proxy_http_version 1.1;
      proxy_set_header connection "";
      proxy_buffering off;
    }
  }
}
`;
}

async function prepareHaproxy(): Promise<Prepared> {
  const own = onPath("haproxy");
  const packages = ["haproxy", "liblua5.3-0", "libopentracing-c-wrapper0", "libopentracing1"];
  const folder = own === null ? await unpacked("haproxy", packages) : null;
  const path = folder === null ? (own as string) : join(folder, "usr/sbin/haproxy");
  const env = withLibraries(folder === null ? "" : librariesIn(folder));
  return {
    version: versionSaid(path, "-v", /version (\S+)/, env),
    headers: noHeaders,
    start: async (upstream, place) => {
      const port = await freePort();
      const file = join(place, `haproxy-${port}.cfg`);
      writeFileSync(file, haproxyConfig(port, new URL(upstream).host));
      return serving([path, "-db", "-f", file], port, { env });
    },
  };
}

function haproxyConfig(port: number, upstream: string): string {
  const limits = "  timeout connect 5s\n  timeout client 60s\n  timeout server 60s";
  return `
global
  nbthread 1
  maxconn 1024
defaults
  mode http
  http-reuse always
  option http-keep-alive
  option http-no-delay
${limits}
frontend callers
  bind 127.0.0.1:${port}
  default_backend provider
backend provider
  server one ${upstream} pool-max-conn 128
`;
}

function preparePortkey(): Promise<Prepared> {
  const script = join(PEERS, "node_modules/@portkey-ai/gateway/build/start-server.js");
  if (!existsSync(script)) {
    return Promise.reject(new Error("run: npm ci --prefix benchmarks/gateway/peers --ignore-scripts"));
  }
  return Promise.resolve({
    version: versionIn(PEERS, "@portkey-ai/gateway"),
    headers: (upstream) => ["x-portkey-provider: openai", `x-portkey-custom-host: ${upstream}/v1`],
    start: async () => {
      const port = await freePort();
      const env = { ...process.env, NODE_ENV: "production" };
      return serving([process.execPath, script, `--port=${port}`, "--headless"], port, { env });
    },
  });
}

// Where npm has put it: beside what needs it, or further up.
function versionIn(folder: string, name: string): string {
  for (const place of [folder, ROOT]) {
    const file = join(place, "node_modules", name, "package.json");
    if (existsSync(file)) return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
  }
  return "unknown";
}

function versionSaid(path: string, flag: string, pattern: RegExp, env: NodeJS.ProcessEnv = process.env): string {
  // nginx says it on stderr.
  const said = execFileSync("sh", ["-c", '"$0" "$1" 2>&1', path, flag], { env, encoding: "utf8" });
  return pattern.exec(said)?.[1] ?? "unknown";
}
