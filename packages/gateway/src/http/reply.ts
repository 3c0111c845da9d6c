/** The answer to one caller: its head once, its bytes as fast as the caller reads, and an end that cannot be mistaken. */
import type { ServerResponse } from "node:http";
import type { HeaderList } from "./headers.ts";

export class Reply {
  readonly #response: ServerResponse;
  #begun = false;
  #flushed: (() => void) | null = null;
  #waits = true;
  /** Status of what was begun; 0 before. */
  status = 0;
  /** Of the body. */
  bytes = 0;

  /** Resolves when its last byte is with the caller's machine, or the caller is gone. */
  readonly over: Promise<void>;

  constructor(response: ServerResponse) {
    this.#response = response;
    const wake = (): void => this.#wake();
    response.on("drain", wake);
    this.over = new Promise((resolve) => {
      response.on("close", () => {
        wake();
        resolve();
      });
    });
  }

  get begun(): boolean {
    return this.#begun;
  }

  /** Whether the caller reads more slowly than it is written to. */
  get isBehind(): boolean {
    return this.#response.writableNeedDrain;
  }

  begin(status: number, headers: HeaderList): void {
    this.#begun = true;
    this.status = status;
    this.#response.writeHead(status, headers);
  }

  /** Passes bytes on. A promise where the caller has to catch up first: nothing more may be taken until it resolves. */
  write(bytes: Uint8Array): Promise<void> | null {
    this.bytes += bytes.length;
    const response = this.#response;
    if (response.write(bytes) || response.destroyed || !this.#waits) return null;
    return new Promise((resolve) => (this.#flushed = resolve));
  }

  /** The caller's time is over: whoever waits until it has caught up goes on, to the end of what it does. */
  waitNoLonger(): void {
    this.#waits = false;
    this.#wake();
  }

  /** The whole of it. Adds its length to the headers, but where there is no body: 0 is not what a GET would get (RFC 9110 §8.6). */
  whole(status: number, headers: HeaderList, body: Uint8Array): void {
    const isBodiless = status === 204 || status === 304 || (this.#response.req.method === "HEAD" && body.length === 0);
    if (!isBodiless) headers.push("content-length", String(body.length));
    this.begin(status, headers);
    this.end(body);
  }

  end(last?: Uint8Array): void {
    this.bytes += last?.length ?? 0;
    this.#response.end(last);
  }

  /** Takes back what the caller does not read. */
  drop(): void {
    this.#response.destroy();
  }

  /** Ends what was begun such that no client can take it for whole: the connection closes without the body's end. */
  breakOff(lastWords?: string | Uint8Array): void {
    const { socket, req } = this.#response;
    if (lastWords !== undefined && !this.#response.destroyed) this.#response.write(lastWords);
    // Not `destroy`: that would throw away what the caller has not read yet.
    if (socket === null) this.#response.destroy();
    // HTTP/1.0 knows no other end of a body than the connection's (RFC 1945 §7.2.2): only a reset is none.
    else if (this.#begun && lastWords === undefined && req.httpVersionMinor === 0) socket.resetAndDestroy();
    else socket.destroySoon();
  }

  #wake(): void {
    this.#flushed?.();
    this.#flushed = null;
  }
}
