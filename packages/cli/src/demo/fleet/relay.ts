/** A way to a server that can be stopped: connections stay, no byte passes, as if the server hung. */
import { connect, createServer, type Socket } from "node:net";

export interface Relay {
  readonly port: number;
  readonly stop: () => void;
  readonly continue: () => void;
  readonly close: () => Promise<void>;
}

export function openRelay(host: string, port: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  let isStopped = false;
  const server = createServer((near) => {
    const far = connect(port, host);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("data", (bytes) => {
        if (!to.write(bytes)) from.pause();
      });
      to.on("drain", () => {
        if (!isStopped) from.resume();
      });
      from.on("error", () => {});
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      if (isStopped) from.pause();
    }
  });
  const each = (does: (socket: Socket) => unknown): void => {
    for (const socket of sockets) does(socket);
  };
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      resolve({
        port: (server.address() as { port: number }).port,
        stop: () => {
          isStopped = true;
          each((socket) => socket.pause());
        },
        continue: () => {
          isStopped = false;
          each((socket) => socket.resume());
        },
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            each((socket) => socket.destroy());
          }),
      });
    });
  });
}
