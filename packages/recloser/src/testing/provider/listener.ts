/** The listening socket and the connections it took: can be closed and opened again on the same port. */
import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { turnOfIo } from "./turn-of-io.ts";

export class Listener {
  readonly #server: Server;
  readonly #host: string;
  readonly #sockets = new Set<Socket>();
  readonly #dropped = new WeakSet<Socket>();
  #port: number;
  #connectionsTotal = 0;
  #wanted: "up" | "down" | "closed" = "up";
  #opening: Promise<void> | null = null;
  #closing: Promise<void> | null = null;

  constructor(host: string, port: number, onRequest: RequestListener) {
    this.#host = host;
    this.#port = port;
    // A client's pooled connection must not be closed under a request just sent: tests would meet resets nobody asked for.
    this.#server = createServer({ keepAliveTimeout: 65_000, requestTimeout: 0, noDelay: true }, onRequest);
    this.#server.on("connection", (socket) => {
      this.#connectionsTotal++;
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /** The port; 0 until it listens for the first time on a free one. */
  get port(): number {
    return this.#port;
  }
  /** Open now. */
  get connections(): number {
    return this.#sockets.size;
  }
  get connectionsTotal(): number {
    return this.#connectionsTotal;
  }

  /** Whether this connection was dropped by us, not left by the client. */
  dropped(socket: Socket): boolean {
    return this.#dropped.has(socket);
  }

  /** Listens, from the second time on at the same port. Rejects with the system's error when it is taken. */
  comeUp(): Promise<void> {
    if (this.#wanted === "closed") return Promise.resolve();
    this.#wanted = "up";
    if (this.#server.listening) return Promise.resolve();
    this.#opening ??= this.#bind().finally(() => (this.#opening = null));
    return this.#opening;
  }

  /**
   * Refuses new connections from its return on, and drops the open ones except `spared`. Resolves when clients in this
   * process know it: one that does not would send its next request into a dead connection of its pool.
   */
  goDown(spared?: Socket): Promise<void> {
    if (this.#wanted === "closed") return Promise.resolve();
    this.#wanted = "down";
    if (this.#server.listening) this.#server.close();
    return this.#drop(spared).then(turnOfIo);
  }

  /** Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#wanted = "closed";
    await this.#opening?.catch(() => {});
    const closed = new Promise<void>((resolve) => {
      if (this.#server.listening) this.#server.close(() => resolve());
      else resolve();
    });
    // The server counts a connection as closed before its requests hear of it: wait for both, so that after `close` the
    // counters stand still and no timer is left.
    await Promise.all([closed, this.#drop()]);
  }

  #bind(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ host: this.#host, port: this.#port }, () => {
        this.#server.off("error", reject);
        this.#port = (this.#server.address() as AddressInfo).port;
        // Asked to go down again while the system was opening it.
        if (this.#wanted === "down") this.#server.close();
        resolve();
      });
    });
  }

  async #drop(spared?: Socket): Promise<void> {
    const dropping = [...this.#sockets].filter((socket) => socket !== spared);
    const gone = dropping.map((socket) => new Promise((resolve) => socket.once("close", resolve)));
    for (const socket of dropping) {
      this.#dropped.add(socket);
      socket.destroy();
    }
    await Promise.all(gone);
  }
}
