/** A Redis that is reached by TLS, whose certificate can be changed while it runs; and somebody in its place who speaks in clear. */
import { readFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { onTestFinished } from "vitest";
import { freePort, type RedisServer, startRedis } from "./redis.ts";

/** tests/fixtures/tls/README.md says what each is. */
export type CertificateName = "server" | "client" | "untrusted" | "elsewhere" | "expired";

export const fixture = (file: string): string => fileURLToPath(new URL(`../../fixtures/tls/${file}`, import.meta.url));

/** The authority that is trusted, for `ca` and for NODE_EXTRA_CA_CERTS. */
export const CA_FILE: string = fixture("ca.pem");
export const CA: string = readFileSync(CA_FILE, "utf8");

export interface TlsRedis extends RedisServer {
  readonly tlsPort: number;
  /** @param user the URL's part before the @ */
  tlsUrl(user?: string): string;
  /** Shows another certificate from now on, and sends everybody away who has seen the one before. */
  show(name: CertificateName): Promise<void>;
}

/** Reached in clear, too, for operators and for replicas that no certificate concerns. */
export async function startTlsRedis(options: Readonly<Record<string, string>> = {}): Promise<TlsRedis> {
  const tlsPort = Number(options["tls-port"] ?? (await freePort()));
  const server = await startRedis({
    "tls-port": String(tlsPort),
    "tls-cert-file": fixture("server.pem"),
    "tls-key-file": fixture("server.key"),
    "tls-ca-cert-file": CA_FILE,
    "tls-auth-clients": "no",
    ...options,
  });
  return Object.assign(server, {
    tlsPort,
    tlsUrl: (user = "") => `rediss://${user === "" ? "" : `${user}@`}127.0.0.1:${tlsPort}`,
    async show(name: CertificateName) {
      const admin = new Redis(server.url);
      try {
        const pair = ["tls-cert-file", fixture(`${name}.pem`), "tls-key-file", fixture(`${name}.key`)];
        await admin.call("CONFIG", "SET", ...pair);
        for (const type of ["normal", "pubsub"]) await admin.call("CLIENT", "KILL", "TYPE", type, "SKIPME", "yes");
      } finally {
        admin.disconnect();
      }
    },
  });
}

export interface Impostor {
  readonly port: number;
  /** What each connection has said to it so far. */
  readonly heard: readonly Buffer[];
  close(): Promise<void>;
}

/** Listens in a server's place, without TLS. @param answer what it says to all it hears; null: nothing */
export async function impostor(port: number, answer: string | null): Promise<Impostor> {
  const heard: Buffer[] = [];
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    const nth = heard.push(Buffer.alloc(0)) - 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (bytes: Buffer) => {
      heard[nth] = Buffer.concat([heard[nth] as Buffer, bytes]);
      if (answer !== null) socket.write(answer);
    });
  });
  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject);
    listener.listen(port, "127.0.0.1", resolve);
  });
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closed ??= new Promise((resolve) => {
      listener.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
    return closed;
  };
  onTestFinished(close);
  return { port, heard, close };
}
