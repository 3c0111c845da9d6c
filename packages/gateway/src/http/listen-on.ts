/** Opens a server at an address. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Address } from "../config/config.ts";

/** Resolves to its URL, with the port that port 0 came to; rejects where the address is not to be had. */
export async function listenOn(server: Server, { host, port }: Address): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const { address, family, port: taken } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${taken}`;
}
