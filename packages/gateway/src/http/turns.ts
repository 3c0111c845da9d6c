/**
 * The requests of a connection take turns: one that is sent before the one before is answered waits (RFC 9112 §9.3.2).
 * Node gives them all at once, and tells only the first of them when the connection closes: the others would never end. And one
 * connection could have any number under way.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

// No client of an LLM provider sends a second one at all.
const MOST_WAITING = 8;

interface Turn {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly begin: () => void;
}

interface Line {
  /** Null between two requests. */
  current: Turn | null;
  readonly waiting: Turn[];
}

export class Turns {
  readonly #lines = new WeakMap<Socket, Line>();

  /** Calls `begin` when the connection's earlier requests are answered; never, where the connection closes before. */
  take(turn: Turn): void {
    const { socket } = turn.request;
    const line = this.#lines.get(socket);
    if (line === undefined) {
      this.#lines.set(socket, { current: turn, waiting: [] });
      this.#begin(socket, turn);
    } else if (line.current === null) {
      line.current = turn;
      this.#begin(socket, turn);
    } else if (line.waiting.length < MOST_WAITING) line.waiting.push(turn);
    else socket.destroy();
  }

  /** Whether what is said on the connection now would be taken for the answer to a request that is understood. */
  isAnswering(socket: Socket): boolean {
    const line = this.#lines.get(socket);
    return (
      line !== undefined &&
      line.current !== null &&
      (line.current.request.complete || line.current.response.headersSent)
    );
  }

  #begin(socket: Socket, { response, begin }: Turn): void {
    response.once("close", () => this.#next(socket));
    begin();
  }

  #next(socket: Socket): void {
    const line = this.#lines.get(socket);
    if (line === undefined) return;
    if (socket.destroyed) return void this.#lines.delete(socket);
    // Where that answer was the connection's last, what is behind it has no socket to be answered on, and would never end.
    if (line.waiting[0]?.response.socket === null) return;
    line.current = line.waiting.shift() ?? null;
    if (line.current !== null) this.#begin(socket, line.current);
  }
}
