/** A relay of TCP connections that notes when a caller's end of one has closed, and closes the other end at once. */
import { connect, createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

export interface WatchedRelay {
  readonly url: string;
  /** When callers' ends closed, by `performance.now()`. */
  readonly closedAtMs: number[];
  close(): void;
}

export async function watchedRelay(to: string): Promise<WatchedRelay> {
  const closedAtMs: number[] = [];
  const sockets = new Set<Socket>();
  const port = Number(new URL(to).port);
  const server = createServer((caller) => {
    const other = connect(port, "127.0.0.1");
    for (const [one, opposite] of [
      [caller, other],
      [other, caller],
    ] as const) {
      sockets.add(one);
      one.setNoDelay(true);
      one.on("data", (bytes) => opposite.write(bytes));
      one.on("error", () => {});
      one.on("close", () => {
        sockets.delete(one);
        opposite.destroy();
      });
    }
    caller.once("end", () => {
      closedAtMs.push(performance.now());
      other.destroy();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    closedAtMs,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
