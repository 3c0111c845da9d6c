/** A TCP proxy on loopback that can be told what is wrong with the network, while it runs. */
import { createServer, connect, type Server, type Socket } from "node:net";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";

/** What is wrong; null: nothing. It is in force for connections that are open, too. */
export type LinkFault =
  /** What the server says comes so much later; the order stays. */
  | { readonly kind: "latency"; readonly ms: number }
  /** Nothing passes, either way; all of it comes when the fault is over, as after a broken cable or a stopped router. */
  | { readonly kind: "blackhole" }
  /** Connections are taken, and are those that are there kept, but they lead nowhere, for ever: also after the fault. */
  | { readonly kind: "half-open" }
  /** What is asked arrives, what is answered is lost. */
  | { readonly kind: "deaf" }
  /** Every connection is reset, and every new one as soon as it is there. */
  | { readonly kind: "reset" }
  /** That one side has closed is told to the other so much later. */
  | { readonly kind: "slow-close"; readonly ms: number }
  /** The server's bytes come one at a time. */
  | { readonly kind: "drip" }
  /** Bytes that are no protocol come before each thing the server says. */
  | { readonly kind: "garbage"; readonly bytes?: string };

export interface TcpProxy {
  readonly port: number;
  /** `redis://127.0.0.1:PORT`, with the user's part if one is given. */
  url(user?: string): string;
  set(fault: LinkFault | null): void;
  /** Resets every connection, once. */
  resetAll(): void;
  /** Connections that are open now, and all there were. */
  readonly open: number;
  readonly taken: number;
  close(): Promise<void>;
}

/** A connection through the proxy. */
class Passage {
  readonly client: Socket;
  readonly server: Socket;
  #leadsNowhere = false;
  readonly #fault: () => LinkFault | null;
  #held: (() => void)[] = [];
  #toClient: Promise<void> = Promise.resolve();

  constructor(client: Socket, serverPort: number, fault: () => LinkFault | null) {
    this.client = client;
    this.server = connect(serverPort, "127.0.0.1");
    this.#fault = fault;
    for (const socket of [client, this.server]) {
      socket.setNoDelay(true);
      socket.on("error", () => {});
    }
    client.on("data", (bytes: Buffer) => this.#pass(() => this.server.write(bytes)));
    this.server.on("data", (bytes: Buffer) => {
      if (this.#fault()?.kind !== "deaf") this.#answer(bytes);
    });
    client.on("close", () => this.#closed(this.server));
    this.server.on("close", () => this.#closed(client));
    this.apply();
  }

  /** The fault has changed. */
  apply(): void {
    const fault = this.#fault();
    if (fault?.kind === "half-open") this.#leadsNowhere = true;
    if (fault?.kind === "reset") this.reset();
    if (fault?.kind !== "blackhole") for (const pass of this.#held.splice(0)) this.#pass(pass);
  }

  reset(): void {
    this.client.resetAndDestroy();
    this.server.destroy();
  }

  #pass(pass: () => void): void {
    if (this.#leadsNowhere) return;
    if (this.#fault()?.kind === "blackhole") this.#held.push(pass);
    else pass();
  }

  // One after the other, whatever each has to wait for.
  #answer(bytes: Buffer): void {
    const fault = this.#fault();
    const dueMs = performance.now() + (fault?.kind === "latency" ? fault.ms : 0);
    this.#toClient = this.#toClient.then(async () => {
      const leftMs = dueMs - performance.now();
      if (leftMs > 0) await sleep(leftMs);
      if (fault?.kind === "garbage") this.#say(Buffer.from(fault.bytes ?? "\0?!\r\n"));
      if (fault?.kind !== "drip") return this.#say(bytes);
      for (let at = 0; at < bytes.length; at++) {
        this.#say(bytes.subarray(at, at + 1));
        await turn();
      }
    });
  }

  #say(bytes: Buffer): void {
    this.#pass(() => {
      if (this.client.writable) this.client.write(bytes);
    });
  }

  #closed(other: Socket): void {
    if (this.#leadsNowhere && other === this.client) return;
    const fault = this.#fault();
    if (fault?.kind === "slow-close") setTimeout(() => other.destroy(), fault.ms).unref();
    else void this.#toClient.then(() => other.destroy());
  }
}

/** Starts a proxy before a port of this machine. */
export async function tcpProxy(serverPort: number): Promise<TcpProxy> {
  let fault: LinkFault | null = null;
  let taken = 0;
  const passages = new Set<Passage>();
  const listener: Server = createServer((client) => {
    taken++;
    const passage = new Passage(client, serverPort, () => fault);
    passages.add(passage);
    client.on("close", () => passages.delete(passage));
  });
  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject);
    listener.listen(0, "127.0.0.1", resolve);
  });
  const { port } = listener.address() as { port: number };
  return {
    port,
    url: (user = "") => `redis://${user === "" ? "" : `${user}@`}127.0.0.1:${port}`,
    set(next) {
      fault = next;
      for (const passage of passages) passage.apply();
    },
    resetAll() {
      for (const passage of passages) passage.reset();
    },
    get open() {
      return passages.size;
    },
    get taken() {
      return taken;
    },
    async close() {
      const closed = new Promise((resolve) => listener.close(resolve));
      for (const passage of passages) passage.reset();
      await closed;
    },
  };
}
